"""Terms around the protocol: ports, families of codes, parameters, ways of handing mail over."""

import re
from typing import NamedTuple

from smtplab.explanations.explanation import Explanation, Row
from smtplab.protocol.anatomy import BODY_VALUES, PARAMETERS
from smtplab.protocol.codes import FIRST_DIGITS


class Term(NamedTuple):
    """What it is, and where that stands."""

    text: str
    clause: str


PORTS: dict[str, Term] = {
    "24": Term("LMTP, for the last step into a mailbox", "RFC 2033 §5"),
    "25": Term(
        "servers hand mail to one another here; many networks block it for anybody else",
        "RFC 5321 §4.5.4.2",
    ),
    "465": Term("handing mail in, with TLS from the first octet", "RFC 8314 §7.3"),
    "587": Term("handing mail in, in the clear first, then STARTTLS", "RFC 6409 §3.1"),
    "2525": Term("no registered port; some providers take mail there as on 587", "RFC 6409 §3.1"),
}
"""Port -> what it is for."""

TRANSMISSIONS: dict[str, str] = {
    "SMTP": "with HELO: without any extension",
    "ESMTP": "with EHLO",
    "ESMTPS": "with EHLO, inside TLS",
    "ESMTPA": "with EHLO, after a login",
    "ESMTPSA": "with EHLO, inside TLS and after a login",
    "LMTP": "with LHLO: each recipient had a reply of its own",
    "LMTPS": "with LHLO, inside TLS",
    "LMTPA": "with LHLO, after a login",
    "LMTPSA": "with LHLO, inside TLS and after a login",
}
"""Word behind "with" in a Received field -> how the message came (RFC 3848)."""


def port(text: str) -> Explanation | None:
    """A port that mail comes to."""
    known = PORTS.get(text)
    if known is None:
        return None
    return Explanation("port", text, known.text, clause=known.clause)


def family(text: str) -> Explanation | None:
    """All codes with the same first digit, such as 4xx."""
    found = re.fullmatch(r"([2-5])(?:xx|yz)", text.lower())
    if found is None:
        return None
    title = FIRST_DIGITS[int(found[1])]
    return Explanation("reply code", text.lower(), title, clause="RFC 5321 §4.2.1")


def parameter(text: str) -> Explanation | None:
    """A parameter of MAIL or RCPT, with or without its value, such as NOTIFY or RET=HDRS."""
    keyword, equals, value = text.upper().partition("=")
    note = PARAMETERS.get(keyword)
    if note is None or (keyword == "AUTH" and not equals):
        return None
    words, _, clause = note.removesuffix(")").partition(" (")
    rows = (Row(value, BODY_VALUES[value]),) if value in BODY_VALUES else ()
    return Explanation("parameter", keyword, words, rows, clause=clause)


def transmission(text: str) -> Explanation | None:
    """How a message came, as a Received field says it, such as ESMTPSA."""
    known = TRANSMISSIONS.get(text.upper())
    if known is None:
        return None
    return Explanation("transmission", text.upper(), known, clause="RFC 3848")
