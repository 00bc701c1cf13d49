"""EHLO keywords: what a server offers, and how that changed."""

from typing import NamedTuple, Self

from smtplab.protocol.replies import Reply, readable
from smtplab.values import field, value


@value
class Capabilities:
    """What one EHLO reply offered: keyword in upper case -> its parameters as they stand.

    The first line is the server's name and no keyword (RFC 5321 §4.1.1.1). `old_auth` says that
    the mechanisms, or some, came in the form "AUTH=" that predates the standard.
    """

    domain: str = ""
    offers: dict[str, str] = field(default_factory=dict)
    old_auth: bool = False

    @classmethod
    def parse(cls, reply: Reply) -> Self:
        """Reads the reply to EHLO or HELO."""
        offers: dict[str, str] = {}
        old_auth = False
        for line in reply.lines[1:]:
            keyword, _, parameters = readable(line).strip().partition(" ")
            keyword = keyword.upper()
            if keyword.startswith("AUTH="):
                old_auth = True
                keyword, parameters = "AUTH", f"{keyword[5:]} {parameters}".strip()
            if keyword == "AUTH" and "AUTH" in offers:
                parameters = _joined(offers["AUTH"], parameters)
            if keyword:
                offers[keyword] = parameters.strip()
        return cls(reply.first_line.partition(" ")[0], offers, old_auth)

    def has(self, keyword: str) -> bool:
        """Whether it was offered; case does not matter (RFC 5321 §2.4)."""
        return keyword.upper() in self.offers

    @property
    def size_limit(self) -> int | None:
        """The largest message in octets; None when not said, or 0, "no limit" (RFC 1870 §3)."""
        value = self.offers.get("SIZE", "").partition(" ")[0]
        return int(value) or None if value.isascii() and value.isdecimal() else None

    @property
    def auth_mechanisms(self) -> tuple[str, ...]:
        """The mechanisms in the server's order, upper case, each once."""
        names = self.offers.get("AUTH", "").upper().split()
        return tuple(dict.fromkeys(names))


def _joined(former: str, more: str) -> str:
    words = former.split()
    return " ".join([*words, *(word for word in more.split() if word not in words)])


class Difference(NamedTuple):
    """One keyword before and after; `status` is same, gone, new or changed."""

    keyword: str
    before: str | None
    after: str | None
    status: str


def compare(before: Capabilities | None, after: Capabilities | None) -> tuple[Difference, ...]:
    """What changed from one EHLO to the next, in the order in which the keywords came."""
    old = before.offers if before is not None else {}
    new = after.offers if after is not None else {}
    return tuple(
        Difference(keyword, old.get(keyword), new.get(keyword), _status(keyword, old, new))
        for keyword in dict.fromkeys([*old, *new])
    )


def _status(keyword: str, old: dict[str, str], new: dict[str, str]) -> str:
    if keyword not in new:
        return "gone"
    if keyword not in old:
        return "new"
    return "same" if old[keyword] == new[keyword] else "changed"


MEANINGS: dict[str, tuple[str, str]] = {
    "PIPELINING": ("several commands may be sent at once", "RFC 2920"),
    "SIZE": ("the largest message that it takes, in octets", "RFC 1870"),
    "8BITMIME": ("text with octets above 127 is allowed in the body", "RFC 6152"),
    "SMTPUTF8": ("addresses and headers may be written in UTF-8", "RFC 6531"),
    "STARTTLS": ("this connection can be turned into TLS", "RFC 3207"),
    "AUTH": ("logging in, by one of these mechanisms", "RFC 4954"),
    "ENHANCEDSTATUSCODES": ("replies carry codes such as 5.7.8", "RFC 2034"),
    "DSN": ("delivery reports can be asked for", "RFC 3461"),
    "CHUNKING": ("a message can be sent in counted pieces (BDAT)", "RFC 3030"),
    "BINARYMIME": ("a body may hold any octets; needs BDAT", "RFC 3030"),
    "VRFY": ("it can be asked whether an address exists", "RFC 5321 §3.5.3"),
    "EXPN": ("it can be asked who is on a list", "RFC 5321 §3.5.2"),
    "ETRN": ("it can be told to send what it holds for a host", "RFC 1985"),
    "HELP": ("it explains its commands", "RFC 5321 §4.1.1.8"),
    "DELIVERBY": ("a message can have a deadline", "RFC 2852"),
    "REQUIRETLS": ("a message may demand TLS all the way", "RFC 8689"),
    "LIMITS": ("how many messages and recipients it takes", "RFC 9422"),
    "MT-PRIORITY": ("a message can have a priority", "RFC 6710"),
    "FUTURERELEASE": ("a message can be held until later", "RFC 4865"),
    "SUBMITTER": ("the responsible sender can be named", "RFC 4405"),
    "BURL": ("a message can be fetched from an IMAP server", "RFC 4468"),
    "NO-SOLICITING": ("it does not want advertisement", "RFC 3865"),
    "XCLIENT": ("a trusted client may tell whom it speaks for", "Postfix"),
    "XFORWARD": ("a trusted client may tell where mail came from", "Postfix"),
}
"""Keyword -> what it offers, and where that is defined."""
