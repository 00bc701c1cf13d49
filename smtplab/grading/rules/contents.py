"""What becomes of the message on the wire: line ends, dots, the text itself, long lines."""

import re

from smtplab.grading.dialogue import Command, Content, Dialogue
from smtplab.grading.message import Difference, Fate, compare
from smtplab.grading.playing import Played
from smtplab.grading.rules.model import KEPT, Judgement, broken

LONGEST_TEXT_LINE = 1000
"""Octets of a line of text, CR LF included (RFC 5321 §4.5.3.1.6)."""

KNOWN_VERBS = frozenset({
    "EHLO", "HELO", "LHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP",
    "QUIT", "VRFY", "EXPN", "HELP", "ETRN", "TURN", "ATRN", "BURL", "SEND", "SOML", "SAML",
    "XCLIENT", "XFORWARD", "XEXCH50",
})  # fmt: skip
"""Every verb that some standard, or a large server, knows."""

_BARE_LF = re.compile(rb"(?<!\r)\n")
_BARE_CR = re.compile(rb"\r(?!\n)")


def looks_like_content(dialogue: Dialogue, command: Command) -> bool:
    """Whether a line that came as a command belongs to a message, its DATA having had no 354."""
    data = [
        c for c in dialogue.commands("DATA")
        if _precedes(dialogue, c, command) and (c.reply is None or c.reply.code != 354)
    ]  # fmt: skip
    return bool(data) and command.verb not in KNOWN_VERBS


def _precedes(dialogue: Dialogue, first: Command, second: Command) -> bool:
    places = {id(turn): place for place, turn in enumerate(dialogue.turns)}
    return places[id(first)] < places[id(second)]


def contents(played: Played) -> list[tuple[int, Content]]:
    """All messages, with the number of their connection."""
    return [(d.number, content) for d in played.dialogues for content in d.contents]


def bare_line_ends(played: Played) -> Judgement | None:
    """CR and LF go together, in commands and in messages."""
    judged = False
    for dialogue in played.dialogues:
        for command in dialogue.commands():
            judged = True
            if command.ended == b"\n":
                what = f"{command.verb[:20]} ended with LF alone"
                return broken(what, dialogue.number)
        for content in dialogue.contents:
            # What was cut off behind a CR may have gone on with LF.
            raw = bytes(content.raw) if content.ended else bytes(content.raw).removesuffix(b"\r")
            bare = _BARE_LF.search(raw) or _BARE_CR.search(raw)
            if bare is not None:
                name = "LF without CR" if bare[0] == b"\n" else "CR without LF"
                line = raw.count(b"\n", 0, bare.start()) + 1
                return broken(f"{name} in line {line} of the message", dialogue.number)
    return KEPT if judged else None


def _compared(played: Played) -> list[tuple[int, Difference]]:
    found = [(n, c) for n, c in contents(played) if c.ended and not _BARE_LF.search(bytes(c.raw))]
    return [(number, compare(played.message, unstuffed(content))) for number, content in found]


def unstuffed(content: Content) -> bytes:
    """The message as it was before its dots were stuffed; in chunks none are."""
    raw = bytes(content.raw)
    return raw if content.chunked else re.sub(rb"(?m)^\.", b"", raw)


def dots(played: Played) -> Judgement | None:
    """Each dot that begins a line is doubled, and no other."""
    found = [(n, d) for n, d in _compared(played) if d.fate is not Fate.NOT_OURS]
    for number, difference in found:
        if difference.fate is Fate.DOTS_LOST:
            return broken("A dot at the beginning of a line was lost: it was not doubled", number)
        if difference.fate is Fate.DOTS_ADDED:
            return broken("A dot was added at the beginning of a line", number)
    return KEPT if found else None


def text(played: Played) -> Judgement | None:
    """The text that arrives is the text that was to be sent, once MIME is decoded."""
    found = [(n, d) for n, d in _compared(played) if d.fate is not Fate.NOT_OURS]
    for number, difference in found:
        if difference.fate is Fate.CHANGED:
            sent, came = difference.sent[:60], difference.came[:60]
            return broken(f"The line {sent!r} arrived as {came!r}", number)
    return KEPT if found else None


def long_lines(played: Played) -> Judgement | None:
    """No line of a message is longer than 1000 octets; ours are short."""
    found = contents(played)
    for number, content in found:
        longest = max((len(line) for line in bytes(content.raw).split(b"\n")), default=0) + 1
        if longest > LONGEST_TEXT_LINE:
            return broken(f"A line of the message has {longest} octets", number)
    return KEPT if found else None


def eight_bit(played: Played) -> Judgement | None:
    """Octets above 127 need 8BITMIME."""
    judged = False
    for dialogue in played.dialogues:
        for content in dialogue.contents:
            judged = True
            offered = [c.offered for c in dialogue.commands("DATA", "BDAT")]
            if not bytes(content.raw).isascii() and "8BITMIME" not in (offered[-1] or ()):
                return broken("The message has octets above 127", dialogue.number)
    return KEPT if judged else None
