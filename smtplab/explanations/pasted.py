"""What was pasted from a terminal, a log or a bounce, taken apart into replies and commands."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from smtplab.protocol.codes import CODES
from smtplab.protocol.verbs import Verb


class Part(NamedTuple):
    """A reply, its lines one below the other, a command, or a line that may be neither.

    `verb` is the command that the reply answers, and `line` the line of a log that it comes from,
    where there are such.
    """

    text: str
    verb: Verb | None = None
    line: str = ""


ARROWS = re.compile(r"^\s*(?:<~\*|<\*\*|<-|<~|->|~>|==|=>|\*>|[CS]:|>>>|<<<|!!|\*\*\*|[<>]\s)\s*")
"""What swaks, curl, our own text and others put in front of a line."""

REPLY = re.compile(r"[2-5]\d\d(?:[ -]|$)")

FOLDED = re.compile(r"^(?:[A-Za-z-]+:\s|<[^>]*>:)|said:|returned")
"""Lines whose end may stand below them, indented: header fields and the text of a bounce."""

PYTHON = re.compile(r"\(([2-5]\d\d), b?(['\"])(.*?)\2")
"""How Python's smtplib shows a reply."""

QUOTED = re.compile(r"(?:(?<=[('\"])|(?<=[:;] )|(?<=smtp;))([2-5]\d\d)[ -]\S.*")
"""A reply in the middle of a line: behind a colon, a bracket or a quotation mark."""

TAILS = re.compile(r"\s*\(in reply to .*$|; from=<.*$|(?<=\S)['\"]$")
"""What a log says behind the reply that it quotes."""

ANSWERED = (
    re.compile(r"in reply to (?:the )?([\w ]+?)(?: command)?\)"),
    re.compile(r"after (?:pipelined )?(initial connection|end of data|[A-Z]+)"),
    re.compile(r"reject: ([A-Z-]+) from|rejected ([A-Z]+)"),
    re.compile(r"(refused to talk to me)"),
)
"""How Postfix and Exim name the command."""

NAMED: dict[str, Verb] = {
    "INITIAL": Verb.GREETING,
    "REFUSED": Verb.GREETING,
    "CONNECT": Verb.GREETING,
    "EHLO": Verb.EHLO,
    "HELO": Verb.HELO,
    "STARTTLS": Verb.STARTTLS,
    "AUTH": Verb.AUTH,
    "MAIL": Verb.MAIL,
    "RCPT": Verb.RCPT,
    "DATA": Verb.DATA,
    "END": Verb.CONTENT,
    "END-OF-MESSAGE": Verb.CONTENT,
}
"""First word of what they call it -> the verb."""


def parts_of(text: str) -> list[Part]:
    """The replies and commands of a text; the lines of one reply stay together."""
    found: list[Part] = []
    for raw in _unfolded(text):
        line = ARROWS.sub("", raw).strip()
        if not line:
            continue
        if not REPLY.match(line):
            found.append(_quoted(line) or Part(line))
        elif found and _goes_on(found[-1].text, line):
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line}")
        else:
            found.append(Part(line))
    return found


def _goes_on(former: str, line: str) -> bool:
    last = former.rpartition("\n")[2]
    return bool(re.match(r"\d\d\d-", last)) and line[:3] == former[:3]


def _unfolded(text: str) -> Iterator[str]:
    """The lines, those put together that only the width of a page had parted."""
    whole = ""
    for raw in text.splitlines():
        is_more = raw[:1] in (" ", "\t") and raw.strip() and not ARROWS.match(raw)
        if is_more and FOLDED.search(whole):
            whole = f"{whole} {raw.strip()}"
            continue
        if whole:
            yield whole
        whole = raw
    if whole:
        yield whole


def _quoted(line: str) -> Part | None:
    """The reply that a line of a log or an exception quotes."""
    python = PYTHON.search(line)
    if python is not None:
        *first, last = python[3].replace("\\r", "").split("\\n")
        lines = [*(f"{python[1]}-{one}" for one in first), f"{python[1]} {last}"]
        return Part("\n".join(lines), answered(line), line)
    for found in QUOTED.finditer(line):
        if int(found[1]) in CODES:
            said = TAILS.sub("", found[0])
            if line[found.start() - 1 : found.start()] == "(":
                said = said.removesuffix(")")
            return Part(_lines_of(said), answered(line), line)
    return None


def _lines_of(said: str) -> str:
    """A reply of several lines that a log has written into one."""
    said = said.replace("\\n", "\n")
    code = said[:3]
    if said[3:4] == "-" and "\n" not in said:
        said = re.sub(rf"\s+(?={code}[ -])", "\n", said)
    return "\n".join(line.strip() for line in said.split("\n"))


def answered(line: str) -> Verb | None:
    """The command that a line of a log speaks of."""
    for pattern in ANSWERED:
        found = pattern.search(line)
        if found is not None:
            name = next(group for group in found.groups() if group)
            return NAMED.get(name.upper().split()[0])
    return None
