"""Logins in base64: what shape they have, and that no secret shows."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.explanations.blobs import decode, explain_blob
from smtplab.explanations.explanation import Explanation

SECRET = "open-sesame"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SHAPES = [
    ("\0alice\0open-sesame", "AUTH PLAIN", ["", "alice"]),
    ("boss\0alice\0open-sesame", "AUTH PLAIN", ["boss", "alice"]),
    ("user=a@b.c\x01auth=Bearer open-sesame\x01\x01", "AUTH XOAUTH2", ["a@b.c", "Bearer"]),
    ("n,a=a@b.c,\x01host=h\x01port=587\x01auth=Bearer open-sesame\x01\x01", "OAUTHBEARER",
     ["n,a=a@b.c,", "h", "587"]),
    ("<17893.1320671950@mail.example>", "challenge of AUTH CRAM-MD5",
     ["<17893.1320671950@mail.example>"]),
    ("tim b913a602c7eda7a495b4e6e7334d3890", "answer of AUTH CRAM-MD5", ["tim"]),
    ("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "SCRAM", ["n,,", "user"]),
    ("r=fyko3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096", "SCRAM", ["4096"]),
    ("c=biws,r=fyko3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=", "SCRAM", ["biws"]),
    ("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "SCRAM", ["rmF9pqV8S7suAoZWja4dJRkFsKQ="]),
    ('{"status":"401","schemes":"bearer","scope":"mail"}', "refused token", ["401", "bearer"]),
    ("Username:", "question of AUTH LOGIN", []),
]  # fmt: skip


def everything(one: Explanation) -> str:
    return " ".join([one.subject, one.title, *map(" ".join, one.rows), *map(" ".join, one.pieces)])


@pytest.mark.parametrize(("text", "title", "shown"), SHAPES)
def test_a_shape_is_known(text, title, shown):
    one = explain_blob(b64(text))
    assert one is not None
    assert title in one.title
    pieces = [piece.text for piece in one.pieces]
    assert all(part in pieces for part in shown)


@pytest.mark.parametrize("text", [text for text, *_ in SHAPES if SECRET in text])
def test_a_secret_shows_when_asked_only(text):
    covered, shown = explain_blob(b64(text)), explain_blob(b64(text), reveal=True)
    assert covered is not None
    assert shown is not None
    assert SECRET not in everything(covered)
    assert b64(text) not in everything(covered)
    assert SECRET in everything(shown)


def test_a_line_of_text_may_be_a_password():
    covered = explain_blob(b64(SECRET))
    assert covered is not None
    assert SECRET not in everything(covered)
    assert b64(SECRET) not in everything(covered)


@pytest.mark.parametrize("text", ["", "abc", "abcde", "not base64!", "AAAA", "////////////", "=="])
def test_what_is_none_is_not_taken_for_one(text):
    assert explain_blob(text) is None


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=6))
def test_a_password_of_plain_never_shows(password):
    one = explain_blob(base64.b64encode(b"\0me\0" + password.encode()).decode())
    assert one is not None
    password_piece = one.pieces[2].text
    assert set(password_piece) == {"•"}


@given(st.binary(min_size=6, max_size=60))
def test_any_octets_are_read_or_left(data):
    text = base64.b64encode(data).decode()
    assert decode(text) == data
    one = explain_blob(text)
    assert one is None or everything(one).isprintable()
