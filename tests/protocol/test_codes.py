import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.codes import (
    CODES,
    ENHANCED,
    ENHANCED_CLASSES,
    FIRST_DIGITS,
    SUBJECTS,
    explain_reply,
    meaning_of,
    meaning_of_enhanced,
)
from smtplab.protocol.replies import EnhancedStatus, Reply, ReplyParser
from smtplab.protocol.states import ANY_TIME, EXPECTED


def explained(data: bytes) -> list[tuple[str, str]]:
    (reply,) = ReplyParser().receive_data(data)
    return [(token.text, token.kind) for token in explain_reply(reply)]


def test_every_code_that_a_command_may_get_has_a_meaning():
    named = {code for row in EXPECTED.values() for column in row for code in column}
    assert named | set(ANY_TIME) <= set(CODES)


@pytest.mark.parametrize("table", [CODES, ENHANCED])
def test_meanings_are_short_and_have_a_source(table):
    for meaning in table.values():
        assert 0 < len(meaning.text) <= 90
        assert not meaning.text.endswith(".")
        assert meaning.clause.startswith(("RFC ", "IANA "))


def test_codes_and_details_belong_to_what_is_explained_by_digits():
    assert {code // 100 for code in CODES} == set(FIRST_DIGITS)
    assert {subject for subject, _ in ENHANCED} == set(SUBJECTS)


PIECES = [
    (
        b"451 4.7.1 Try again later\r\n",
        [("4", "first-digit"), ("5", "second-digit"), ("451", "code"), ("4.7.1", "enhanced"),
         ("4.7.1 Try again later", "text")],
    ),
    (b"250\r\n", [("2", "first-digit"), ("5", "second-digit"), ("250", "code")]),
    (
        b"250-mx\r\n250 HELP\r\n",
        [("2", "first-digit"), ("5", "second-digit"), ("250", "code"), ("-", "separator"),
         ("mx\nHELP", "text")],
    ),
    (b"099 what\r\n", [("0", "first-digit"), ("099", "code"), ("what", "text")]),
    (b"HTTP/1.1 400\r\n", [("HTTP/1.1 400", "text")]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), PIECES)
def test_a_reply_is_taken_apart(data, expected):
    assert explained(data) == expected


WORDS = [
    (421, "closing"),
    (354, "dot"),
    (299, "first digit: done"),
    (587, "first digit: failed for good"),
    (199, "no such code"),
    (999, "no such code"),
]


@pytest.mark.parametrize(("code", "word"), WORDS)
def test_unknown_codes_go_by_their_first_digit(code, word):
    assert word in meaning_of(code).text


ENHANCED_WORDS = [
    (EnhancedStatus(5, 7, 8), "password"),
    (EnhancedStatus(4, 7, 99), "failed for now, about security"),
    (EnhancedStatus(5, 9, 1), "a subject of the server's own"),
    (EnhancedStatus(3, 9, 1), "a class that SMTP does not have"),
]


@pytest.mark.parametrize(("status", "word"), ENHANCED_WORDS)
def test_unknown_details_go_by_class_and_subject(status, word):
    assert word in meaning_of_enhanced(status).text


def test_enhanced_classes_are_those_of_reply_codes():
    assert set(ENHANCED_CLASSES) == set(FIRST_DIGITS) - {3}


@given(st.integers(0, 999), st.lists(st.binary(max_size=30), max_size=3))
def test_every_reply_can_be_explained(code, lines):
    for token in explain_reply(Reply(code, tuple(lines), b"")):
        assert token.note
        assert token.text.replace("\n", "").isprintable()
