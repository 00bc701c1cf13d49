"""Extensions of hello messages and others: what each is for, and what is inside (RFC 8446 §4.2)."""

from collections.abc import Callable
from typing import NamedTuple

from smtplab.tls.fields import Cursor, Field, guarded
from smtplab.tls.names import (
    COMPRESSIONS,
    GROUPS,
    POINT_FORMATS,
    PSK_MODES,
    SIGNATURES,
    VERSIONS,
    is_grease,
)

Inside = Callable[[Cursor], list[Field]]


def _named(label: str, length: int, names: dict[int, str]) -> Callable[[Cursor], Field]:
    return lambda cursor: cursor.number(label, length, names=names)


def _text(label: str, length_of_length: int) -> Callable[[Cursor], Field]:
    def read(cursor: Cursor) -> Field:
        field = cursor.prefixed(label, length_of_length)
        raw = cursor.data[field.start + length_of_length : field.end]
        return Field(label, field.start, field.end, _printable(raw))

    return read


def _printable(raw: bytes) -> str:
    text = raw.decode("ascii", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _server_name(cursor: Cursor) -> list[Field]:
    if not cursor.left:
        return []  # the server only confirms that it used the name

    def entry(inner: Cursor) -> Field:
        start = inner.at
        kind = inner.number("name_type", 1, "0 is a host name; no other kind exists.")
        host = _text("host_name", 2)(inner)
        return Field("server_name", start, inner.at, host.value, "", (kind, host))

    return [cursor.vector("server_name_list", 2, entry)]


def _supported_versions(cursor: Cursor) -> list[Field]:
    if cursor.left == 2:  # the server's choice
        return [cursor.number("selected_version", 2, names=VERSIONS)]
    return [cursor.vector("versions", 1, _named("version", 2, VERSIONS))]


def _share(cursor: Cursor) -> Field:
    start = cursor.at
    group = cursor.number("group", 2, names=GROUPS)
    key = cursor.prefixed("key_exchange", 2, "The public half of a key made for this connection.")
    return Field("key_share_entry", start, cursor.at, group.value, "", (group, key))


def _key_share(cursor: Cursor) -> list[Field]:
    if cursor.left == 2:  # HelloRetryRequest
        return [cursor.number("selected_group", 2, names=GROUPS)]
    if cursor.peek(2) == cursor.left - 2:
        return [cursor.vector("client_shares", 2, _share)]
    return [_share(cursor)]


def _alpn(cursor: Cursor) -> list[Field]:
    return [cursor.vector("protocol_name_list", 2, _text("protocol_name", 1))]


def _status_request(cursor: Cursor) -> list[Field]:
    if not cursor.left:
        return []
    return [cursor.number("status_type", 1), cursor.rest("request")]


def _list(label: str, item: str, size: int, width: int, names: dict[int, str]) -> Inside:
    return lambda cursor: [cursor.vector(label, size, _named(item, width, names))]


def _opaque(label: str) -> Inside:
    return lambda cursor: [cursor.rest(label)] if cursor.left else []


class Extension(NamedTuple):
    """What is known of an extension."""

    name: str
    sentence: str
    inside: Inside


EXTENSIONS: dict[int, Extension] = {
    0: Extension(
        "server_name",
        "SNI: the name you want, sent in the clear so that the server can pick its certificate.",
        _server_name,
    ),
    5: Extension(
        "status_request", "Asks the server to staple proof that its certificate is not revoked.",
        _status_request,
    ),
    10: Extension(
        "supported_groups",
        "The curves and groups that can be used to agree on a key, best first.",
        _list("named_group_list", "group", 2, 2, GROUPS),
    ),
    11: Extension(
        "ec_point_formats",
        "How points on a curve are written; a leftover, one form is in use.",
        _list("formats", "format", 1, 1, POINT_FORMATS),
    ),
    13: Extension(
        "signature_algorithms",
        "The signatures that can be verified, best first.",
        _list("supported_signature_algorithms", "algorithm", 2, 2, SIGNATURES),
    ),
    16: Extension(
        "application_layer_protocol_negotiation",
        "ALPN: which protocol is spoken inside; SMTP seldom uses it.",
        _alpn,
    ),
    18: Extension(
        "signed_certificate_timestamp", "Proof that the certificate was logged in public.",
        _opaque("timestamps"),
    ),
    21: Extension(
        "padding", "Zeros: they bring the message to a length that old devices do not choke on.",
        _opaque("zeros"),
    ),
    22: Extension(
        "encrypt_then_mac", "A safer order of encrypting and authenticating; for old CBC ciphers.",
        _opaque("data"),
    ),
    23: Extension(
        "extended_master_secret",
        "Binds the keys to this very handshake; without it two can be made to match.",
        _opaque("data"),
    ),
    27: Extension(
        "compress_certificate", "Certificates may be sent compressed.",
        _list("algorithms", "algorithm", 1, 2, COMPRESSIONS),
    ),
    28: Extension(
        "record_size_limit", "The longest record that the sender can take.",
        lambda cursor: [cursor.number("limit", 2)],
    ),
    35: Extension(
        "session_ticket", "Asks for, or shows, a ticket with which the next handshake is shorter.",
        _opaque("ticket"),
    ),
    41: Extension(
        "pre_shared_key", "Shows a ticket of an earlier connection, to shake hands in short.",
        _opaque("identities_and_binders"),
    ),
    42: Extension("early_data", "Data may come before the handshake is done.", _opaque("data")),
    43: Extension(
        "supported_versions",
        "The true versions: the version field of the message is frozen at TLS 1.2.",
        _supported_versions,
    ),
    44: Extension("cookie", "What the server wants to get back in the second ClientHello.",
                  _opaque("cookie")),
    45: Extension(
        "psk_key_exchange_modes", "How a ticket may be used: with or without a fresh key.",
        _list("ke_modes", "mode", 1, 1, PSK_MODES),
    ),
    47: Extension("certificate_authorities", "The authorities whose certificates are wanted.",
                  _opaque("authorities")),
    49: Extension("post_handshake_auth", "The client may be asked for a certificate later.",
                  _opaque("data")),
    50: Extension(
        "signature_algorithms_cert",
        "The signatures that can be verified on certificates, where they differ.",
        _list("supported_signature_algorithms", "algorithm", 2, 2, SIGNATURES),
    ),
    51: Extension(
        "key_share",
        "Public keys for groups that we guess the server will take: saves a round trip.",
        _key_share,
    ),
    0xFF01: Extension(
        "renegotiation_info", "Guards against splicing two connections together (RFC 5746).",
        _opaque("renegotiated_connection"),
    ),
}  # fmt: skip
"""Extension type -> name, one sentence, and how to read what is inside."""


def read_extension(cursor: Cursor) -> Field:
    """One extension: type, length, data."""
    start = cursor.at
    number = cursor.peek(2)
    known = EXTENSIONS.get(number)
    if known is not None:
        name, sentence, inside = known
    elif is_grease(number):
        name, inside = f"GREASE 0x{number:04x}", _opaque("data")
        sentence = (
            "Means nothing: it keeps servers used to ignoring what they do not know (RFC 8701)."
        )
    else:
        name, sentence, inside = f"extension {number}", "Not known here.", _opaque("data")
    kind = cursor.octets("type", 2, value=f"{number} {name}")
    length = cursor.number("length", 2)
    size = int(length.value)
    if size > cursor.left:
        cursor.at = start
        size = cursor.left - 4
        length = Field("length", start + 2, start + 4, f"{length.value}, more than there is")
        cursor.skip(4)
    inner = Cursor(cursor.data, cursor.at, cursor.at + size)
    children = guarded(inner, inside)
    cursor.skip(size)
    return Field(name, start, cursor.at, summary(children), sentence, (kind, length, *children))


def summary(children: tuple[Field, ...]) -> str:
    """The one value that an extension comes to, when it is short."""
    if len(children) != 1:
        return ""
    only = children[0]
    if not only.children:
        return only.value
    values = [child.value for child in only.children]
    text = ", ".join(values)
    return text if len(text) <= 60 else f"{only.value}"


def read_extensions(cursor: Cursor, label: str = "extensions") -> Field:
    """The list of extensions behind its length."""
    return cursor.vector(
        label, 2, read_extension, "What either side can do beyond the fixed fields."
    )
