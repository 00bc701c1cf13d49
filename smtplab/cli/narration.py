"""The session as text while it runs: which entries are shown, and with what beside them."""

from collections.abc import Callable, Collection

from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.transcript.arrows import render
from smtplab.transcript.entries import Entry
from smtplab.transcript.wording import CLIENT, SERVER, Line, word
from smtplab.values import value

HIDEABLE = ("sent", "received", "data", "notes", "all")
"""What can be left out: our lines, the server's, the message, the lab's own, everything."""

OCTETS_A_LINE = 16
MOST_OCTETS = 4096
"""Of one line or message; a large one would scroll all else away."""


@value
class Narration:
    """Tells each entry, line by line, to `write`."""

    write: Callable[[str], None]
    colour: bool = False
    hidden: Collection[str] = ()
    times: bool = False
    """With the seconds since the beginning in front."""
    octets: bool = False
    """With the octets of the wire behind it, in hex."""

    def __call__(self, entry: Entry) -> None:
        """Tells one entry."""
        kept = [line for line in word(entry) if not self._hides(entry, line)]
        time = f"{entry.nanoseconds / 1e9:9.3f} " if self.times else ""
        for text in render(kept, encrypted=entry.encrypted, colour=self.colour):
            self.write(time + text)
        if kept and self.octets:
            for text in hex_lines(_octets_of(entry)):
                self.write(time + text)

    def _hides(self, entry: Entry, line: Line) -> bool:
        if isinstance(entry.event, ContentSent) and "data" in self.hidden:
            return True
        kind = {CLIENT: "sent", SERVER: "received"}.get(line.side, "notes")
        return "all" in self.hidden or kind in self.hidden


def _octets_of(entry: Entry) -> bytes:
    event = entry.event
    if isinstance(event, CommandSent | ContentSent):
        return event.raw
    return event.reply.raw if isinstance(event, ReplyReceived) else b""


def hex_lines(data: bytes) -> list[str]:
    """Octets in hex beside the characters that they are, as `hexdump -C` has it."""
    shown = data[:MOST_OCTETS]
    lines = [
        f"   {start:06x}  {part.hex(' '):<{OCTETS_A_LINE * 3}} {_characters(part)}"
        for start in range(0, len(shown), OCTETS_A_LINE)
        for part in (shown[start : start + OCTETS_A_LINE],)
    ]
    left = len(data) - len(shown)
    return [*lines, f"   … {left:,} octets more"] if left else lines


def _characters(part: bytes) -> str:
    return "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
