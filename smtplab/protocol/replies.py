"""Replies: values, and a parser that accepts any bytes.

A reply is one or more lines of three digits, a separator (hyphen: more lines follow, space: the
last one) and text (RFC 5321 §4.2.1). Servers send other things too; whatever comes becomes a
`Reply` with irregularities, and never an error. Nothing is decoded in order to decide.
"""

import re
from enum import Enum

from smtplab.protocol.irregularities import Irregularity
from smtplab.values import value

LINE_LIMIT = 512
"""Octets of a reply line, line end included (RFC 5321 §4.5.3.1.5)."""

LINE_KEPT = 2048
"""What is kept of a longer line; the rest is counted and dropped, so that memory stays bounded."""

LINES_KEPT = 1000
"""A reply of more lines is taken to be over: no server needs them."""


class ReplyClass(Enum):
    """The first digit of a code (RFC 5321 §4.2.1)."""

    __hash__ = object.__hash__  # each member is there once

    POSITIVE = 2
    INTERMEDIATE = 3
    TRANSIENT = 4
    PERMANENT = 5
    INVALID = 0
    """No code, or one that SMTP does not have."""


CLASSES = {each.value: each for each in ReplyClass if each.value}
"""First digit -> class."""


@value
class EnhancedStatus:
    """An enhanced status code, class.subject.detail (RFC 3463 §2)."""

    klass: int
    subject: int
    detail: int

    def __str__(self) -> str:
        return f"{self.klass}.{self.subject}.{self.detail}"


_ENHANCED = re.compile(rb"([245])\.(\d{1,3})\.(\d{1,3})(?:\s|$)")


def parse_enhanced(text: bytes) -> EnhancedStatus | None:
    """The enhanced status code that a reply's text begins with, if any (RFC 2034 §4)."""
    match = _ENHANCED.match(text)
    return EnhancedStatus(int(match[1]), int(match[2]), int(match[3])) if match else None


@value
class Reply:
    """One whole reply.

    `code` is None when no line began with three digits. `lines` are the texts after code and
    separator; `raw` has the octets as they came, cut only where a line was longer than any limit.
    """

    code: int | None
    lines: tuple[bytes, ...]
    raw: bytes
    irregularities: tuple[Irregularity, ...] = ()

    @property
    def reply_class(self) -> ReplyClass:
        """What the first digit says."""
        return CLASSES.get((self.code or 0) // 100, ReplyClass.INVALID)

    @property
    def enhanced(self) -> EnhancedStatus | None:
        """The enhanced status code of the first line that has one."""
        for line in self.lines:
            if line[1:2] == b"." and (status := parse_enhanced(line)) is not None:
                return status
        return None

    @property
    def text(self) -> str:
        """The texts for people, controls escaped, lines joined with line feeds."""
        return "\n".join(map(readable, self.lines))

    @property
    def first_line(self) -> str:
        """The text of the first line, for people."""
        return readable(self.lines[0]) if self.lines else ""


def readable(data: bytes) -> str:
    """Octets as text that no terminal acts on: what does not print is written as an escape.

    A tab is written as one too: here octets are told, and whether there was a space matters. For
    lines on a screen `transcript.escaping` makes a space of it.
    """
    return printable(data.decode("utf-8", "backslashreplace"))


def printable(text: str) -> str:
    """The same for text: C0, DEL and C1 controls, turns of direction and lone surrogates."""
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


_LINE = re.compile(rb"(\d\d\d)([ -]?)(.*)", re.DOTALL)

_CLEAN = re.compile(
    rb"([2-5][0-5]\d)(?:-[\t -~]{0,%d}+\r\n\1){0,%d}+ [\t -~]{0,%d}+\r\n"
    % (LINE_LIMIT - 6, LINES_KEPT - 1, LINE_LIMIT - 6)
)
"""A whole reply without any irregularity: nearly all of them, so it is worth a shortcut."""


class ReplyParser:
    """Turns what arrives into replies, however it is cut.

    A reply ends with its last line's LF; empty lines in front of it belong to it. A line that never
    ends costs `LINE_KEPT` octets at most.
    """

    def __init__(self) -> None:
        self.allow_utf8 = False
        self._line = bytearray()
        self._dropped = 0
        self._lines: list[bytes] = []
        self._texts: list[bytes] = []
        self._codes: list[int] = []
        self._odd: dict[str, str] = {}

    @property
    def pending(self) -> bytes:
        """The octets of a reply that is not complete yet."""
        return b"".join(self._lines) + bytes(self._line)

    def receive_data(self, data: bytes) -> list[Reply]:
        """Takes octets, gives the replies that they complete."""
        replies: list[Reply] = []
        start = 0
        while start < len(data):
            clean = None if self._line or self._lines else _CLEAN.match(data, start)
            if clean is not None:
                start = clean.end()
                replies.append(_clean_reply(clean[0], clean[1]))
                continue
            end = data.find(b"\n", start) + 1 or len(data)
            self._keep(data[start:end])
            start = end
            if not self._line.endswith(b"\n"):
                break
            last = self._take_line(bytes(self._line))
            if last or self._is_too_long():
                replies.append(self._finish())
        return replies

    def receive_eof(self) -> Reply | None:
        """The connection ended: what was not complete, if anything."""
        if not (self._line or self._lines):
            return None
        if self._line or self._texts:
            self._odd["cut-off"] = ""
        if self._line:
            self._take_line(bytes(self._line))
        return self._finish()

    def _keep(self, piece: bytes) -> None:
        room = LINE_KEPT - len(self._line)
        if len(piece) <= room:
            self._line += piece
            return
        # The line end itself is kept, so that the raw octets still show where the line ends.
        ended = piece.endswith(b"\n")
        self._line += piece[:room]
        self._dropped += len(piece) - room
        if ended:
            self._line[-1:] = b"\n"

    def _is_too_long(self) -> bool:
        if len(self._lines) < LINES_KEPT:
            return False
        self._odd["reply-too-long"] = f"more than {LINES_KEPT} lines"
        return True

    def _take_line(self, raw: bytes) -> bool:
        """Looks at a line and adds it; True when it is the last of its reply."""
        length = len(raw) + self._dropped
        if length > LINE_LIMIT:
            self._odd.setdefault("line-too-long", f"{length} octets")
        content = self._without_end(raw)
        self._line.clear()
        self._dropped = 0
        match = _LINE.fullmatch(content)
        if match is None:
            self._lines.append(raw)
            if not (content or self._texts):
                # It says neither yes nor no, so it answers nothing: the reply is still to come.
                self._odd.setdefault("not-a-reply", "an empty line in front of the reply")
                return False
            self._texts.append(content)
            self._odd.setdefault("not-a-reply", readable(content[:60]))
            return not self._codes  # inside a reply it is taken for one more line of text
        code, separator, text = match.groups()
        self._look_at(int(code), separator, text)
        return self._add(raw, int(code), separator, text)

    def _add(self, raw: bytes, code: int, separator: bytes, text: bytes) -> bool:
        if self._codes and code != self._codes[0]:
            self._odd["codes-differ"] = f"{self._codes[0]} and {code}"
        self._lines.append(raw)
        self._codes.append(code)
        self._texts.append(text)
        return separator != b"-"

    def _without_end(self, raw: bytes) -> bytes:
        if raw.endswith(b"\r\n"):
            content = raw[:-2]
        else:
            content = raw.removesuffix(b"\n")
            if content is not raw and len(content) < len(raw) and not self._dropped:
                self._odd["bare-lf"] = ""
        if b"\r" in content:
            self._odd["bare-cr"] = ""
        return content

    def _look_at(self, code: int, separator: bytes, text: bytes) -> None:
        if not 200 <= code <= 559:
            self._odd["code-out-of-range"] = str(code)
        if not separator and text:
            self._odd["bad-separator"] = readable(text[:20])
        if not text.isascii() and not self.allow_utf8:
            self._odd["eight-bit"] = ""
        if text.translate(None, CONTROLS) != text:
            self._odd["control-character"] = ""

    def _finish(self) -> Reply:
        code = max(self._codes, key=_gravity, default=None)
        irregularities = tuple(Irregularity(kind, detail) for kind, detail in self._odd.items())
        reply = Reply(code, tuple(self._texts), b"".join(self._lines), irregularities)
        self._lines, self._texts, self._codes, self._odd = [], [], [], {}
        return reply


def _clean_reply(raw: bytes, code: bytes) -> Reply:
    *texts, end = raw[4:-2].split(b"\r\n" + code + b"-")
    texts += end.split(b"\r\n" + code + b" ")
    return Reply(int(code), tuple(texts), raw)


def _gravity(code: int) -> tuple[bool, bool, int]:
    """Among differing codes the worst counts: a refusal, then nonsense, then the rest."""
    return 400 <= code <= 599, not 200 <= code <= 599, code


CONTROLS = bytes([*range(9), *range(10, 13), *range(14, 32), 127])
"""The controls but HT and CR; CR is an irregularity of its own."""
