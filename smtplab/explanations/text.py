"""An explanation as lines of text."""

import functools
import textwrap

from smtplab.explanations.explanation import Explanation
from smtplab.explanations.words import nearest
from smtplab.transcript.escaping import escape

WIDTH = 78
LABEL = 9
WIDEST_LABEL = 20


_wrap = functools.partial(textwrap.wrap, break_on_hyphens=False)  # URLs have hyphens


def lines_of(one: Explanation) -> list[str]:
    """An explanation as text for a terminal of any width from 78 on."""
    clause = f"  ({one.clause})" if one.clause else ""
    subject, title = escape(one.subject), escape(one.title)
    head = title if title.startswith(subject) else f"{subject}: {title}"
    lines = _wrap(f"{head}{clause}", WIDTH, subsequent_indent="  ")
    for piece in one.pieces:
        lines += _wrapped(f"  {escape(piece.text) or '(empty)'}", f"{piece.role}: {piece.note}")
    column = max([LABEL, *(len(row.label) for row in one.rows)])
    column = min(column, WIDEST_LABEL)
    for row in one.rows:
        lines += _wrap(
            escape(row.text),
            WIDTH,
            initial_indent=f"  {escape(row.label):<{column}} ",
            subsequent_indent=" " * (column + 3),
            break_long_words=False,
        )
    return lines


PIECE = 26


def _wrapped(text: str, note: str) -> list[str]:
    """A piece and its note beside it, or below where the piece is long."""
    note = escape(note.removesuffix(": "))
    if len(text) <= PIECE:
        return _wrap(
            note, WIDTH, initial_indent=f"{text:<{PIECE}}  ", subsequent_indent=" " * (PIECE + 2)
        ) or [text]
    below = _wrap(note, WIDTH, initial_indent="      ", subsequent_indent="      ")
    return [*_wrap(text, WIDTH, subsequent_indent="    "), *below]


def unknown(text: str) -> str:
    """What is said of a text that has no explanation, with the nearest words that have one."""
    asked = text.strip()
    near = nearest(asked)
    hint = f"; near are {', '.join(near)}" if near else ""
    return f"nothing is known of {escape(asked[:60])!r}{hint}"
