import pytest
from hypothesis import given
from hypothesis import strategies as st
from scramp.utils import saslprep as theirs

from smtplab.protocol.sasl.saslprep import saslprep

# RFC 4013 §3
EXAMPLES = [
    ("I\u00adX", "IX"),
    ("user", "user"),
    ("USER", "USER"),
    ("\u00aa", "a"),
    ("\u2168", "IX"),
    ("\u0007", "\u0007"),
    ("\u06271", "\u06271"),
    ("a\u00a0b", "a b"),
    ("", ""),
    ("\udce9", "\udce9"),
]


@pytest.mark.parametrize(("text", "prepared"), EXAMPLES)
def test_the_examples_of_the_standard(text, prepared):
    assert saslprep(text) == prepared


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_another_implementation_agrees(text):
    try:
        expected = theirs(text)
    except Exception:
        expected = ""
    assert saslprep(text) == (expected or text)
