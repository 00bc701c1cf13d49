"""The shell without a keyboard: a line goes in, what happens is printed. Prompts are elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from smtplab.client.outcome import Outcome
from smtplab.client.steps import Stage, Step
from smtplab.diagnosis.findings import Finding
from smtplab.lessons.tutor import Tutor
from smtplab.protocol.verbs import Verb
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.shell.explaining import explain_planned, explain_text
from smtplab.shell.teaching import lesson_lines
from smtplab.transcript.arrows import render
from smtplab.transcript.entries import Entry
from smtplab.transcript.escaping import escape
from smtplab.transcript.wording import word
from smtplab.verbs.actions import SHARED, stopped
from smtplab.verbs.driver import Driver, NotNow
from smtplab.verbs.table import SHELL, Command, UnknownCommand, help_lines, parse, stage_named
from smtplab.verbs.typed import COMMAND
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.questions import Question
from smtplab.workbench.target import SCENARIO, Target

POLL = 0.25
"""Seconds between two looks at what the server said unasked."""

BY_THEMSELVES: tuple[Verb | None, ...] = (None, Verb.GREETING, Verb.TLS)
"""Steps that need no line: they are done before the line that comes after them."""


@dataclass(slots=True)
class Body:
    """A message that is being typed, line after line, until a single dot."""

    lines: list[str] = field(default_factory=list)

    def take(self, line: str) -> bytes | None:
        """Takes a line; at the dot, the whole message with CR LF, its dots not yet stuffed."""
        if line != ".":
            # What is typed is the message itself: a first dot was doubled by those who know.
            self.lines.append(line[1:] if line.startswith("..") else line)
            return None
        return b"".join(f"{text}\r\n".encode("utf-8", "surrogateescape") for text in self.lines)


class Shell:
    """One session behind a line of text. `say` prints a line, `tell` a word of the shell's own."""

    def __init__(
        self,
        target: Target,
        options: Options,
        *,
        say: Callable[[str], None],
        tell: Callable[[str], None],
        colour: bool = False,
        tutor: Tutor | None = None,
    ) -> None:
        self.say = say
        self.tell = tell
        self.over = False
        """Whether the user wants to leave."""
        self.body: Body | None = None
        self._target = target
        self._options = options
        self._colour = colour
        self._driver: Driver | None = None
        self._told: int = 0
        self.tutor = tutor

    # The session.

    async def open(self) -> None:
        """Opens the session; raises what `Workbench.open` raises."""
        bench = Workbench(self._target, self._options, on_entry=self._narrate)
        await bench.open()
        self._driver = Driver(bench, reveal=self._options.reveal_secrets)
        if self.tutor is not None:
            for line in lesson_lines(self.tutor.lesson, self.tutor.step, 0):
                self.tell(line)

    async def close(self) -> None:
        """Ends the session."""
        if self._driver is not None:
            await self._driver.close()

    @property
    def driver(self) -> Driver:
        """The present session; only once it is open."""
        assert self._driver is not None
        return self._driver

    @property
    def bench(self) -> Workbench:
        """Its workbench."""
        return self.driver.bench

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it runs."""
        return self.bench.outcome

    def _narrate(self, entry: Entry) -> None:
        for line in render(word(entry), encrypted=entry.encrypted, colour=self._colour):
            self.say(line)

    # What a prompt shows.

    @property
    def proposal(self) -> str:
        """What Enter alone would do: a line, or a stage in angle brackets."""
        if self.body is not None:
            return ""
        text = self.driver.proposal
        planned = self.bench.planned
        if text or not isinstance(planned, Step):
            return text
        return f"<{planned.summary}>"

    def next_text(self) -> str:
        """What comes next, in one sentence."""
        planned = self.bench.planned
        if isinstance(planned, Question):
            choices = ", ".join(f"{c.command} ({c.label})" for c in planned.choices)
            return f"STOP {escape(planned.text)} Type {choices}."
        if planned is None:
            outcome = self.bench.outcome
            verdict = outcome.verdict.words if outcome else "over"
            return f"DONE {verdict}: {escape(outcome.reason) if outcome else ''} :quit leaves."
        return f"NEXT {planned.stage.value}: {planned.summary}"

    # A line.

    async def handle(self, line: str) -> None:
        """Does what a line says. What cannot be done is told, never raised."""
        try:
            await self._handle(line)
        except (NotNow, UnknownCommand) as reason:
            self.tell(str(reason))
        except (OSError, UnknownScenario, ScenarioError) as problem:
            self.tell(escape(str(problem)))
        if self.outcome is not None and not self.over:
            self._summarise()
        self._teach()

    def _teach(self) -> None:
        """Tells of the next step of the lesson, when the last one was done."""
        tutor = self.tutor
        rules = [finding.rule for finding in self.bench.findings()]
        if tutor is None or not tutor.follow(self.bench.transcript.entries, rules):
            return
        if tutor.step is None or tutor.finished:
            self.tell("LESSON done.")
        for line in lesson_lines(tutor.lesson, tutor.step, tutor.done):
            self.tell(line)

    async def _handle(self, line: str) -> None:
        if self.body is not None:
            await self._take_body(line)
        elif line.startswith("?"):
            self._explain(line.removeprefix("?").strip())
        elif line.startswith(COMMAND) and self.driver.question is None:
            await self._command(*parse(line, SHELL))
        elif not line:
            await self._step()
        else:
            await self._send(line)

    async def _step(self) -> None:
        if self.driver.question is not None:
            await self.driver.send(self.driver.proposal)
        elif self.bench.planned is None:
            raise NotNow("The session is over. :quit leaves.")
        else:
            await self.driver.run_step()

    async def _send(self, line: str) -> None:
        if self.driver.question is None:
            await self._get_ready()
        step = self.driver.step_planned
        if step is not None and step.verb is Verb.CONTENT:
            self.body = Body()
            await self._take_body(line)
        else:
            await self.driver.send(line)

    async def _get_ready(self) -> None:
        """Does the steps that need no line, so that a script need not know of them."""
        while (step := self.driver.step_planned) is not None and step.verb in BY_THEMSELVES:
            await self.driver.run_step()

    async def _take_body(self, line: str) -> None:
        assert self.body is not None
        content = self.body.take(line)
        if content is None:
            return
        count = len(self.body.lines)
        self.body = None
        self.tell(f"{count} lines")
        self.driver.use_content(content)
        await self.driver.run_step()

    def _explain(self, what: str) -> None:
        reveal = self.bench.options.reveal_secrets
        for line in explain_text(what, reveal=reveal) if what else explain_planned(self.bench):
            self.tell(line)

    # Commands.

    async def _command(self, command: Command, argument: str) -> None:
        shared = SHARED.get(command.action)
        if shared is None:
            await COMMANDS[command.action](self, argument)
            return
        said = await shared(self.driver, argument)
        if said:
            self.tell(escape(said))

    async def step(self, argument: str) -> None:
        """:step"""
        await self._step()

    async def go_on(self, argument: str) -> None:
        """:c"""
        await self.driver.run(at_once=True)
        self._say_stop()

    async def automatic(self, argument: str) -> None:
        """:auto"""
        await self.driver.run()
        self._say_stop()

    def _say_stop(self) -> None:
        said = stopped(self.driver)
        if said:
            self.tell(escape(said))

    async def explain(self, argument: str) -> None:
        """:explain [WHAT]"""
        self._explain(argument)

    async def scenario(self, argument: str) -> None:
        """:scenario ID"""
        self._target = Target(f"{SCENARIO}{argument}", scenario=argument)
        await self._begin_anew()
        self.tell(self.next_text())

    async def rewind(self, argument: str) -> None:
        """:rewind [STAGE]"""
        stage = stage_named(argument) if argument else Stage.CONNECT
        breakpoints = self.driver.breakpoints
        await self._begin_anew()
        self.tell("A new connection; TCP cannot go back.")
        if stage is not Stage.CONNECT:
            await self.driver.run(stage, at_once=True)
            self._say_stop()
        # Only now, so that none of them stops the replay.
        self.driver.breakpoints = breakpoints
        self.tell(self.next_text())

    async def _begin_anew(self) -> None:
        former = self._driver
        await self.open()
        if former is not None:
            await former.close()

    async def help(self, argument: str) -> None:
        """:help"""
        for line in help_lines(SHELL):
            self.tell(line)

    async def quit(self, argument: str) -> None:
        """:quit"""
        self.over = True

    # Around it.

    async def poll(self) -> None:
        """Until it is cancelled: prints what the server says while nobody asks it anything."""
        while True:
            await asyncio.sleep(POLL)
            await self.driver.poll()

    def _summarise(self) -> None:
        findings = self.bench.findings()
        for finding in findings[self._told :]:
            for line in finding_lines(finding):
                self.say(line)
        self._told = len(findings)


def finding_lines(finding: Finding) -> list[str]:
    """A finding as text for a pipe."""
    return [
        f"!! {finding.severity.value.upper()} {finding.rule}: {escape(finding.cause)}",
        f"!!   what to do: {escape(finding.change)} ({finding.clause})",
    ]


COMMANDS: dict[str, Callable[[Any, str], Awaitable[None]]] = {
    "go_on": Shell.go_on,
    "automatic": Shell.automatic,
    "step": Shell.step,
    "explain": Shell.explain,
    "scenario": Shell.scenario,
    "rewind": Shell.rewind,
    "help": Shell.help,
    "quit": Shell.quit,
}
"""Action of the table of verbs -> what only the shell does so; a test holds the table to these."""
