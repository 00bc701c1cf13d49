"""Worded lines as plain text with the arrows that swaks made known."""

from collections.abc import Iterable

from smtplab.transcript.wording import Line

COLOURS: dict[str, str] = {
    "client": "36",
    "code2": "1;32",
    "code3": "1;33",
    "code4": "1;33",
    "code5": "1;31",
    "code": "1;31",
    "note": "3",
    "dim": "2",
    "tls": "32",
    "error": "31",
    "warning": "33",
    "secret": "2",
}
"""Roles of the wording -> ANSI attributes."""

MARKS: dict[tuple[str, bool], str] = {
    ("C", False): "-> ",
    ("S", False): "<- ",
    ("C", True): "~> ",
    ("S", True): "<~ ",
    ("", False): "== ",
    ("", True): "== ",
}
"""The arrows: tilde inside TLS."""

GRAVE = "!! "
"""In front of what the lab has to say of trouble."""


def render(lines: Iterable[Line], *, encrypted: bool, colour: bool) -> Iterable[str]:
    """Worded lines as text for a terminal or a pipe."""
    for line in lines:
        mark = GRAVE if is_grave(line) else MARKS[line.side, encrypted]
        yield mark + "".join(paint(text, role, colour) for text, role in line.spans)


def is_grave(line: Line) -> bool:
    """Notes of the lab that deserve another mark."""
    return line.side == "" and any(role in ("error", "warning") for _, role in line.spans)


def paint(text: str, role: str, colour: bool) -> str:
    """The text in the colour of its role."""
    code = COLOURS.get(role) if colour else None
    return f"\x1b[{code}m{text}\x1b[0m" if code else text
