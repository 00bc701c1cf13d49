"""What the TLS layer reports: every message of a handshake, alerts, and how it ended."""

from smtplab.tls.problems import ChainProblem
from smtplab.values import value


@value
class HandshakeMessage:
    """One whole handshake message, decrypted, with its 4-octet header (RFC 8446 §4).

    `encrypted` says whether it crossed the wire encrypted, that is, hidden from a listener.
    """

    from_client: bool
    data: bytes
    encrypted: bool


@value
class AlertSeen:
    """An alert (RFC 8446 §6): `level` 1 is a warning, 2 is fatal."""

    from_client: bool
    level: int
    description: int
    encrypted: bool


@value
class RecordUnreadable:
    """A record that the observer could not decrypt or parse, and why."""

    from_client: bool
    content_type: int
    length: int
    reason: str


@value
class KeyLine:
    """One line of the key log (the format of NSS); stored only when the user asked for keys."""

    line: str


@value
class TlsUp:
    """The handshake is done: version such as "TLS 1.3", OpenSSL's cipher name, bits of the key."""

    version: str
    cipher: str
    bits: int
    server_name: str


@value
class TlsFailed:
    """The handshake failed. `reason` is OpenSSL's word, `verify_code` its X509_V_ERR number or 0.

    `not_tls` holds the first octets of a peer that answered with something other than TLS.
    """

    reason: str
    verify_code: int = 0
    not_tls: bytes = b""


@value
class ChainChecked:
    """The verdict on the server's certificates: every problem, not only the first.

    `chain` are the certificates as sent, DER, leaf first; `verified` says whether the check was
    binding (it is not when the user told us to go on regardless).
    """

    name: str
    chain: tuple[bytes, ...]
    problems: tuple[ChainProblem, ...]
    binding: bool


TlsEvent = (
    HandshakeMessage | AlertSeen | RecordUnreadable | KeyLine | TlsUp | TlsFailed | ChainChecked
)
