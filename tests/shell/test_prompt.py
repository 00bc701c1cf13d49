"""The shell on a terminal, with keys from a pipe."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.auto_suggest import Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.validation import ValidationError

from smtplab.client.outcome import Verdict
from smtplab.shell.prompt import Colours, Doubts, Ghost, KeptLines, Lines, run_prompt
from tests.shell.test_session import Typing, typing


async def keyed(at: Typing, keys: str) -> None:
    """Lets the shell read these keys."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        await run_prompt(at.shell)


@asynccontextmanager
async def greeted() -> AsyncIterator[Typing]:
    async with typing(base="plain", auth=False) as at:
        await at.type("", "", "")
        yield at


async def test_enter_sends_the_planned_line_until_the_end():
    async with typing() as at:
        await keyed(at, "\r" * 13 + ":quit\r")
        assert at.shell.outcome is not None
        assert at.shell.outcome.verdict is Verdict.DELIVERED


async def test_a_message_is_typed_until_the_dot():
    async with greeted() as at:
        keys = "MAIL FROM:<a@lab.test>\rRCPT TO:<b@lab.test>\rDATA\rSubject: x\r\rhello\r.\r:quit\r"
        await keyed(at, keys)
        assert at.shell.bench.lab.inbox.one().content == b"Subject: x\r\n\r\nhello\r\n"


async def test_a_doubt_is_said_before_sending_and_can_be_overruled():
    async with greeted() as at:
        validator = Doubts(at.shell)
        with pytest.raises(ValidationError) as caught:
            validator.validate(Document("RCPT TO:<b@lab.test>"))
        assert caught.value.cursor_position == len("RCPT TO:<b@lab.test>")
        for fine in ("!RCPT TO:<b@lab.test>", "", ":quit", "?", "MAIL FROM:<a@lab.test>"):
            validator.validate(Document(fine))


async def test_the_planned_line_shows_as_a_ghost():
    async with greeted() as at:
        suggestion = Ghost(at.shell).get_suggestion(Buffer(), Document("mail f"))
        assert isinstance(suggestion, Suggestion)
        assert ("mail f" + suggestion.text).upper().startswith("MAIL FROM:<")
        assert Ghost(at.shell).get_suggestion(Buffer(), Document("X")) is None


async def test_completes_by_state():
    async with greeted() as at:
        found = Lines(at.shell).get_completions(Document("M"), CompleteEvent())
        assert [completion.text for completion in found] == ["MAIL FROM:<"]


async def test_the_history_keeps_no_login():
    async with greeted() as at:
        history = KeptLines(at.shell)
        for line in ("AUTH PLAIN AGEAYg==", "NOOP", ":inject AUTH PLAIN AGEAYg=="):
            history.append_string(line)
        assert history.get_strings() == ["NOOP"]


@pytest.mark.parametrize("line", ["MAIL FROM:<a@b.test> SIZE=1", "", ":quit", "x" * 99, "AUTH X Y"])
def test_colours_change_no_character(line):
    styled = Colours().lex_document(Document(line))(0)
    assert "".join(piece[1] for piece in styled) == line
