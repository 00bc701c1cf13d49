"""Where text leaves the program: data to stdout, everything else to stderr."""

import codecs
import io
import os
import sys
from pathlib import Path
from typing import Any


def has_colour() -> bool:
    """Colour only on a terminal, and not against the user's wish (no-color.org)."""
    # There is no stdout at all when whoever started us has closed it.
    return sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


ESCAPES = "smtplab-escapes"
"""The name of our way with characters that an encoding does not have."""


def escape_what_stdout_has_not() -> None:
    """Lets stdout write \\uXXXX for what its encoding does not have, which JSON reads as the same.

    Windows writes cp1252 into a pipe, and older systems have encodings of their own.
    """
    stdout = sys.stdout
    if isinstance(stdout, io.TextIOWrapper) and stdout.encoding.lower() != "utf-8":
        codecs.register_error(ESCAPES, _escaped)
        stdout.reconfigure(errors=ESCAPES)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError), "nothing is decoded with it"
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in pairs), error.end


def say(text: str) -> None:
    """One line of data."""
    print(text, flush=True)


NARROWEST = 20


def say_row(start: str, text: str) -> None:
    """A row of a table. On a terminal its last column is folded, elsewhere a row is a line."""
    if not sys.stdout.isatty():
        say(start + text)
        return
    import shutil
    import textwrap

    width = max(shutil.get_terminal_size().columns - len(start), NARROWEST)
    for line in textwrap.wrap(text, width) or [""]:
        say(start + line)
        start = " " * len(start)


def say_octets(data: bytes) -> None:
    """Data that may be no text."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def say_json(value: Any, indent: int | None = None) -> None:
    """One JSON value, on one line unless it is to be indented."""
    from smtplab.transcript.escaping import json_text

    say(json_text(value, indent))


def tell(text: str) -> None:
    """One line of narration."""
    print(text, file=sys.stderr, flush=True)


def reason_of(error: OSError) -> str:
    """What the system says, without the number that Python puts in front."""
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename is not None else what


def why_not_writable(path: Path) -> str | None:
    """Why a file cannot be written there; None when it can, as far as that can be told before."""
    if not path.parent.is_dir():
        return f"{path}: there is no folder {path.parent}"
    if path.is_dir():
        return f"{path}: that is a folder"
    may = os.access(path if path.exists() else path.parent, os.W_OK)
    return None if may else f"{path}: you may not write there"


def complain(text: str) -> None:
    """One clear line about what is wrong; names of files in it may hold anything."""
    from smtplab.transcript.escaping import escape

    tell("\n".join(f"smtplab: {escape(line)}" for line in text.splitlines()))
