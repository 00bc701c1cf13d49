"""An explanation: what a word of SMTP is, taken apart and put into words."""

from typing import NamedTuple

from smtplab.values import value


class Row(NamedTuple):
    """One thing to know: what it is about, and the text."""

    label: str
    text: str


class Piece(NamedTuple):
    """A piece of a line, and what it is for. What is secret has been covered already."""

    text: str
    role: str
    note: str


@value
class Explanation:
    """What one word, line or blob is.

    `kind` says what it was taken for: "reply code", "enhanced status code", "command", "extension",
    "parameter", "mechanism", "alert", "rule", "stage", "port", "transmission", "base64", "reply",
    or "summary": what went wrong in a text of many parts. All text is safe to show.
    """

    kind: str
    subject: str
    title: str
    rows: tuple[Row, ...] = ()
    pieces: tuple[Piece, ...] = ()
    clause: str = ""
