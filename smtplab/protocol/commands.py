"""Each command and the line it becomes, without the line end; and lines as users type them."""

import base64
import re
from collections.abc import Sequence

from smtplab.protocol.anatomy import Token as Token
from smtplab.protocol.anatomy import anatomy as anatomy

Parameters = Sequence[tuple[str, str | None]]
"""Pairs of keyword and value; None: the keyword stands alone (RFC 5321 §4.1.2)."""


def _line(*words: str) -> bytes:
    return " ".join(filter(None, words)).encode("utf-8", "surrogateescape")


def _parameters(parameters: Parameters) -> str:
    return " ".join(name if value is None else f"{name}={value}" for name, value in parameters)


def ehlo(name: str) -> bytes:
    """RFC 5321 §4.1.1.1."""
    return _line("EHLO", name)


def helo(name: str) -> bytes:
    """RFC 5321 §4.1.1.1, for servers that do not know EHLO."""
    return _line("HELO", name)


def lhlo(name: str) -> bytes:
    """RFC 2033 §4.1: EHLO's name in LMTP."""
    return _line("LHLO", name)


def starttls() -> bytes:
    """RFC 3207 §4; it takes no parameter."""
    return b"STARTTLS"


def auth(mechanism: str, initial: bytes | None = None) -> bytes:
    """RFC 4954 §4; an initial response of no octets is written "="."""
    if initial is None:
        return _line("AUTH", mechanism)
    return _line("AUTH", mechanism) + b" " + (base64.b64encode(initial) or b"=")


def mail(reverse_path: str, parameters: Parameters = ()) -> bytes:
    """RFC 5321 §4.1.1.2; an empty reverse-path is the null one of bounces."""
    return _line(f"MAIL FROM:<{reverse_path}>", _parameters(parameters))


def rcpt(forward_path: str, parameters: Parameters = ()) -> bytes:
    """RFC 5321 §4.1.1.3."""
    return _line(f"RCPT TO:<{forward_path}>", _parameters(parameters))


def data() -> bytes:
    """RFC 5321 §4.1.1.4."""
    return b"DATA"


def bdat(size: int, *, last: bool) -> bytes:
    """RFC 3030 §2: so many octets follow, without a dot behind them."""
    return _line("BDAT", str(size), "LAST" if last else "")


def xclient(attributes: Sequence[str]) -> bytes:
    """Postfix's: pairs such as ADDR=192.0.2.1."""
    return _line("XCLIENT", *attributes)


def xtext(text: str) -> str:
    """A value with what may not stand in it as +XX (RFC 3461 §4)."""
    octets = text.encode("utf-8", "surrogateescape")
    return "".join(
        chr(octet) if 33 <= octet <= 126 and octet not in b"+=" else f"+{octet:02X}"
        for octet in octets
    )


def rset() -> bytes:
    """RFC 5321 §4.1.1.5."""
    return b"RSET"


def quit_() -> bytes:
    """RFC 5321 §4.1.1.10."""
    return b"QUIT"


_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)

_PLAIN_ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}


def unescape(text: str) -> tuple[bytes, bool]:
    r"""The octets of a line as typed, and whether CR LF belongs behind it.

    \r \n \t \0 \xNN and \\ are escapes; a single backslash at the end means: no CR LF.
    """
    bare_end = (len(text) - len(text.rstrip("\\"))) % 2 == 1
    body = text[:-1] if bare_end else text
    octets = bytearray()
    at = 0
    for match in _ESCAPE.finditer(body):
        octets += body[at : match.start()].encode("utf-8", "surrogateescape")
        octets += _escaped(match[1], match[0])
        at = match.end()
    octets += body[at:].encode("utf-8", "surrogateescape")
    return bytes(octets), not bare_end


def _escaped(code: str, whole: str) -> bytes:
    if len(code) == 3:
        return bytes([int(code[1:], 16)])
    return _PLAIN_ESCAPES.get(code, whole.encode("utf-8", "surrogateescape"))
