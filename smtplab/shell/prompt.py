"""The shell on a terminal: prompt_toolkit reads, the planned line stands ready, Enter sends it."""

import asyncio
from collections.abc import Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style
from prompt_toolkit.validation import ValidationError, Validator

from smtplab.client.steps import LABELS
from smtplab.protocol.anatomy import anatomy
from smtplab.shell.completion import completions
from smtplab.shell.session import Shell
from smtplab.verbs.driver import ANYWAY, NotNow
from smtplab.verbs.typed import COMMAND, kind_of, may_be_kept

STYLE = Style.from_dict(
    {
        "prompt": "bold ansicyan",
        "bottom-toolbar": "noreverse",
        "stage": "bold reverse",
        "tls": "bold ansigreen",
        "plain": "bold ansiyellow",
        "keys": "",
        "verb": "bold ansicyan",
        "path": "ansigreen",
        "mechanism": "ansimagenta",
        "parameter": "ansiyellow",
        "command": "bold ansimagenta",
    }
)


class Lines(Completer):
    """Completion by state and by what the server offers."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """The ways to go on; none inside a message."""
        text = document.text_before_cursor
        if self._shell.body is not None:
            return
        for line, note in completions(text, self._shell.bench):
            yield Completion(line, start_position=-len(text), display_meta=note)


class Ghost(AutoSuggest):
    """The rest of the planned line behind the cursor, when it begins like what was typed."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """What the right arrow would take."""
        text, planned = document.text, self._shell.driver.proposal
        if self._shell.body is None and text and planned.lower().startswith(text.lower()):
            return Suggestion(planned[len(text) :])
        return None


class Doubts(Validator):
    """Says before a line is sent what is doubtful about it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def validate(self, document: Document) -> None:
        """Raises ValidationError with the doubt; `!` in front silences it."""
        text = document.text
        if not text or text.startswith((COMMAND, "?")) or self._shell.body is not None:
            return
        if self._shell.driver.question is not None:
            return
        try:
            self._shell.driver.checked(text)
        except NotNow as doubt:
            # Without this the cursor would jump to the beginning.
            raise ValidationError(len(text), str(doubt)) from None


class Colours(Lexer):
    """The pieces of a line in the colours of their roles."""

    def lex_document(self, document: Document):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """A function from a line's number to its styled pieces."""

        def styled(number: int) -> StyleAndTextTuples:
            line = document.lines[number]
            if line.startswith((COMMAND, "?")):
                return [("class:command", line)]
            return list(_pieces(line))

        return styled


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    at = 0
    for token in anatomy(line.encode("utf-8", "replace")):
        start = line.find(token.text, at)
        if start < 0:
            break
        yield "", line[at:start]
        yield f"class:{token.kind}", token.text
        at = start + len(token.text)
    yield "", line[at:]


class KeptLines(InMemoryHistory):
    """A history without what could hold a password."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell

    def append_string(self, string: str) -> None:
        """Keeps a line, if it may be kept."""
        if self._shell.body is not None or not string:
            return
        step = self._shell.driver.step_planned
        text = string.removeprefix(ANYWAY)
        if may_be_kept(text, step, kind_of(text, step)):
            super().append_string(string)


def _keys(shell: Shell) -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("?")
    def _(event: KeyPressEvent) -> None:
        """`?` alone explains at once."""
        if event.current_buffer.text or shell.body is not None:
            event.current_buffer.insert_text("?")
        else:
            event.current_buffer.text = "?"
            event.current_buffer.validate_and_handle()

    return bindings


def _toolbar(shell: Shell) -> FormattedText:
    bench = shell.bench
    stage = LABELS[bench.current_stage][0] if bench.planned is not None else "over"
    safe = ("class:plain", " plaintext ")
    if bench.encrypted:
        safe = ("class:tls", f" {bench.tls_label} ")
    last = bench.runner.progress.last_reply
    code = f" last {last.code} " if last is not None and last.code is not None else " "
    keys = " Enter sends · ? explains · :help "
    if shell.body is not None:
        keys = f" {len(shell.body.lines)} lines · a single dot ends the message "
    return FormattedText([("class:stage", f" {stage} "), safe, ("", code), ("class:keys", keys)])


def _placeholder(shell: Shell) -> FormattedText:
    return FormattedText([("ansibrightblack", shell.proposal)])


async def run_prompt(shell: Shell) -> None:
    """Reads line after line on the terminal until the user leaves."""
    session: PromptSession[str] = PromptSession(
        completer=Lines(shell),
        auto_suggest=Ghost(shell),
        validator=Doubts(shell),
        validate_while_typing=False,
        lexer=Colours(),
        history=KeptLines(shell),
        key_bindings=_keys(shell),
        bottom_toolbar=lambda: _toolbar(shell),
        placeholder=lambda: _placeholder(shell),
        style=STYLE,
        erase_when_done=True,
    )
    watcher = asyncio.create_task(shell.poll(), name="poll")  # noqa: TID251  # kept, and cancelled
    try:
        with patch_stdout(raw=True):
            shell.tell(shell.next_text())
            await _read(session, shell)
    finally:
        watcher.cancel()


async def _read(session: PromptSession[str], shell: Shell) -> None:
    while not shell.over:
        mark = "   . " if shell.body is not None else " C → "
        try:
            line = await session.prompt_async([("class:prompt", mark)])
        except KeyboardInterrupt:
            shell.body = None
            continue
        except EOFError:
            return
        await shell.handle(line)
        if shell.body is None and not shell.over:
            shell.tell(shell.next_text())
