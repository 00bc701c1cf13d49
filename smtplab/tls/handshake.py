"""Handshake messages decoded into fields with their octets (RFC 8446 §4, RFC 5246 §7.4).

`MESSAGES` lists every message. A reader gets the body and gives its fields; it may stop anywhere:
octets that are missing or left over become a field "malformed", never an error.
"""

from collections.abc import Callable
from typing import NamedTuple

from smtplab.tls.certificates import read_certificate
from smtplab.tls.extensions import read_extensions
from smtplab.tls.fields import Cursor, Field, guarded
from smtplab.tls.names import CIPHER_SUITES, COMPRESSIONS, GROUPS, SIGNATURES, VERSIONS
from smtplab.tls.observer import RETRY_RANDOM

HEADER = 4
TLS13 = "TLS 1.3"

Read = Callable[[Cursor, str], list[Field]]


def _version(cursor: Cursor) -> Field:
    sentence = "Frozen at TLS 1.2: the true version is in the extension supported_versions."
    return cursor.number("legacy_version", 2, sentence, VERSIONS)


def _client_hello(cursor: Cursor, version: str) -> list[Field]:
    fields = [
        _version(cursor),
        cursor.octets("random", 32, "Fresh for each connection: no two handshakes are alike."),
        cursor.prefixed("session_id", 1, "Once for resuming; now for old devices."),
        cursor.vector(
            "cipher_suites", 2, lambda c: c.number("cipher_suite", 2, names=CIPHER_SUITES),
            "The ciphers that the client would take, best first.",
        ),
        cursor.vector(
            "compression_methods", 1, lambda c: c.number("method", 1),
            "Only 0, none: compressing before encrypting gives secrets away.",
        ),
    ]  # fmt: skip
    return [*fields, read_extensions(cursor)] if cursor.left else fields


def _server_hello(cursor: Cursor, version: str) -> list[Field]:
    fields = [_version(cursor)]
    retry = cursor.data[cursor.at : cursor.at + 32] == RETRY_RANDOM
    sentence = (
        "This very value says: HelloRetryRequest, try again with another key_share."
        if retry
        else "The server's share of freshness."
    )
    fields += [
        cursor.octets("random", 32, sentence),
        cursor.prefixed("session_id", 1, "In TLS 1.3 an echo of the client's."),
        cursor.number("cipher_suite", 2, "The cipher that the server chose.", CIPHER_SUITES),
        cursor.number("compression_method", 1, "Always 0."),
    ]
    return [*fields, read_extensions(cursor)] if cursor.left else fields


def _encrypted_extensions(cursor: Cursor, version: str) -> list[Field]:
    return [read_extensions(cursor)]


def _certificate(cursor: Cursor, version: str) -> list[Field]:
    """Both layouts; TLS 1.3 has a context in front and extensions behind each certificate."""
    old = cursor.left >= 3 and cursor.peek(3) == cursor.left - 3
    fields: list[Field] = []
    if not old:
        context = "Empty but where a certificate is asked for later."
        fields.append(cursor.prefixed("certificate_request_context", 1, context))

    def entry(inner: Cursor) -> Field:
        start = inner.at
        der = inner.prefixed("cert_data", 3, "One certificate, DER.")
        read = read_certificate(inner.data[der.start + 3 : der.end])
        title = read.subject or ", ".join(read.names) if read is not None else "unreadable"
        children = (der,) if old else (der, read_extensions(inner))
        return Field("certificate", start, inner.at, title, "", children)

    sentence = "The server's own certificate first, then those that vouch for it."
    return [*fields, cursor.vector("certificate_list", 3, entry, sentence)]


def _compressed_certificate(cursor: Cursor, version: str) -> list[Field]:
    return [
        cursor.number("algorithm", 2, names=COMPRESSIONS),
        cursor.number("uncompressed_length", 3),
        cursor.prefixed("compressed_certificate_message", 3),
    ]


def _certificate_verify(cursor: Cursor, version: str) -> list[Field]:
    return [
        cursor.number("algorithm", 2, names=SIGNATURES),
        cursor.prefixed(
            "signature",
            2,
            "Over the whole handshake so far: only the owner of the key can make it.",
        ),
    ]


def _server_key_exchange(cursor: Cursor, version: str) -> list[Field]:
    if cursor.peek(1) != NAMED_CURVE:
        return [cursor.rest("params", "Diffie-Hellman parameters and a signature over them.")]
    return [
        cursor.octets("curve_type", 1, value="named_curve"),
        cursor.number("named_curve", 2, names=GROUPS),
        cursor.prefixed("public", 1, "The server's public key for this connection."),
        cursor.number("algorithm", 2, names=SIGNATURES),
        cursor.prefixed("signature", 2, "Proves that the key above is the certificate owner's."),
    ]


NAMED_CURVE = 3


def _certificate_request(cursor: Cursor, version: str) -> list[Field]:
    if version == TLS13 or cursor.peek(1) == 0:
        return [cursor.prefixed("certificate_request_context", 1), read_extensions(cursor)]
    return [
        cursor.vector("certificate_types", 1, lambda c: c.number("type", 1)),
        cursor.vector(
            "supported_signature_algorithms",
            2,
            lambda c: c.number("algorithm", 2, names=SIGNATURES),
        ),
        cursor.vector("certificate_authorities", 2, lambda c: c.prefixed("name", 2)),
    ]


def _client_key_exchange(cursor: Cursor, version: str) -> list[Field]:
    return [cursor.rest("exchange_keys", "The client's half of the key: with it both can compute.")]


def _finished(cursor: Cursor, version: str) -> list[Field]:
    sentence = "A checksum over the whole handshake: if anybody changed a byte, it differs."
    return [cursor.rest("verify_data", sentence)]


def _new_session_ticket(cursor: Cursor, version: str) -> list[Field]:
    lifetime = cursor.number("ticket_lifetime", 4, "Seconds for which the ticket is good.")
    if version != TLS13 and cursor.left >= 2 and cursor.peek(2) == cursor.left - 2:
        return [lifetime, cursor.prefixed("ticket", 2)]
    return [
        lifetime,
        cursor.number("ticket_age_add", 4, "Hides the ticket's true age from listeners."),
        cursor.prefixed("ticket_nonce", 1),
        cursor.prefixed("ticket", 2, "Shown next time, it makes the handshake shorter."),
        read_extensions(cursor),
    ]


def _key_update(cursor: Cursor, version: str) -> list[Field]:
    return [cursor.number("request_update", 1, "Whether the other side must change its key too.")]


def _nothing(cursor: Cursor, version: str) -> list[Field]:
    return []


def _opaque(cursor: Cursor, version: str) -> list[Field]:
    return [cursor.rest("body")] if cursor.left else []


class Message(NamedTuple):
    """What is known of a handshake message."""

    name: str
    sentence: str
    read: Read


MESSAGES: dict[int, Message] = {
    0: Message("HelloRequest", "The server asks for a new handshake.", _nothing),
    1: Message("ClientHello", "What the client can do, and its half of the key.", _client_hello),
    2: Message("ServerHello", "What the server chose, and its half of the key.", _server_hello),
    4: Message("NewSessionTicket", "For a shorter handshake next time.", _new_session_ticket),
    5: Message("EndOfEarlyData", "The early data ends here.", _nothing),
    8: Message(
        "EncryptedExtensions", "The first words under encryption: the server's other answers.",
        _encrypted_extensions,
    ),
    11: Message("Certificate", "Who the server says it is, and who vouches for it.", _certificate),
    12: Message("ServerKeyExchange", "The server's half of the key, signed.", _server_key_exchange),
    13: Message("CertificateRequest", "The server asks who you are.", _certificate_request),
    14: Message("ServerHelloDone", "The server has said all it has to say.", _nothing),
    15: Message(
        "CertificateVerify", "Proof that the sender has the key of its certificate.",
        _certificate_verify,
    ),
    16: Message("ClientKeyExchange", "The client's half of the key.", _client_key_exchange),
    20: Message("Finished", "Proof that both saw the same handshake.", _finished),
    22: Message("CertificateStatus", "The stapled answer on revocation.", _opaque),
    24: Message("KeyUpdate", "From here on new keys are used.", _key_update),
    25: Message("CompressedCertificate", "Like Certificate, compressed.", _compressed_certificate),
}  # fmt: skip
"""Handshake type -> name, one sentence, and how to read the body."""


def message_name(data: bytes) -> str:
    """The name of a message: "ClientHello", "HelloRetryRequest" ..."""
    if not data:
        return "empty message"
    if data[0] == SERVER_HELLO and data[6:38] == RETRY_RANDOM:
        return "HelloRetryRequest"
    known = MESSAGES.get(data[0])
    return known.name if known is not None else f"handshake type {data[0]}"


SERVER_HELLO = 2


def decode(data: bytes, version_hint: str = "") -> Field:
    """A whole message, with its header, as a tree of fields."""
    known = MESSAGES.get(data[0]) if data else None
    cursor = Cursor(data, 0, len(data))

    def whole(c: Cursor) -> list[Field]:
        kind = c.octets("type", 1, value=f"{data[0]} {message_name(data)}")
        length = c.number("length", 3)
        read = known.read if known is not None else _opaque
        body = Cursor(data, c.at, min(c.end, c.at + int(length.value)))
        fields = guarded(body, lambda inner: read(inner, version_hint))
        c.at = body.end
        return [kind, length, *fields]

    sentence = known.sentence if known is not None else ""
    return Field(
        message_name(data), 0, len(data), f"{len(data)} bytes", sentence, guarded(cursor, whole)
    )
