"""The verbs of a session, with the pseudo-verbs for what is not a command line."""

from enum import Enum


class Verb(Enum):
    """What a line, or a span of octets, asks for."""

    GREETING = "greeting"
    """Nothing is sent: the server speaks first (RFC 5321 §3.1)."""
    EHLO = "EHLO"
    HELO = "HELO"
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
    RSET = "RSET"
    NOOP = "NOOP"
    VRFY = "VRFY"
    EXPN = "EXPN"
    HELP = "HELP"
    QUIT = "QUIT"
    UNKNOWN = "unknown"
    """Whatever else the user sends."""


PSEUDO = frozenset({Verb.GREETING, Verb.TLS, Verb.AUTH_RESPONSE, Verb.CONTENT, Verb.UNKNOWN})
"""Verbs that no command line begins with."""


def verb_of(line: bytes) -> Verb:
    """The verb that a command line begins with; its case does not matter (RFC 5321 §2.4)."""
    words = line.split(maxsplit=1)
    name = words[0].upper().decode("ascii", "replace") if words else ""
    try:
        verb = Verb(name)
    except ValueError:
        return Verb.UNKNOWN
    return Verb.UNKNOWN if verb in PSEUDO else verb
