"""The lessons that come along, and a teacher's own."""

import difflib
from pathlib import Path

from smtplab.lessons.model import Lesson
from smtplab.lessons.reader import read_file

SUFFIX = ".md"


class UnknownLesson(LookupError):
    """No lesson has that name; the text names the nearest."""


def folder() -> Path:
    """Where the lessons lie."""
    return Path(__file__).resolve().parent / "files"


def names() -> tuple[str, ...]:
    """The names of all lessons, in the order in which they are meant to be done."""
    paths = sorted(folder().glob(f"*{SUFFIX}"))
    return tuple(path.stem.partition("-")[2] for path in paths)


def find(name: str) -> Lesson:
    """A lesson by its name, by its number, or by the path of a file.

    Raises UnknownLesson, LessonError for a file with mistakes, OSError.
    """
    own = Path(name)
    if own.suffix == SUFFIX and own.is_file():
        return read_file(own)
    known = names()
    if name.isdecimal() and 0 < int(name) <= len(known):
        name = known[int(name) - 1]
    for path in folder().glob(f"*-{name}{SUFFIX}"):
        if path.stem.partition("-")[2] == name:
            return read_file(path)
    near = difflib.get_close_matches(name, known, 2, 0.4)
    hint = f"; near it are {', '.join(near)}" if near else "; 'smtplab learn' lists all"
    raise UnknownLesson(f"no lesson is called {name!r}{hint}")


def lessons() -> tuple[Lesson, ...]:
    """All lessons in their order."""
    return tuple(find(name) for name in names())
