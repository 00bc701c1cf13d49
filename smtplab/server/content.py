"""The message after DATA: where it ends, and what it was before the client stuffed its dots."""

import io
import re
from typing import Protocol

from smtplab.server.blocks import Blocks

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

DOTTED = b"\r\n."
"""How a line begins whose dot was stuffed, or that is the end (§4.5.2)."""

LONGEST_END = 5

CR = 13


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


class Breaks:
    """Line ends of one octet only, and NULs, looked for while a message comes in."""

    def __init__(self) -> None:
        self.nul = False
        self._ends_in_cr = False
        # It only looks, but at twice the speed of counting line ends of each kind.
        self._ends = io.IncrementalNewlineDecoder(None, translate=False)

    def look(self, data: bytes) -> None:
        """Looks at what is new."""
        self._ends.decode(data.decode("latin-1"))
        self.nul = self.nul or b"\0" in data

    def end(self, last: int) -> None:
        """The message is whole, with that octet at its end."""
        self._ends_in_cr = last == CR

    @property
    def none(self) -> bool:
        """Whether there is nothing to tell."""
        return self._ends.newlines in ("\r\n", None) and not (self.nul or self._ends_in_cr)

    @property
    def bare_lf(self) -> bool:
        """Whether some LF has no CR in front of it."""
        return "\n" in self._kinds

    @property
    def bare_cr(self) -> bool:
        """Whether some CR has no LF behind it."""
        return self._ends_in_cr or "\r" in self._kinds

    @property
    def _kinds(self) -> tuple[str, ...]:
        found = self._ends.newlines
        return found if isinstance(found, tuple) else (found or "",)


def whole_message(data: bytes) -> bytes | None:
    """A message, if the octets behind DATA are all of it and nothing in it is odd or stuffed."""
    inside = len(data) - len(STRICT_END)
    if data.find(DOTTED) != inside or not data.endswith(STRICT_END) or data.startswith(b"."):
        return None
    ends = io.IncrementalNewlineDecoder(None, translate=False)  # as in Breaks
    ends.decode(data.decode("latin-1"))
    plain = ends.newlines == "\r\n" and b"\0" not in data
    return data[: inside + 2] if plain else None


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
        self._kept = Blocks()
        self._dotted = False
        """Whether some line begins with a dot that is not the end."""
        self._breaks = Breaks()
        # The CR LF behind DATA counts as the line end before the first line (§4.1.1.4).
        self._tail = b"\r\n"
        """The last octets, in which the end may have begun."""

    def feed(self, data: bytes) -> bytes | None:
        """Takes octets; None: more is needed; else what came behind the end."""
        window = self._tail + data
        end = self._find_end(window)
        if end is None:
            self._keep(data)
            self._tail = window[-LONGEST_END:]
            return None
        first, behind = end
        # The line end in front of the dot belongs to the last line; an empty message has none.
        dot = window.index(b".", first)
        inside = dot - len(self._tail)
        if inside > 0:
            self._keep(data[:inside])
        else:
            self.size += inside
            self._kept.cut(-inside)
        self.too_large = self.too_large or self.size > self._limit
        self._breaks.end(window[dot - 1])
        rest = window[behind:]
        self.owes_lf = not rest and window.endswith(b"\r")
        return rest

    def _find_end(self, window: bytes) -> tuple[int, int] | None:
        """Where the end begins, and where what comes behind it."""
        if self._end is not None:
            found = self._end.search(window)
            return found.span() if found else None
        start = 0
        if not self._dotted:
            # So one look tells both whether this is the end, and whether dots were stuffed. What is
            # large is mostly base64, which has no dots at all, and a lone octet is found at once.
            dot = window.find(b".")
            start = window.find(DOTTED, max(0, dot - 2)) if dot >= 0 else -1
            if start < 0:
                return None
            self._dotted = not STRICT_END.startswith(window[start : start + LONGEST_END])
        at = window.find(STRICT_END, start)
        return (at, at + len(STRICT_END)) if at >= 0 else None

    def content(self) -> bytes:
        """The message as it was: stuffed dots taken away, not an octet else changed (§4.5.2)."""
        if self._stuffed is not None:
            return self._stuffed.sub(rb"\1", b"\r\n" + self._kept.joined())[2:]
        if not self._dotted:
            return self._kept.joined()
        return (b"\r\n" + self._kept.joined()).replace(DOTTED, b"\r\n")[2:]

    def oddities(self) -> list[str]:
        """What is not as RFC 5321 asks for: line ends of one octet only, NULs."""
        breaks = self._breaks
        if breaks.none:
            return []
        found = {
            "the message has LF without CR (RFC 5321 §2.3.8)": breaks.bare_lf,
            "the message has CR without LF (RFC 5321 §2.3.8)": breaks.bare_cr,
            "the message has NUL octets (RFC 5321 §4.5.2)": breaks.nul,
        }
        return [what for what, there in found.items() if there]

    def _keep(self, data: bytes) -> None:
        self._breaks.look(data)
        self.size += len(data)
        # The end may be among them, or have begun before them.
        surely = self.size - len(data) - LONGEST_END
        self.too_large = self.too_large or surely > self._limit
        if self.too_large:
            self._kept.clear()
        else:
            self._kept.add(data)
