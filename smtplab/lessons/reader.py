"""Reads lesson files: a head between lines of three hyphens, then one section a step.

    ---
    title: A mail by hand
    scenario: honest
    ---
    What the lesson is about.

    ## The server speaks first
    Text for the learner.

    check: reply 220 to greeting

A line that begins with `check:` says what has to be seen before the next section is shown. All
mistakes of a file are reported at once, with their lines.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.lessons.model import Check, Lesson, LessonStep
from smtplab.protocol.verbs import Verb

LARGEST = 1 << 18
"""Octets of a file: a lesson is some pages of text."""

HEAD = "---"
SECTION = "## "
CHECK = "check:"

REPLY = re.compile(r"[2-5](?:\d\d|xx)")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What no text has: a lesson is read by others than by who wrote it, on their terminals."""

BASES = ("plain", "starttls", "implicit")


class LessonError(Exception):
    """A file with mistakes: one line of text for each, with the line of the file."""


class Mistakes:
    """Collects what is wrong with a file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[str] = []

    def add(self, line: int, text: str) -> None:
        """One more."""
        self.found.append(f"{self.name}:{line}: {text}")

    def check(self) -> None:
        """Raises LessonError when there are any."""
        if self.found:
            raise LessonError("\n".join(self.found))


def read_file(path: Path) -> Lesson:
    """Reads a file; LessonError has all its mistakes, OSError says why it cannot be opened."""
    with path.open("rb") as file:
        octets = file.read(LARGEST + 1)
    name = re.sub(r"^\d+-", "", path.stem)
    if len(octets) > LARGEST:
        raise LessonError(f"{path}:1: the file is larger than {LARGEST:,} octets")
    try:
        return read_text(octets.decode("utf-8"), name, str(path))
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise LessonError(f"{path}:{line}: this is not UTF-8 text") from None


def read_text(text: str, name: str, where: str) -> Lesson:
    """Reads the text of a file."""
    mistakes = Mistakes(where)
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if found := CONTROL.search(line.removesuffix("\r")):
            mistakes.add(number, f"this character acts on terminals: U+{ord(found[0]):04X}")
    head, body = _head(lines, mistakes)
    sections = _sections(lines, body)
    intro = _paragraphs([line for _, line in sections[0][1]])
    steps = tuple(_step(title, content, mistakes) for title, content in sections[1:])
    if not steps:
        mistakes.add(len(lines), f"a lesson has at least one section that begins with {SECTION!r}")
    lesson = replace(head, name=name, steps=steps, intro=intro)
    mistakes.check()
    return lesson


# The head.


def _text(value: str) -> str:
    return value


def _base(value: str) -> str:
    if value not in BASES:
        raise ValueError(f"{value!r} is no base; there are {', '.join(BASES)}")
    return value


def _yes_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(f"{value!r}: say yes or no")
    return value == "yes"


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.split())


KEYS: dict[str, Callable[[str], Any]] = {
    "title": _text,
    "summary": _text,
    "scenario": _text,
    "base": _base,
    "auth": _yes_no,
    "mechanism": _text,
    "recipients": _words,
}
"""Each key of the head, and what reads its value."""

NEEDED = ("title", "scenario")


def _head(lines: list[str], mistakes: Mistakes) -> tuple[Lesson, int]:
    """What the head says, and the line after it."""
    empty = Lesson("", "", "honest", ())
    if lines[0].rstrip() != HEAD or HEAD not in [line.rstrip() for line in lines[1:]]:
        mistakes.add(1, f"a lesson begins with keys such as `title:` between two lines {HEAD}")
        return empty, 0
    end = [line.rstrip() for line in lines].index(HEAD, 1)
    values: dict[str, Any] = {}
    for number, line in enumerate(lines[1:end], 2):
        if line.strip():
            _key(number, line, values, mistakes)
    for key in NEEDED:
        if key not in values:
            mistakes.add(end + 1, f"the key `{key}` is missing")
    return replace(empty, **values), end + 1


def _key(number: int, line: str, values: dict[str, Any], mistakes: Mistakes) -> None:
    key, colon, value = line.partition(":")
    read = KEYS.get(key.strip())
    if read is None or not colon:
        mistakes.add(number, f"unknown key `{key.strip()}`{_near(key.strip(), tuple(KEYS))}")
        return
    try:
        values[key.strip()] = read(value.strip())
    except ValueError as error:
        mistakes.add(number, str(error))


def _near(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f", did you mean `{close[0]}`?" if close else f"; there are {', '.join(known)}"


# The body.


Section = tuple[str, list[tuple[int, str]]]


def _sections(lines: list[str], start: int) -> list[Section]:
    """The text before the first heading, and then each section with its numbered lines."""
    found: list[Section] = [("", [])]
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith(SECTION):
            found.append((line.removeprefix(SECTION).strip(), []))
        else:
            found[-1][1].append((number, line))
    return found


def _step(title: str, content: list[tuple[int, str]], mistakes: Mistakes) -> LessonStep:
    check: Check | None = None
    prose: list[str] = []
    for number, line in content:
        if not line.startswith(CHECK):
            prose.append(line)
            continue
        try:
            check = read_check(line.removeprefix(CHECK), check or Check())
        except ValueError as error:
            mistakes.add(number, str(error))
    return LessonStep(title, _paragraphs(prose), check)


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    """Paragraphs, each in one line; lines that begin with a hyphen stand for themselves."""
    found: list[str] = []
    fresh = True
    for line in lines:
        text = line.strip()
        if text and not fresh and not text.startswith("- "):
            found[-1] += f" {text}"
        elif text:
            found.append(text)
        fresh = not text
    return tuple(found)


# Checks.


def _reply(words: list[str], check: Check) -> Check:
    code = words.pop(0) if words else ""
    if not REPLY.fullmatch(code):
        raise ValueError(f"after `reply` stands a code such as 250 or 4xx, and not {code!r}")
    check = replace(check, reply=code)
    if words[:1] == ["to"]:
        del words[0]
        check = replace(check, to=_member(Verb, words, "command", _verb_name))
    return check


def _verb_name(verb: Verb) -> str:
    return verb.value.lower().replace(" ", "-")


def _sent(words: list[str], check: Check) -> Check:
    if not words:
        raise ValueError("after `sent` stands how the line begins, such as RCPT TO")
    glob = " ".join(words)
    words.clear()
    return replace(check, sent=glob)


def _done(words: list[str], check: Check) -> Check:
    return replace(check, done=_member(Stage, words, "stage", lambda s: s.value))


def _finding(words: list[str], check: Check) -> Check:
    if not words:
        raise ValueError("after `finding` stands the name of a rule")
    return replace(check, finding=words.pop(0))


def _outcome(words: list[str], check: Check) -> Check:
    named = _member(Verdict, words, "outcome", lambda v: v.value)
    return replace(check, outcome=named)


def _tls(words: list[str], check: Check) -> Check:
    return replace(check, tls=True)


def _login(words: list[str], check: Check) -> Check:
    return replace(check, login=True)


CHECKS: dict[str, Callable[[list[str], Check], Check]] = {
    "reply": _reply,
    "sent": _sent,
    "done": _done,
    "finding": _finding,
    "outcome": _outcome,
    "tls": _tls,
    "login": _login,
}
"""Each kind of check, and what reads the words behind it."""


def read_check(text: str, check: Check) -> Check:
    """A check with one more condition; ValueError says what is wrong with it."""
    words = text.split()
    kind = words.pop(0) if words else ""
    if kind not in CHECKS:
        raise ValueError(f"no check is called {kind!r}{_near(kind, tuple(CHECKS))}")
    check = CHECKS[kind](words, check)
    if words:
        raise ValueError(f"nothing is expected behind `{kind}` here: {' '.join(words)!r}")
    return check


def _member(kind: Any, words: list[str], what: str, name: Callable[[Any], str]) -> Any:
    wanted = words.pop(0).lower() if words else ""
    for member in kind:
        if name(member) == wanted:
            return member
    raise ValueError(f"no {what} is called {wanted!r}{_near(wanted, tuple(map(name, kind)))}")
