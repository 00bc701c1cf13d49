"""Replies and commands, piece by piece."""

import pytest

from smtplab.explanations.lines import (
    explain_command,
    explain_reply_text,
    parse_reply,
)
from smtplab.protocol.verbs import Verb


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


def test_what_is_known_of_the_server_names_the_provider():
    text = "535 5.7.8 Error: authentication failed: x"
    assert "who" not in rows(text)
    (one,) = explain_reply_text(text, context="220 smtp.postmarkapp.com ESMTP")
    assert dict(one.rows)["who"] == "Postmark"


@pytest.mark.parametrize(
    ("verb", "reason"), [(Verb.EHLO, "ehlo-refused"), (Verb.GREETING, "greeting-refused")]
)
def test_the_command_decides_where_words_do_not(verb, reason):
    (one,) = explain_reply_text("550 no", verb=verb)
    assert dict(one.rows)["reason"].startswith(f"{reason}: ")


def test_nobody_says_everything():
    """A row for any words is no sign of who speaks."""
    assert "Mailjet" not in rows("535 no").get("said by", "")
