import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.anatomy import VERB_NOTES, anatomy
from smtplab.protocol.replies import readable
from smtplab.protocol.verbs import PSEUDO, Verb

PIECES = [
    (b"EHLO me.example\r\n", "EHLO=verb me.example=domain"),
    (b"EHLO", "EHLO=verb"),
    (b"EHLO a b c", "EHLO=verb a=domain b c=text"),
    (b"auth PLAIN AHUAcA==", "auth=verb PLAIN=mechanism AHUAcA===initial-response"),
    (
        b"MAIL FROM:<a@b> SIZE=10 BODY=8BITMIME SMTPUTF8",
        "MAIL=verb FROM:=keyword <a@b>=path SIZE=10=parameter BODY=8BITMIME=parameter "
        "SMTPUTF8=parameter",
    ),
    (b'RCPT TO:<"a>b"@c> X=1', 'RCPT=verb TO:=keyword <"a>b"@c>=path X=1=parameter'),
    (b"RCPT TO: <c@d>", "RCPT=verb TO:=keyword  =space <c@d>=path"),
    (b"RCPT TO:", "RCPT=verb TO:=keyword"),
    (b"RCPT c@d", "RCPT=verb c@d=text"),
    (b"MAIL TO", "MAIL=verb TO=text"),
    (b"DATA now", "DATA=verb now=text"),
    (b"NOOP hm hm", "NOOP=verb hm hm=argument"),
    (b"VRFY smith", "VRFY=verb smith=argument"),
    (b"GET / HTTP/1.1", "GET / HTTP/1.1=text"),
    (b"\r\n", ""),
]


@pytest.mark.parametrize(("line", "expected"), PIECES)
def test_a_command_is_taken_apart(line, expected):
    assert " ".join(f"{token.text}={token.kind}" for token in anatomy(line)) == expected


NOTES = [
    (b"MAIL FROM:<>", "null reverse-path"),
    (b"MAIL FROM:a@b", "angle brackets"),
    (b"MAIL FROM:<a@b> BODY=BINARYMIME", "BDAT"),
    (b"MAIL FROM:<a@b> COLOUR=RED", "not in our list"),
    (b"EHLO [192.0.2.1]", "literal"),
    (b"EHLO localhost", "without a dot"),
    (b"AUTH EXTERNAL =", "no octets"),
    (b"STARTTLS please", "501"),
]


@pytest.mark.parametrize(("line", "word"), NOTES)
def test_what_is_notable_is_said(line, word):
    assert word in anatomy(line)[-1].note


def test_every_verb_has_a_note():
    assert set(VERB_NOTES) == set(Verb) - PSEUDO


STARTS = st.sampled_from([b"", b"EHLO ", b"AUTH ", b"MAIL FROM:", b'RCPT TO:<"', b"VRFY", b"QUIT "])


@given(STARTS, st.binary())
def test_any_line_can_be_taken_apart(start, rest):
    line = start + rest
    text = readable(line.rstrip(b"\r\n"))
    at = 0
    for token in anatomy(line):
        assert token.note
        at = text.index(token.text, at) + len(token.text)
