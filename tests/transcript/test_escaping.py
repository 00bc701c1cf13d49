"""Nothing of a peer's text reaches a terminal as anything but text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.transcript.escaping import escape, json_text


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        (b"plain", "plain"),
        (b"\x1b[31mred", "\\x1b[31mred"),
        (b"a\tb", "a b"),
        (b"\0\x7f", "\\x00\\x7f"),
        (b"\xff", "\\xff"),
        ("\u202eright to left", "\\u202eright to left"),
        ("\x9b31m", "\\x9b31m"),
        ("Grüße 漢字", "Grüße 漢字"),
        ("\ud800", "\\ud800"),
    ],
)
def test_controls_become_escapes(given_text, shown):
    assert escape(given_text) == shown


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_what_is_shown_is_printable(data):
    assert escape(data).isprintable()


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_means_the_same_and_is_printable(value):
    assert json.loads(json_text(value)) == value
    assert json_text(value).isprintable()
    lines = json_text(value, indent=2).split("\n")
    assert json.loads("\n".join(lines)) == value
    assert all(line.isprintable() for line in lines)


def test_json_stays_readable():
    assert json_text(["Grüße 漢字", "\x9b\u202e\U000e0001"]) == (
        '["Grüße 漢字", "\\u009b\\u202e\\udb40\\udc01"]'
    )
