"""Nothing of a peer's text reaches a terminal as anything but text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.transcript.escaping import escape


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
