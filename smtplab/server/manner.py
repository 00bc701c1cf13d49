"""How the server of a lab behaves, and what it offers at EHLO in consequence.

The offer decides what is taken afterwards: what is not in it is refused, as a client that uses it
all the same is wrong.
"""

from dataclasses import dataclass, field

from smtplab.scenarios.model import Server
from smtplab.server.brain import Mould


@dataclass(frozen=True, slots=True)
class Manner:
    """The settings of a lab: its server, base, and whether there is AUTH at all."""

    server: Server
    base: str
    auth: bool
    mould: Mould
    _offers: "dict[bool, Offer]" = field(default_factory=dict, repr=False, compare=False)

    @property
    def auth_needs_tls(self) -> bool:
        """On a plain base there is no TLS to wait for."""
        return self.server.auth.needs_tls and self.base != "plain"

    def offer(self, *, encrypted: bool) -> "Offer":
        """What is offered at EHLO, in clear text or inside TLS: the same to every client."""
        found = self._offers.get(encrypted)
        if found is None:
            found = self._offers[encrypted] = Offer(self, encrypted=encrypted)
        return found

    @property
    def lmtp(self) -> bool:
        """Whether it speaks LMTP (RFC 2033)."""
        return self.server.protocol == "lmtp"


class Offer:
    """The keywords of EHLO, in clear text or inside TLS."""

    def __init__(self, manner: Manner, *, encrypted: bool) -> None:
        self.keywords = _edited(manner, _honest(manner, encrypted=encrypted), encrypted=encrypted)
        self._found = {_word(keyword): keyword for keyword in reversed(self.keywords)}
        self.coded = "ENHANCEDSTATUSCODES" in self
        """Whether replies have enhanced status codes (RFC 2034)."""

    def __contains__(self, word: str) -> bool:
        return word in self._found

    def values(self, word: str) -> list[str]:
        """What stands behind a keyword, in capitals."""
        return self._found.get(word, "").upper().split()[1:]


def _honest(manner: Manner, *, encrypted: bool) -> list[str]:
    server = manner.server
    keywords = [
        "PIPELINING", f"SIZE {server.size}", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING",
        "ENHANCEDSTATUSCODES", "HELP",
    ]  # fmt: skip
    if manner.base == "starttls" and not encrypted:
        keywords.append("STARTTLS")
    if manner.auth and server.auth.mechs and (encrypted or not manner.auth_needs_tls):
        keywords.append(" ".join(("AUTH", *server.auth.mechs)))
    return keywords


def _edited(manner: Manner, keywords: list[str], *, encrypted: bool) -> list[str]:
    server = manner.server
    edits = server.ehlo_tls if encrypted and server.ehlo_tls else server.ehlo
    if edits and edits[0][:1] not in ("+", "-"):
        return list(edits)
    for edit in edits:
        word = _word(edit[1:])
        keywords = [keyword for keyword in keywords if _word(keyword) != word]
        if edit.startswith("+"):
            keywords.append(edit[1:])
    return keywords


def _word(keyword: str) -> str:
    return keyword.split(" ", 1)[0].upper()
