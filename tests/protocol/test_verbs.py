import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.verbs import PSEUDO, Verb, verb_of

LINES = [
    (b"EHLO me", Verb.EHLO),
    (b"ehlo me\r\n", Verb.EHLO),
    (b"  Mail FROM:<>", Verb.MAIL),
    (b"QUIT", Verb.QUIT),
    (b"STARTTLS\r\n", Verb.STARTTLS),
    (b"GREETING", Verb.UNKNOWN),
    (b"content", Verb.UNKNOWN),
    (b"tls", Verb.UNKNOWN),
    (b"EHLO\xff", Verb.UNKNOWN),
    (b"XYZZY", Verb.UNKNOWN),
    (b"", Verb.UNKNOWN),
    (b" \r\n", Verb.UNKNOWN),
]


@pytest.mark.parametrize(("line", "verb"), LINES)
def test_the_verb_of_a_line(line, verb):
    assert verb_of(line) is verb


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in PSEUDO])
def test_each_command_is_known_in_any_case(verb):
    assert verb_of(verb.value.lower().encode()) is verb_of(verb.value.encode()) is verb


@given(st.binary())
def test_any_line_has_one(line):
    assert verb_of(line) is Verb.UNKNOWN or verb_of(line) not in PSEUDO
