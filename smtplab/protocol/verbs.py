"""The verbs of a session, with the pseudo-verbs for what is not a command line."""

from enum import Enum


class Verb(Enum):
    """What a line, or a span of octets, asks for."""

    __hash__ = object.__hash__  # each member is there once

    GREETING = "greeting"
    """Nothing is sent: the server speaks first (RFC 5321 §3.1)."""
    EHLO = "EHLO"
    HELO = "HELO"
    LHLO = "LHLO"
    """EHLO's name in LMTP (RFC 2033 §4.1)."""
    STARTTLS = "STARTTLS"
    TLS = "tls"
    """The handshake itself."""
    AUTH = "AUTH"
    AUTH_RESPONSE = "auth response"
    """A base64 line inside an AUTH exchange (RFC 4954 §4)."""
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "content"
    """The message and its closing dot."""
    BDAT = "BDAT"
    """A counted piece of the message, which is not the last (RFC 3030 §2)."""
    BDAT_LAST = "BDAT LAST"
    """The last piece: its reply is the one to the whole message."""
    XCLIENT = "XCLIENT"
    """Whom a proxy speaks for, as Postfix has it."""
    PROXY = "proxy header"
    """What a load balancer puts in front of the connection; no reply comes to it."""
    RSET = "RSET"
    NOOP = "NOOP"
    VRFY = "VRFY"
    EXPN = "EXPN"
    HELP = "HELP"
    QUIT = "QUIT"
    UNKNOWN = "unknown"
    """Whatever else the user sends."""


PSEUDO = frozenset(
    {Verb.GREETING, Verb.TLS, Verb.AUTH_RESPONSE, Verb.CONTENT, Verb.PROXY, Verb.UNKNOWN}
)
"""Verbs that no command line begins with."""


LONGEST_LOOK = 512
"""Octets of a line that are looked at: no verb needs more."""


def verb_of(line: bytes) -> Verb:
    """The verb that a command line begins with; its case does not matter (RFC 5321 §2.4)."""
    words = line[:LONGEST_LOOK].partition(b"\n")[0].split()
    name = words[0].upper().decode("ascii", "replace") if words else ""
    try:
        verb = Verb(name)
    except ValueError:
        return Verb.UNKNOWN
    if verb is Verb.BDAT and words[-1].upper() == b"LAST":
        return Verb.BDAT_LAST
    return Verb.UNKNOWN if verb in PSEUDO else verb
