"""From what was typed or pasted to its explanations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.explanations.lookup import MOST, explain


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("535", ["reply code"]),
        ("<5.7.8>", ["enhanced status code"]),
        ("550 no", ["reply"]),
        ("550", ["reply code"]),
        ("RCPT TO:<a@b.test>", ["command"]),
        ("handshake failure", ["alert"]),
        ("AUTH PLAIN", ["command"]),
        ("VXNlcm5hbWU6", ["base64"]),
        ("334 VXNlcm5hbWU6", ["reply", "base64"]),
        ("<- 220 x\n-> EHLO me\n<- 250 y", ["reply", "command", "reply"]),
        ("220 x\n220 x", ["reply"]),
        ("no idea at all", []),
        ("", []),
    ],
)
def test_what_it_is_taken_for(text, kinds):
    assert [one.kind for one in explain(text)] == kinds


def test_a_long_paste_is_bounded():
    pasted = "\n".join(f"250 {number}" for number in range(3 * MOST))
    assert len(explain(pasted)) == MOST


@given(st.text())
def test_any_text_is_explained_or_not_and_never_fails(text):
    for one in explain(text):
        assert one.title
