"""Doing a step: time limits for each of its parts, lines of the user's own, octets in blocks."""

import asyncio

import pytest

from smtplab.client.connection import BLOCK
from smtplab.client.events import Decision, DecisionKind
from smtplab.client.outcome import Verdict
from smtplab.client.settings import TimeLimits
from tests.fakes import SILENCE, Session, limit_of, settings


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        ("EHLO", "command"),
        ("MAIL", "mail"),
        ("RCPT", "rcpt"),
        ("DATA", "data"),
        ("content", "content"),
        ("BDAT", "block"),
        ("BDAT LAST", "content"),
        ("QUIT", "quit"),
    ],
)
def test_each_command_has_its_time_limit(verb, name):
    assert limit_of(verb) == name
    assert TimeLimits().of(limit_of(verb)) > 0


SILENT = ["greeting", "EHLO", "MAIL", "RCPT", "DATA"]


@pytest.mark.parametrize("verb", SILENT)
async def test_a_silent_server_is_left_when_its_time_is_over(verb):
    session = Session(settings(), **{verb: SILENCE})
    outcome = await session.to_the_end()
    assert outcome.verdict is Verdict.FAILED
    assert "time limit" in outcome.reason


async def test_a_large_message_goes_out_in_blocks_and_comes_whole():
    content = b"Subject: x\r\n\r\n" + b"0123456789abcdef\r\n" * (3 * BLOCK // 18)
    session = Session(settings(content=content))
    assert (await session.to_the_end()).verdict is Verdict.DELIVERED
    assert content + b".\r\n" in session.server.heard


STUCK = [
    (b"", Verdict.FAILED, "took nothing of the message for 0.05 s"),
    (b"250 fine\r\n", Verdict.FAILED, "took nothing of the message for 0.05 s"),
    (b"552 too large\r\n", Verdict.REJECTED, "before it had all of it: 552 too large"),
    (b"452 full\r\n", Verdict.DEFERRED, "before it had all of it: 452 full"),
]


@pytest.mark.parametrize(("words", "verdict", "reason"), STUCK)
async def test_a_server_that_takes_nothing_is_left_when_the_time_of_a_block_is_over(
    words, verdict, reason
):
    content = b"x\r\n" * BLOCK
    session = Session(settings(content=content, limits=TimeLimits(block=0.05)))
    await session.until("content")
    stream = session.runner._performer.connection._stream
    assert stream is not None

    class Stuck:
        """A stream whose peer reads no more."""

        ending = None
        said = b""

        def receive_nowait(self) -> bytes:
            said, self.said = self.said, b""
            return said

        async def receive(self) -> bytes:
            return b""

        async def send(self, data: bytes) -> None:
            self.said = words
            await asyncio.Event().wait()

        async def close(self) -> None:
            await stream.close()

    session.runner._performer.connection._stream = Stuck()
    outcome = await session.to_the_end()
    assert outcome.verdict is verdict
    assert reason in outcome.reason
    assert session.runner.progress.lost


async def test_secrets_of_a_line_of_ones_own_are_not_noted():
    session = Session(settings(), AUTH=b"535 no\r\n")
    await session.until("mail")
    await session.runner.inject(b"AUTH PLAIN AGFsaWNlAG9wZW4=")
    notes = [e.note for e in session.events if isinstance(e, Decision)]
    assert [e.kind for e in session.events if isinstance(e, Decision)] == [DecisionKind.INJECTED]
    assert notes == ["AUTH PLAIN " + "*" * 16]
    await session.close()
