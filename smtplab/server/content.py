"""The message after DATA: where it ends, and what it was before the client stuffed its dots."""

import re
from typing import Protocol

STRICT_END = b"\r\n.\r\n"
"""What ends a message (RFC 5321 §4.1.1.4)."""

LENIENT_ENDS = {
    "lf": re.compile(rb"\r?\n\.\r?\n"),
    "any": re.compile(rb"(?:\r\n|\r|\n)\.(?:\r\n|\r|\n)"),
}
"""What ends it for servers that can be tricked."""

LENIENTLY_STUFFED = {
    "lf": re.compile(rb"(\r?\n)\."),
    "any": re.compile(rb"(\r\n|\r|\n)\."),
}

LONGEST_END = 5


class Content(Protocol):
    """A message that has come, whichever way."""

    size: int
    """Octets on the wire."""
    too_large: bool

    def content(self) -> bytes:
        """The message as it was."""


class Chunks:
    """A message in chunks of BDAT (RFC 3030); beyond `limit` octets they are only counted."""

    def __init__(self, limit: int) -> None:
        self.size = 0
        self.too_large = False
        self._limit = limit
        self._kept = bytearray()

    def add(self, data: bytes) -> None:
        """Takes octets of a chunk."""
        self.size += len(data)
        self.too_large = self.size > self._limit
        if self.too_large:
            self._kept.clear()
        else:
            self._kept += data

    def content(self) -> bytes:
        """The message so far."""
        return bytes(self._kept)


class ContentReader:
    """Collects a message; beyond `limit` octets it counts them but does not keep them."""

    def __init__(self, mode: str, limit: int) -> None:
        self.size = 0
        """Octets on the wire so far, with stuffed dots, without the end."""
        self.too_large = False
        self.owes_lf = False
        """Whether a CR ended it, so that an LF which is still to come would belong to it."""
        self._end = LENIENT_ENDS.get(mode)
        self._stuffed = LENIENTLY_STUFFED.get(mode)
        self._limit = limit
        # The CR LF behind DATA counts as the line end before the first line (§4.1.1.4).
        self._wire = bytearray(b"\r\n")

    def feed(self, data: bytes) -> bytes | None:
        """Takes octets; None: more is needed; else what came behind the end."""
        start = max(0, len(self._wire) - LONGEST_END)
        self._wire += data
        end = self._find_end(start)
        if end is None:
            self._shorten()
            return None
        first, behind = end
        rest = bytes(self._wire[behind:])
        self.owes_lf = not rest and self._wire.endswith(b"\r")
        # The line end in front of the dot belongs to the last line; an empty message has none.
        del self._wire[self._wire.index(b".", first) :]
        self._count()
        return rest

    def _find_end(self, start: int) -> tuple[int, int] | None:
        """Where the end begins, and where what comes behind it."""
        if self._end is not None:
            found = self._end.search(self._wire, start)
            return found.span() if found else None
        at = self._wire.find(STRICT_END, start)
        return (at, at + len(STRICT_END)) if at >= 0 else None

    def content(self) -> bytes:
        """The message as it was: stuffed dots taken away, not an octet else changed (§4.5.2)."""
        if self._stuffed is not None:
            return self._stuffed.sub(rb"\1", bytes(self._wire))[2:]
        return bytes(memoryview(self._wire.replace(b"\r\n.", b"\r\n"))[2:])

    def oddities(self) -> list[str]:
        """What is not as RFC 5321 asks for: line ends of one octet only, NULs."""
        wire = self._wire
        pairs = wire.count(b"\r\n")
        found = {
            "the message has LF without CR (RFC 5321 §2.3.8)": wire.count(b"\n") > pairs,
            "the message has CR without LF (RFC 5321 §2.3.8)": wire.count(b"\r") > pairs,
            "the message has NUL octets (RFC 5321 §4.5.2)": b"\0" in wire,
        }
        return [what for what, there in found.items() if there]

    def _count(self) -> None:
        self.size += len(self._wire) - 2
        self.too_large = self.too_large or self.size > self._limit

    def _shorten(self) -> None:
        """Once it is too large, only so much is kept as the end may be hidden in."""
        if not self.too_large and len(self._wire) - 2 <= self._limit + LONGEST_END:
            return
        self.too_large = True
        surplus = len(self._wire) - LONGEST_END
        self.size += surplus
        del self._wire[:surplus]
