"""Explanations as lines of text."""

import pytest

from smtplab.explanations.explanation import Explanation, Piece, Row
from smtplab.explanations.text import WIDTH, lines_of, unknown

LONG = "many words " * 20


@pytest.mark.parametrize(
    ("one", "lines"),
    [
        (Explanation("reply code", "250", "ok", clause="RFC"), ["250: ok  (RFC)"]),
        (Explanation("command", "MAIL", "MAIL FROM"), ["MAIL FROM"]),
        (Explanation("x", "a", "b", (Row("why", "c"),)), ["a: b", "  why       c"]),
        (
            Explanation("x", "a", "b", (), (Piece("550", "code", "no"), Piece("", "text", ""))),
            ["a: b", "  550                       code: no", "  (empty)                   text"],
        ),
        (
            Explanation("x", "a", "b", (), (Piece("y" * 30, "text", "long"),)),
            ["a: b", f"  {'y' * 30}", "      text: long"],
        ),
    ],
)
def test_lines(one, lines):
    assert lines_of(one) == lines


def test_long_texts_are_wrapped():
    one = Explanation("x", "a", LONG, (Row("why", LONG),), (Piece("550", "code", LONG),))
    assert all(len(line) <= WIDTH for line in lines_of(one))


def test_controls_are_escaped():
    one = Explanation("x", "\x1b[31m", "\x07", (Row("why", "\x9b"),), (Piece("\x1b", "r", "\x07"),))
    assert "".join(lines_of(one)).isprintable()
    assert unknown("\x1b[2Jxyz\x07").isprintable()


def test_the_nearest_words():
    assert unknown(" CHUNKNG\n") == "nothing is known of 'CHUNKNG'; near are CHUNKING"
    assert unknown("qqqqqq") == "nothing is known of 'qqqqqq'"
