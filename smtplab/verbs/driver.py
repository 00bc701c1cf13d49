"""Drives a workbench for a screen: by hand or automatically, and back, at any moment.

Knows nothing of widgets. One thing is done at a time; what comes meanwhile by hand is dropped, so
that an impatient Enter sends nothing that nobody has seen.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from smtplab.client.steps import Stage, Step
from smtplab.protocol.replies import Reply, ReplyParser
from smtplab.protocol.sasl import MECHANISMS
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Entry, Event
from smtplab.verbs.checking import doubt
from smtplab.verbs.inside import Inside
from smtplab.verbs.pace import SPEEDS, USUAL_SPEED, rest_before
from smtplab.verbs.predicting import SILENT, Predictions
from smtplab.verbs.typed import Kind, kind_of, planned_text, read
from smtplab.workbench.automatic import Automatic
from smtplab.workbench.bench import Workbench
from smtplab.workbench.breakpoints import BadBreakpoint, Breakpoints
from smtplab.workbench.questions import ABORT, Question
from smtplab.workbench.writing import Letter

ANYWAY = "!"
"""In front of a line: send it, whatever there is to doubt about it."""

WITH_PARTS = frozenset({Verb.TLS, Verb.CONTENT})
"""Steps that can be gone into."""

NO_VERB: dict[Verb | None, str] = {
    None: "There is no connection yet: press Enter to connect.",
    Verb.TLS: "The TLS handshake comes next: a line of yours would not be understood.",
}
"""Steps before which no line can be sent, and why."""


class NotNow(Exception):
    """What the user asked for cannot be done now; the message says why, and what can."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why the automatic mode stopped."""

    text: str = ""
    breakpoint: bool = False


class Driver:
    """One session under the user's hands. `clock` gives monotonic seconds."""

    def __init__(
        self, bench: Workbench, *, reveal: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.bench = bench
        self.reveal = reveal
        self.automatic = False
        self.speed = USUAL_SPEED
        self.pause = Pause()
        self._automatic = Automatic(bench)
        self.predictions = Predictions()
        self._inside: Inside | None = None
        self._clock = clock
        self._lock = asyncio.Lock()
        self._working: asyncio.Task[object] | None = None
        self._waiting: tuple[object, float] = (None, 0.0)

    # What a screen reads.

    @property
    def breakpoints(self) -> Breakpoints:
        """What stops the automatic mode."""
        return self._automatic.breakpoints

    @breakpoints.setter
    def breakpoints(self, breakpoints: Breakpoints) -> None:
        """Takes those of another session."""
        self._automatic.breakpoints = breakpoints

    @property
    def step_planned(self) -> Step | None:
        """The planned step; None at a question and after the end."""
        planned = self.bench.planned
        return planned if isinstance(planned, Step) else None

    @property
    def question(self) -> Question | None:
        """The open question, if there is one."""
        planned = self.bench.planned
        return planned if isinstance(planned, Question) else None

    @property
    def next_part(self) -> str:
        """Inside a step: the part of it that comes next; else empty."""
        return self._inside.next if self._inside is not None else ""

    @property
    def asks_for_guess(self) -> bool:
        """Whether predict mode wants a guess before the planned step."""
        return self.predictions.asks(self.step_planned) and not self.automatic

    @property
    def is_open(self) -> bool:
        """Whether a session has begun and is not over."""
        return len(self.bench.transcript) > 0 and self.bench.outcome is None

    @property
    def proposal(self) -> str:
        """What the input holds: the planned line, or the safe answer to a question."""
        question = self.question
        if question is not None:
            return question.default
        return planned_text(self.step_planned, reveal=self.reveal)

    @property
    def waited(self) -> float:
        """Seconds for which the present reply has been awaited."""
        waiting = self.bench.waiting
        if waiting != self._waiting[0]:
            self._waiting = (waiting, self._clock())
        return self._clock() - self._waiting[1] if waiting is not None else 0.0

    @property
    def revealing(self) -> Callable[[Entry], Event] | None:
        """How events are to be read while secrets may be seen; None while they may not."""
        return self.bench.reveal if self.reveal else None

    # What a user does.

    async def send(self, text: str) -> None:
        """Enter: the planned step, the planned line edited, another line, or an answer."""
        if self.question is not None:
            await self.answer(text)
            return
        step = self.step_planned
        if step is None:
            raise NotNow("The session is over.")
        if self.predictions.asks(step) and self.predictions.take(text):
            await self.run_step()
            return
        text = self.checked(text)
        kind = kind_of(text, step, reveal=self.reveal)
        if kind is Kind.PLANNED:
            await self.run_step()
        elif kind is Kind.EDITED:
            line = read(text, step).line
            await self._alone(lambda: self.bench.step(line))
        else:
            await self._inject(text)

    async def run_step(self) -> None:
        """The planned step as it is."""
        if self.step_planned is None:
            raise NotNow("There is no step to do.")
        if self._inside is not None:
            await self._inside.finish()
        else:
            await self._alone(self.bench.step)

    async def step_into(self) -> None:
        """The next part of the planned step: a flight of the handshake, a line of the message.

        AUTH goes round by round anyway; other steps have no parts and are done whole.
        """
        if self._inside is None:
            step = self.step_planned
            if step is None or step.verb not in WITH_PARTS:
                await self.run_step()
                return
            if self._lock.locked():
                return
            self._inside = Inside(lambda gate: self._alone(lambda: self.bench.step(gate=gate)))
            await self._inside.rest()
        else:
            await self._inside.go_on()

    async def delay(self, seconds: float) -> None:
        """Lets so much time pass, and then does the planned step."""
        step = self.step_planned
        if step is None or step.verb is None:
            raise NotNow("There is no connection that time could pass on.")

        async def later() -> None:
            await self.bench.delay(seconds)
            if self.step_planned == step:
                await self.bench.step()

        await self._alone(later)

    def forge(self, text: str) -> Reply:
        """The next reply will count as this one; raises NotNow when the text is none."""
        parser = ReplyParser()
        line = read(text).line.rstrip(b"\r\n")
        replies = parser.receive_data(b"".join(part + b"\r\n" for part in line.split(b"\r\n")))
        if len(replies) != 1 or replies[0].code is None or parser.pending:
            raise NotNow(f"{text!r} is no reply; try `451 4.7.1 Try again later`.")
        if self.step_planned is None or self.step_planned.verb in SILENT:
            raise NotNow("No reply comes next.")
        self.bench.runner.forge(replies[0])
        return replies[0]

    def checked(self, text: str) -> str:
        """The text without its `!`, or, where there is none and a doubt, NotNow."""
        step = self.step_planned
        if text.startswith(ANYWAY):
            return text.removeprefix(ANYWAY)
        if step is None or kind_of(text, step, reveal=self.reveal) is Kind.PLANNED:
            return text
        if step.verb in NO_VERB or step.verb is Verb.CONTENT:
            return text
        typed = read(text, step)
        protocol = self.bench.runner.protocol
        offers = protocol.capabilities is not None and protocol.capabilities.has("SMTPUTF8")
        found = doubt(
            typed.line, protocol.state, encrypted=self.bench.encrypted, offers_smtputf8=offers
        )
        if found and typed.crlf:
            raise NotNow(found)
        return text

    async def answer(self, text: str) -> None:
        """Answers the open question; only what it offers is taken."""
        question = self.question
        if question is None:
            raise NotNow("There is no question to answer.")
        offered = [choice.command for choice in question.choices]
        command = text.strip()
        if command not in offered:
            raise NotNow(f"A question is open: type {' or '.join(offered)}.")
        await self._alone(lambda: self.bench.answer(command))

    async def inject(self, text: str) -> None:
        """Sends a line that the plan does not have."""
        await self._inject(self.checked(text))

    async def _inject(self, text: str) -> None:
        step = self.step_planned
        if step is None:
            raise NotNow("Nothing can be sent now.")
        if step.verb in NO_VERB:
            raise NotNow(NO_VERB[step.verb])
        typed = read(text, step)
        if step.verb is Verb.CONTENT:  # the server is silent until the final dot
            end = b"\r\n" if typed.crlf else b""
            await self._alone(lambda: self.bench.inject(typed.line + end, crlf=False))
        else:
            await self._alone(lambda: self.bench.inject(typed.line, crlf=typed.crlf))

    async def skip(self) -> None:
        """Leaves the planned step out."""
        step = self.step_planned
        if step is None:
            raise NotNow("There is nothing to skip.")
        done: list[bool] = []

        async def skipping() -> None:
            done.append(await self.bench.skip())

        await self._alone(skipping)
        if done == [False]:
            raise NotNow("This step cannot be left out: without it nothing can follow.")

    async def abort(self) -> None:
        """Ends the session at once, even while a reply is awaited."""
        if self.question is not None:
            await self.answer(ABORT)
            return
        if self.bench.outcome is not None:
            raise NotNow("The session is over already.")
        self.automatic = False
        if self._working is not None:
            self._working.cancel()
        async with self._lock:
            await self.bench.stop()

    async def toggle_automatic(self) -> None:
        """Changes between by hand and automatic."""
        if self.automatic:
            self.automatic = False
            self._automatic.pause()
        else:
            await self.run()

    async def run(self, until: Stage | None = None, *, at_once: bool = False) -> None:
        """The automatic mode, until it stops by itself, is switched off, or comes to a stage.

        `at_once` rests before no step.
        """
        if self.question is not None:
            raise NotNow("A question is open: it is yours to answer.")
        if self.bench.outcome is not None:
            raise NotNow("The session is over.")
        self.automatic = True
        await self._alone(lambda: self._run(until, at_once=at_once))

    async def _run(self, until: Stage | None, *, at_once: bool) -> None:
        pace = None if at_once else self._pace
        try:
            while self.automatic:
                stop = await self._automatic.run(pace, until)
                if stop.text or until is not None or self.bench.planned is None:
                    self.automatic = False
                    self.pause = Pause(stop.text, stop.breakpoint)
        finally:
            self.automatic = False

    async def run_through(self, stage: Stage) -> None:
        """Up to the end of a stage, with all that comes before it."""
        order = list(self.bench.stages)
        if stage not in order:
            raise NotNow(f"This session has no stage {stage.value}.")
        index = order.index(stage) + 1
        await self.run(order[index] if index < len(order) else None, at_once=True)

    def stage_after(self) -> Stage | None:
        """The stage behind the planned one; None behind the last."""
        order = list(self.bench.stages)
        index = order.index(self.bench.current_stage) + 1
        return order[index] if index < len(order) else None

    def _pace(self, step: Step) -> float:
        return rest_before(step, SPEEDS[self.speed])

    def use_mechanism(self, name: str) -> None:
        """Logs in with this mechanism when AUTH comes; empty: with the best one again."""
        known = {mechanism.name for mechanism in MECHANISMS}
        if name and name.upper() not in known:
            raise NotNow(f"AUTH {name} is not known here; known are {', '.join(sorted(known))}.")
        self.bench.use_mechanism(name.upper() or None)

    def use_letter(self, letter: Letter) -> None:
        """Sends this message, with this envelope, when its turn comes."""
        if self.bench.outcome is not None:
            raise NotNow("The session is over.")
        self.bench.use_letter(letter)

    def use_content(self, content: bytes) -> None:
        """Sends this message when its turn comes."""
        if self.bench.outcome is not None:
            raise NotNow("The session is over.")
        self.bench.use_content(content)

    def change_speed(self, by: int) -> None:
        """Faster or slower, within what there is."""
        self.speed = max(0, min(self.speed + by, len(SPEEDS) - 1))

    def toggle_breakpoint(self, text: str) -> bool:
        """Sets a breakpoint, or takes it away; True when it is there now. NotNow: it is none."""
        try:
            return self.breakpoints.toggle(text)
        except BadBreakpoint as reason:
            raise NotNow(f"{reason}.") from None

    async def poll(self) -> bool:
        """Picks up what the server said unasked; True when anything was recorded."""
        if self._lock.locked() or not self.is_open:
            return False
        before = len(self.bench.transcript)
        async with self._lock:
            await self.bench.poll()
        return len(self.bench.transcript) > before

    async def close(self) -> None:
        """Ends the session, whatever it is waiting for, and the bundled server."""
        self.automatic = False
        if self._working is not None and self._working is not asyncio.current_task():
            self._working.cancel()
        async with self._lock:
            await self.bench.close()

    async def _alone(self, work: Callable[[], Awaitable[None]]) -> None:
        if self._lock.locked():
            return
        self.pause = Pause()
        before = self.bench.runner.progress.last_reply
        async with self._lock:
            self._working = asyncio.current_task()
            try:
                await work()
            finally:
                self._working = self._inside = None
        reply = self.bench.runner.progress.last_reply
        self.predictions.judge(reply if reply is not before else None)
