"""Single words: each kind is known, and what is not known has a neighbour."""

import pytest

from smtplab.explanations.words import explain_word, names, nearest

KNOWN = [
    ("535", "reply code", "login was refused"),
    ("999", "reply code", "no such code"),
    ("5.7.8", "enhanced status code", "not right"),
    ("4.2.2", "enhanced status code", "full"),
    ("x.7.26", "enhanced status code", "checks"),
    ("5.99.1", "enhanced status code", "server's own"),
    ("EHLO", "command", "introduce"),
    ("rcpt", "command", "recipient"),
    ("chunking", "extension", "BDAT"),
    ("CRAM-MD5", "mechanism", "MD5"),
    ("handshake_failure", "alert", "40"),
    ("unknown-ca", "alert", "48"),
    ("relay-denied", "rule", "pass mail on"),
    ("ehlo-tls", "stage", "again"),
]


@pytest.mark.parametrize(("word", "kind", "part"), KNOWN)
def test_a_word_is_known(word, kind, part):
    found = [one for one in explain_word(word) if one.kind == kind]
    assert len(found) == 1
    assert part in found[0].title
    assert found[0].clause


def test_a_word_can_be_several_things():
    assert {one.kind for one in explain_word("STARTTLS")} == {"command", "extension"}


def test_a_code_tells_what_it_answers():
    (one,) = explain_word("354")
    assert ("answers", "DATA") in [tuple(row) for row in one.rows]


def test_a_command_tells_when_it_is_legal():
    (one,) = explain_word("RCPT")
    assert ("legal", "in the states mail, rcpt") in [tuple(row) for row in one.rows]


@pytest.mark.parametrize("word", ["", "xyzzy", "12345", "5.7", "unknown", "greeting "])
def test_nothing_is_made_up(word):
    assert explain_word(word) == ()


@pytest.mark.parametrize("name", names())
def test_every_name_is_known(name):
    assert explain_word(name)


@pytest.mark.parametrize(
    ("word", "near"),
    [("CHUNKNG", "CHUNKING"), ("startls", "STARTTLS"), ("relay-denid", "relay-denied")],
)
def test_a_slip_has_its_neighbour(word, near):
    assert near in nearest(word)


def test_nonsense_has_none():
    assert nearest("qqqqqqqqqqqqqqq") == ()
