"""Replies, commands, and what is pasted from a terminal or a log."""

import pytest

from smtplab.explanations.lines import (
    explain_command,
    explain_reply_text,
    parse_reply,
    parts_of,
)


def rows(text: str) -> dict[str, str]:
    return dict(explain_reply_text(text)[0].rows)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("550 5.1.1 <x>: user unknown", "recipient-unknown"),
        ("535 5.7.8 no", "auth-refused"),
        ("554 5.7.1 <x@y.test>: Relay access denied", "relay-denied"),
        ("452 4.5.3 too many recipients", "too-many-recipients"),
        ("550 no", "refused"),
        ("421 bye", "service-closing"),
    ],
)
def test_a_refusal_has_its_reason(text, reason):
    found = rows(text)
    assert found["reason"].startswith(f"{reason}: ")
    assert found["change"]
    assert found["source"]


def test_a_provider_is_named():
    found = rows(
        "534-5.7.9 Application-specific password required. Learn more at\n534 5.7.9 x - gsmtp"
    )
    assert found["who"].startswith("Gmail")
    assert found["source"].startswith("https://")


def test_who_else_says_so():
    assert "Amazon SES" in rows("454 Temporary authentication failure")["said by"]


def test_a_yes_needs_no_reason():
    assert rows("250 2.1.0 ok") == {}


def test_the_words_of_an_ehlo_reply_are_explained():
    found = rows("250-mx.test\n250-SIZE 1000\n250-XTRA\n250 HELP")
    assert found["SIZE"].startswith("1000: the largest message")
    assert found["XTRA"] == "not in our list"
    assert rows("250-one\n250 two") == {}


def test_a_challenge_is_decoded():
    reply, blob = explain_reply_text("334 VXNlcm5hbWU6")
    assert reply.kind == "reply"
    assert "Username:" in blob.title


@pytest.mark.parametrize("text", ["", "hello", "25 x", "2500 x", "650 x", "250x"])
def test_what_is_no_reply(text):
    assert parse_reply(text) is None
    assert explain_reply_text(text) == ()


def test_a_command_piece_by_piece():
    (one,) = explain_command("MAIL FROM:<a@b.test> SIZE=10")
    assert [piece.role for piece in one.pieces] == ["verb", "keyword", "path", "parameter"]


def test_a_login_on_the_line_is_covered():
    command, blob = explain_command("AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l")
    for one in (command, blob):
        assert "AGFsaWNl" not in f"{one}"
        assert "open-sesame" not in f"{one}"


@pytest.mark.parametrize("text", ["", "hello world", "QUIT", "MAIL"])
def test_what_is_no_whole_command(text):
    assert explain_command(text) == ()


PASTED = [
    ("<-  250-x\n<-  250 SIZE 10\n -> QUIT", ["250-x\n250 SIZE 10", "QUIT"]),
    ("<~  220 ready\r\n ~> EHLO me\r\n", ["220 ready", "EHLO me"]),
    ("<** 550 no", ["550 no"]),
    ("220 a\nEHLO b\n250-c\n250 d", ["220 a", "EHLO b", "250-c\n250 d"]),
    (
        "Nov 22 x postfix/smtp[1]: A1: to=<a@b.test>, relay=mx, status=bounced (host mx[192.0.2.1] "
        "said: 550 5.1.1 <a@b.test>: unknown (in reply to RCPT TO command))",
        ["550 5.1.1 <a@b.test>: unknown"],
    ),
    (
        "2026-11-22 1x-1 ** a@b.test R=dns T=smtp: SMTP error from remote mail server after RCPT "
        "TO:<a@b.test>: 550 no such user",
        ["550 no such user"],
    ),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), PASTED)
def test_a_pasted_text_is_taken_apart(text, parts):
    assert parts_of(text) == parts
