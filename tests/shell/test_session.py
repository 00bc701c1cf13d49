"""The shell without a keyboard, over the real bundled server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.shell.session import COMMANDS, Body, Shell
from smtplab.verbs.actions import SHARED
from smtplab.verbs.table import SHELL, commands_of
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

SUBMISSION = (
    "EHLO me.test",
    "STARTTLS",
    "EHLO me.test",
    ":auth login",
    "MAIL FROM:<alice@lab.test>",
    "RCPT TO:<bob@lab.test>",
    "DATA",
)


class Typing:
    """A shell, with all that it prints."""

    def __init__(self, target: str, **options: Any) -> None:
        self.said: list[str] = []
        self.told: list[str] = []
        self.shell = Shell(
            parse_target(target), Options(**options), say=self.said.append, tell=self.told.append
        )

    async def type(self, *lines: str) -> None:
        for line in lines:
            await self.shell.handle(line)


@asynccontextmanager
async def typing(target: str = "scenario:honest", **options: Any) -> AsyncIterator[Typing]:
    at = Typing(target, **options)
    await at.shell.open()
    try:
        yield at
    finally:
        await at.shell.close()


def plain(**options: Any):
    return typing(base="plain", auth=False, **options)


async def test_a_whole_submission_typed_line_after_line():
    async with typing() as at:
        await at.type(*SUBMISSION)
        assert at.shell.body is None
        await at.type("Subject: x", "", "text", "..", "..dot", ".", "QUIT")
        assert at.shell.outcome is not None
        assert at.shell.outcome.verdict is Verdict.DELIVERED
        mail = at.shell.bench.lab.inbox.one()
        assert mail.content == b"Subject: x\r\n\r\ntext\r\n.\r\n.dot\r\n"
        assert mail.user == "alice"


async def test_enter_alone_does_the_planned_step_to_the_end():
    async with typing() as at:
        while at.shell.outcome is None:
            await at.type("")
        assert at.shell.next_text().startswith("DONE delivered")
        await at.type("")
        assert "over" in at.told[-1]


async def test_steps_without_a_line_are_done_on_the_way():
    async with plain() as at:
        await at.type("EHLO me.test")
        assert any(line.startswith("<- 220") for line in at.said)
        assert "-> EHLO me.test" in at.said


async def test_a_doubtful_line_is_not_sent_unless_told():
    async with plain() as at:
        await at.type("EHLO me.test", "RCPT TO:<bob@lab.test>")
        assert "MAIL FROM has to come first" in at.told[-1]
        assert not any("RCPT" in line for line in at.said)
        await at.type("!RCPT TO:<bob@lab.test>")
        assert any(line.startswith("<- 503") for line in at.said)


async def test_what_goes_wrong_is_told_and_the_session_goes_on():
    async with plain() as at:
        await at.type(":nix", ":send /nowhere/at/all", ":break nix", ":auth NIX", ":scenario nix")
        assert len(at.told) == 5
        assert all(at.told)
        await at.type("EHLO me.test")
        assert at.shell.bench.current_stage is Stage.MAIL


async def test_a_question_takes_only_its_answers():
    async with typing("scenario:starttls/stripped") as at:
        await at.type("EHLO me.test")
        assert at.shell.next_text().startswith("STOP")
        await at.type("MAIL FROM:<a@b.test>")
        assert "question" in at.told[-1]
        await at.type("", "")
        assert at.shell.outcome is not None
        assert at.shell.outcome.verdict is Verdict.REFUSED
        assert any("starttls-missing" in line for line in at.said)


async def test_breakpoints_stop_the_automatic_mode():
    async with typing() as at:
        await at.type(":break mail", ":c")
        assert at.shell.bench.current_stage is Stage.MAIL
        assert "breakpoint mail" in at.told[-1]


async def test_starttls_and_auth_go_through_all_that_comes_before():
    async with typing() as at:
        await at.type(":starttls")
        assert at.shell.bench.current_stage is Stage.EHLO_TLS
        await at.type(":auth cram-md5")
        assert at.shell.bench.current_stage is Stage.MAIL
        assert "~> AUTH CRAM-MD5" in at.said


async def test_another_scenario_takes_the_place_of_the_first():
    async with typing() as at:
        await at.type("", ":scenario envelope/rcpt-451", ":c")
        await at.type(":c")
        assert at.shell.outcome is not None
        assert at.shell.outcome.verdict is Verdict.DEFERRED


async def test_a_file_becomes_the_message(tmp_path):
    file = tmp_path / "message"
    file.write_bytes(b"Subject: file\n\n.dot\n")
    async with plain() as at:
        await at.type(f":send {file}", ":c")
        assert at.shell.bench.lab.inbox.one().content == b"Subject: file\r\n\r\n.dot\r\n"
        await at.type(f":save {tmp_path / 'record.jsonl'}")
        assert (tmp_path / "record.jsonl").read_text().startswith('{"smtplab"')


async def test_no_password_is_printed():
    async with typing() as at:
        await at.type(*SUBMISSION[:3], ":auth plain")
        everything = "\n".join(at.said + at.told + [at.shell.proposal])
        assert "open-sesame" not in everything
        assert "b3Blbi1zZXNhbWU" not in everything


@pytest.mark.parametrize("what", ["?", "? 451", "? 5.7.8", "? MAIL", "? PIPELINING", ":explain x"])
async def test_explains(what):
    async with typing() as at:
        await at.type(what)
        assert at.told


def test_the_dot_ends_a_message_and_doubled_dots_are_single():
    body = Body()
    assert [body.take(line) for line in ("a", "..", "..x", ".x")] == [None] * 4
    assert body.take(".") == b"a\r\n.\r\n.x\r\n.x\r\n"


def test_every_command_of_the_table_is_done():
    assert {command.action for command in commands_of(SHELL)} == set(COMMANDS) | set(SHARED)
