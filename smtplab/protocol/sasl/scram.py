"""SCRAM: both sides show that they know the password, and neither says it (RFC 5802, 7677).

Written with `hashlib` and `hmac` alone, so that the bundled server, which leaves SCRAM to a
library, and this client cannot share a mistake.
"""

import base64
import binascii
from collections.abc import Callable

from smtplab.protocol.replies import readable
from smtplab.protocol.sasl.messages import (
    COMMA,
    Answers,
    Channel,
    Credentials,
    Derivation,
    Part,
    SaslMessage,
    message,
    octets,
)
from smtplab.protocol.sasl.saslprep import saslprep
from smtplab.values import value

FEWEST_ITERATIONS = 4096
"""Fewer make it cheap to guess the password from a recorded exchange (RFC 7677 §4)."""

MOST_ITERATIONS = 1_000_000
"""More would keep us busy for long at a stranger's wish."""

BINDING = "tls-server-end-point"
"""The only channel binding that Python's `ssl` allows for: a hash of the certificate (RFC 5929)."""

ERRORS: dict[str, str] = {
    "invalid-encoding": "something was not encoded rightly",
    "extensions-not-supported": "it does not know an extension that was asked for",
    "invalid-proof": "the password is wrong",
    "channel-bindings-dont-match": "the TLS it sees is not ours: somebody sits in between",
    "server-does-support-channel-binding": "it offers channel binding, and we were not told so",
    "channel-binding-not-supported": "it has no channel binding",
    "unsupported-channel-binding-type": "it does not know this kind of channel binding",
    "unknown-user": "it does not know the user",
    "invalid-username-encoding": "the user name is not encoded rightly",
    "no-resources": "it has no resources left",
    "other-error": "it says no more",
}
"""What a server may say in `e=` (RFC 5802 §7), in words."""


class ScramError(ValueError):
    """The server is not to be believed; the message says why."""


@value
class ServerFirst:
    """The server's first message, taken apart."""

    nonce: str
    salt: bytes
    iterations: int


def scram(hash_name: str, plus: bool = False) -> Callable[[Credentials, Channel], Answers]:
    """The mechanism for a hash of `hashlib`; `plus`: bound to the TLS channel."""
    name = f"SCRAM-{hash_name.upper().replace('SHA', 'SHA-')}{'-PLUS' if plus else ''}"

    def start(credentials: Credentials, channel: Channel) -> Answers:
        return _exchange(name, hash_name, plus, credentials, channel)

    return start


def _exchange(
    name: str, hash_name: str, plus: bool, credentials: Credentials, channel: Channel
) -> Answers:
    header = _gs2_header(credentials, channel, plus)
    user = Part("user", b"n=" + _escaped(saslprep(credentials.username)))
    nonce = Part("nonce", b"r=" + channel.nonce.encode(), note="our half; never used before")
    bare = user.data + COMMA.data + nonce.data
    challenge = yield message(name, *header, user, COMMA, nonce)
    try:
        first = read_server_first(challenge, channel.nonce)
    except ScramError as error:
        return str(error)
    bound = b"".join(part.data for part in header) + (channel.binding if plus else b"")
    unproven = b"c=" + base64.b64encode(bound) + b",r=" + first.nonce.encode()
    signed = bare + b"," + challenge + b"," + unproven
    proof = _Proof(hash_name, octets(saslprep(credentials.password)), first, signed)
    final = yield _final(name, bound, first, proof)
    refusal = check_server_final(final, proof.server_signature)
    if refusal is not None:
        return refusal
    yield SaslMessage(name, True, b"")
    return None


def _gs2_header(credentials: Credentials, channel: Channel, plus: bool) -> tuple[Part, ...]:
    """Whether the channel is bound, and whom to act for (RFC 5802 §6, §7)."""
    if plus:
        flag = Part("binding", b"p=" + BINDING.encode(), note="the exchange is bound to our TLS")
    elif channel.binding and not channel.binding_offered:
        flag = Part("binding", b"y", note="we could bind it to TLS, but that was not offered")
    else:
        flag = Part("binding", b"n", note="it is not bound to TLS")
    acting = b"a=" + _escaped(credentials.authzid) if credentials.authzid else b""
    authzid = Part("authzid", acting, note="whom to act for; empty: oneself")
    return flag, COMMA, authzid, COMMA


def _escaped(name: str) -> bytes:
    """A name with `=` and `,` written as =3D and =2C (RFC 5802 §5.1)."""
    return octets(name).replace(b"=", b"=3D").replace(b",", b"=2C")


def attributes(data: bytes) -> dict[str, str]:
    """A message as letter -> value; of letters that come twice the first counts."""
    found: dict[str, str] = {}
    for field in data.decode("utf-8", "replace").split(","):
        letter, equals, value = field.partition("=")
        if equals:
            found.setdefault(letter, value)
    return found


def read_server_first(data: bytes, nonce: str) -> ServerFirst:
    """The server's first message; ScramError when it is none, or not to be believed."""
    found = attributes(data)
    if "m" in found:
        raise ScramError("The server asks for an extension of SCRAM that nobody has defined.")
    if "e" in found:
        raise ScramError(_worded(found["e"]))
    try:
        theirs, count = found["r"], found["i"]
        salt = base64.b64decode(found["s"], validate=True)
    except (KeyError, binascii.Error, ValueError):
        raise ScramError(
            f"The server's first message of SCRAM is none: {readable(data[:60])!r}."
        ) from None
    if not (theirs.startswith(nonce) and len(theirs) > len(nonce)):
        raise ScramError(
            "The server's nonce does not begin with ours, or adds nothing to it: the answer may be "
            "a recorded one (RFC 5802 §5.1)."
        )
    return ServerFirst(theirs, salt, _iterations(count))


def _iterations(text: str) -> int:
    # Digits are counted before they are read: reading millions of them would take for ever.
    if not (text.isascii() and text.isdecimal()) or len(text) > 12:
        raise ScramError(f"The server's iteration count is none: {text[:20]!r}.")
    count = int(text)
    if count < FEWEST_ITERATIONS:
        raise ScramError(
            f"The server asks for {count} iterations only, which would make the password easy to "
            f"guess; {FEWEST_ITERATIONS} is the least (RFC 7677 §4)."
        )
    if count > MOST_ITERATIONS:
        raise ScramError(
            f"The server asks for {count:,} iterations, to keep us busy; {MOST_ITERATIONS:,} are "
            "the most that we do."
        )
    return count


class _Proof:
    """The keys and signatures of RFC 5802 §3."""

    def __init__(self, hash_name: str, password: bytes, first: ServerFirst, signed: bytes) -> None:
        import hashlib  # only where it is used, or every session waits for OpenSSL
        import hmac

        def keyed(key: bytes, text: bytes) -> bytes:
            return hmac.digest(key, text, hash_name)

        self.signed = signed
        self.salted = hashlib.pbkdf2_hmac(hash_name, password, first.salt, first.iterations)
        self.client_key = keyed(self.salted, b"Client Key")
        self.stored_key = hashlib.new(hash_name, self.client_key).digest()
        self.client_signature = keyed(self.stored_key, signed)
        pairs = zip(self.client_key, self.client_signature, strict=True)
        self.proof = bytes(key ^ signature for key, signature in pairs)
        self.server_key = keyed(self.salted, b"Server Key")
        self.server_signature = keyed(self.server_key, signed)

    def steps(self, first: ServerFirst) -> tuple[Derivation, ...]:
        """The computation; whoever had a secret step could log in, or pass for the server."""
        salting = f"PBKDF2( password, salt, {first.iterations} times )"
        return (
            Derivation("salted", salting, self.salted.hex(), secret=True),
            Derivation(
                "client key", 'HMAC( salted, "Client Key" )', self.client_key.hex(), secret=True
            ),
            Derivation("stored key", "H( client key )", self.stored_key.hex(), secret=True),
            Derivation("signed", "all messages so far, with commas", readable(self.signed)),
            Derivation(
                "signature", "HMAC( stored key, signed )", self.client_signature.hex(), secret=True
            ),
            Derivation("proof", "client key ⊕ signature", self.proof.hex()),
            Derivation(
                "server key", 'HMAC( salted, "Server Key" )', self.server_key.hex(), secret=True
            ),
            Derivation(
                "expected", "HMAC( server key, signed )", f"v={_b64(self.server_signature)}"
            ),
        )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _final(name: str, bound: bytes, first: ServerFirst, proof: _Proof) -> SaslMessage:
    note = "the first fields of our first message"
    if name.endswith("-PLUS"):
        note += ", and the hash of the server's certificate"
    return message(
        name,
        Part("binding", b"c=" + base64.b64encode(bound), note=note),
        COMMA,
        Part("nonce", b"r=" + first.nonce.encode(), note="both halves"),
        COMMA,
        Part("proof", f"p={_b64(proof.proof)}".encode(), note="we know the password"),
        derivations=proof.steps(first),
    )


def check_server_final(data: bytes, expected: bytes) -> str | None:
    """Why the server's last message does not show that it knows the password; None if it does."""
    found = attributes(data)
    if "e" in found:
        return _worded(found["e"])
    try:
        signature = base64.b64decode(found.get("v", ""), validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    import hmac

    if hmac.compare_digest(signature, expected):
        return None
    return (
        "The server's signature is wrong: it does not know the password, so it is not the one that "
        "the account is at (RFC 5802 §5)."
    )


def _worded(error: str) -> str:
    meaning = ERRORS.get(error, "which is no error of the standard")
    return f"The server ended SCRAM with {readable(error.encode()[:60])!r}: {meaning}."


LABELS: dict[str, tuple[str, str]] = {
    "r": ("nonce", "ours, and the server's behind it"),
    "s": ("salt", "mixed into the password, in base64"),
    "i": ("iterations", "how often to hash: guessing shall be slow"),
    "v": ("signature", "shows that the server knows the password too"),
    "e": ("error", "why the server gives up"),
}


def server_parts(data: bytes) -> tuple[Part, ...]:
    """A message of the server, field by field."""
    parts: list[Part] = []
    for field in data.split(b","):
        label, note = LABELS.get(field[:1].decode("latin-1"), ("field", ""))
        parts += [Part(label, field, note=note), COMMA]
    return tuple(parts[:-1])
