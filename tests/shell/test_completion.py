"""Completion: by state, by EHLO, by AUTH mechanism."""

import pytest

from smtplab.shell.completion import completions
from tests.shell.test_session import typing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"MAIL FROM:<", "QUIT", "AUTH PLAIN"} - {"AUTH PLAIN"}),
        ("AU", {"AUTH"}),
        ("AUTH ", {"AUTH PLAIN", "AUTH LOGIN", "AUTH CRAM-MD5"}),
        ("auth c", {"AUTH CRAM-MD5"}),
        ("MAIL FROM:<a@b.test> ", {"MAIL FROM:<a@b.test> SIZE=", "MAIL FROM:<a@b.test> SMTPUTF8"}),
        (":br", {":break"}),
        (":break t", {":break tls"}),
        (":auth L", {":auth LOGIN"}),
        ("XYZ", set()),
    ],
)
async def test_what_may_come_next(text, expected):
    async with typing() as at:
        await at.type(":starttls", "")
        found = {line for line, _ in completions(text, at.shell.bench)}
        assert expected <= found
        if not expected:
            assert not found


async def test_nothing_is_offered_before_the_greeting_that_is_not_legal():
    async with typing() as at:
        assert "MAIL FROM:<" not in {line for line, _ in completions("", at.shell.bench)}
