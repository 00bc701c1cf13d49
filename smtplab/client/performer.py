"""Doing one step: what goes out, what comes back, and what that makes of the session."""

import asyncio
import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from smtplab.client import reactions
from smtplab.client.authentication import AuthExchange
from smtplab.client.connection import Connection, Dial, Gate, Sink
from smtplab.client.events import Decision, DecisionKind, StageChanged
from smtplab.client.login import exchange_with, mechanism_of
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.plan import ladder
from smtplab.client.progress import Decline, Override, Progress
from smtplab.client.settings import SessionSettings
from smtplab.client.situation import Situation
from smtplab.client.steps import Stage, StageStatus, Step
from smtplab.protocol.events import AuthExchanged, IrregularitySeen, Span
from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.replies import Reply
from smtplab.protocol.states import State
from smtplab.protocol.verbs import Verb, verb_of
from smtplab.wire.events import Ending
from smtplab.wire.tcp import connect

LIMITS: dict[Verb, tuple[str, str]] = {
    Verb.GREETING: ("greeting", "RFC 5321 §4.5.3.2.1"),
    Verb.TLS: ("handshake", ""),
    Verb.DATA: ("data", "RFC 5321 §4.5.3.2.4"),
    Verb.CONTENT: ("content", "RFC 5321 §4.5.3.2.6"),
    Verb.QUIT: ("quit", ""),
}
"""The name of each time limit, and the clause that asks for it; all others are "command"."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is being waited for, and for how long at most, in seconds."""

    what: str
    limit: float
    clause: str


LOOK = 0.25
"""Seconds between two looks at what came, while time passes."""

CONTINUE = 334
"""The reply that asks for the next line of an AUTH exchange (RFC 4954 §4)."""

HOW_LOST: dict[Ending, str] = {
    Ending.FIN: "the server closed the connection instead of replying",
    Ending.RESET: "the connection was reset before a reply came",
    Ending.CUT: "the connection was cut without TLS's close_notify",
    Ending.TIMEOUT: "no reply came within the time limit",
    Ending.LOCAL: "we had closed the connection",
}


class Performer:
    """One connection's worth of a session: does steps, and keeps the facts that they bring."""

    def __init__(
        self,
        settings: SessionSettings,
        sink: Sink,
        now: Callable[[], datetime],
        dial: Dial = connect,
    ) -> None:
        self.settings = settings
        self.waiting: Waiting | None = None
        self.held: Decline | None = None
        """A refusal that came out of a step, until the user agrees or goes on regardless."""
        self.connection = Connection(settings, sink, now, dial)
        stages = dict.fromkeys(ladder(settings), StageStatus.AHEAD)
        self.situation = Situation(settings, Progress(stages, nonce=fresh_nonce()), None)
        self._sink = sink

    @property
    def progress(self) -> Progress:
        """The facts so far."""
        return self.situation.progress

    def change_settings(self, settings: SessionSettings) -> None:
        """Goes on with other wishes."""
        self.settings = self.situation.settings = settings

    async def perform(self, step: Step, typed: bytes | None, gate: Gate | None = None) -> None:
        """Does a planned step; with `typed`, sends that line in its place.

        A `gate` stops the handshake between its flights, and the message between its parts; no
        time limit runs meanwhile.
        """
        if step.verb is None:
            await self._connect(step)
        elif step.verb is Verb.TLS:
            await self._shake_hands(step, gate)
        elif step.verb is Verb.GREETING:
            self.mark(step.stage, StageStatus.CURRENT)
            await self._answer(step.stage, Verb.GREETING, b"", decides=True)
        elif step.verb is Verb.CONTENT:
            await self._send_content(step, gate)
        elif typed is None or typed == step.line:
            await self._send(step.stage, step.verb, step.line, step.secrets, decides=True)
        elif step.verb is Verb.AUTH_RESPONSE or verb_of(typed) is step.verb:
            self._sink(Decision(DecisionKind.EDITED, step.stage))
            await self._send(
                step.stage, step.verb, typed, _all_secret(step.verb, typed), decides=True
            )
        else:
            await self.send_own(step.stage, typed)

    async def send_own(self, stage: Stage, line: bytes, *, crlf: bool = True) -> None:
        """Sends a line of the user's own, or with `crlf` off octets without a line end."""
        in_auth = self.connection.protocol.state is State.AUTHENTICATING
        verb = Verb.AUTH_RESPONSE if in_auth else verb_of(line)
        secrets = _all_secret(verb, line)
        self._sink(Decision(DecisionKind.INJECTED, stage, _without(line, secrets)))
        if crlf:
            await self._send(stage, verb, line, secrets, decides=False)
        else:
            await self.connection.send_raw(line)

    async def delay(self, stage: Stage, seconds: float) -> None:
        """Lets time pass, and picks up what the server says or does meanwhile."""
        self.waiting = Waiting("the time you asked for", seconds, "")
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        try:
            while (left := end - loop.time()) > 0 and not self.progress.closed:
                await asyncio.sleep(min(left, LOOK))
                await self.poll(stage)
        finally:
            self.waiting = None

    async def poll(self, stage: Stage) -> None:
        """Picks up what the server sent, or that it left, while nobody was asking."""
        await self._catch_up(stage)

    async def _connect(self, step: Step) -> None:
        self.mark(step.stage, StageStatus.CURRENT)
        limit = self.settings.limits.of("connect")
        self.waiting = Waiting("the connection", limit, "")
        reason = await self.connection.open(limit)
        self.waiting = None
        if reason is None:
            self.progress.connected = True
            self.mark(step.stage, StageStatus.DONE)
            return
        where = f"{self.settings.host}:{self.settings.port}"
        self._fail(step.stage, f"No connection to {where}: {reason}.")
        self.progress.closed = True

    async def _shake_hands(self, step: Step, gate: Gate | None) -> None:
        self.mark(step.stage, StageStatus.CURRENT)
        if not self.connection.prepare_tls():
            await self._injected(step.stage)
            return
        limit = self.settings.limits.of("handshake")
        self.waiting = Waiting("the TLS handshake", limit, "")
        try:
            async with asyncio.timeout(None if gate else limit):
                done = await self.connection.shake_hands(gate)
        except TimeoutError:
            self._fail(step.stage, f"The TLS handshake was not done within {limit:g} s.")
            await self.hang_up()
            return
        finally:
            self.waiting = None
        if done:
            self.progress.encrypted = True
            self.progress.channel_binding = self.connection.end_point()
            self.progress.starttls_accepted = False
            self.progress.forget_hello()
            odd = any(p.severity == "error" for p in self.connection.problems)
            self.mark(step.stage, StageStatus.WARNING if odd else StageStatus.DONE)
        else:
            await self._tls_failed(step.stage)

    async def _injected(self, stage: Stage) -> None:
        self._fail(
            stage,
            "Octets came in the clear between the 220 and the handshake. Somebody may be putting "
            "words into the server's mouth: nothing of this session can be trusted.",
        )
        await self.hang_up()

    async def _tls_failed(self, stage: Stage) -> None:
        failure = self.connection.tls_failure
        assert failure is not None
        self.mark(stage, StageStatus.FAILED)
        await self.connection.close()
        self.progress.closed = True
        if failure.verify_code:
            problems = [p.text for p in self.connection.problems if p.severity == "error"]
            reason = " ".join(problems) or f"The certificate was refused: {failure.reason}."
            outcome = Outcome(Verdict.REFUSED, stage, reason, self.progress.last_reply)
            self.held = Decline(outcome, Override.UNVERIFIED)
            return
        what = "answered with something other than TLS" if failure.not_tls else failure.reason
        self._fail(stage, f"The TLS handshake failed: {what}.")

    async def _send(
        self, stage: Stage, verb: Verb, line: bytes, secrets: tuple[Span, ...], *, decides: bool
    ) -> None:
        """Sends one line and takes its reply."""
        await self._catch_up(stage)
        if self.progress.closed:
            return
        self.mark(stage, StageStatus.CURRENT)
        if verb is Verb.AUTH and decides:
            self._begin_auth(line)
        elif verb is Verb.AUTH_RESPONSE and self.situation.exchange is not None:
            self._report_answer(self.situation.exchange)
        await self.connection.send_line(line, verb, secrets)
        await self._answer(stage, verb, line, decides=decides)

    async def _send_content(self, step: Step, gate: Gate | None) -> None:
        await self._catch_up(step.stage)
        if self.progress.closed:
            return
        self.mark(step.stage, StageStatus.CURRENT)
        wire = self.situation.wire
        limit = self.settings.limits.of("content")
        self.waiting = Waiting("the server to take the message", limit, "RFC 5321 §4.5.3.2.5")
        try:
            async with asyncio.timeout(None if gate else limit):
                await self.connection.send_content(wire.data, gate)
        except TimeoutError:
            self._fail(step.stage, f"The server did not take the message within {limit:g} s.")
            await self.hang_up()
            return
        finally:
            self.waiting = None
        await self._answer(step.stage, Verb.CONTENT, b"", decides=True)

    async def _answer(self, stage: Stage, verb: Verb, line: bytes, *, decides: bool) -> None:
        """Waits for the reply to what was just sent, and lets it change the session."""
        name, clause = LIMITS.get(verb, ("command", "RFC 5321 §4.5.3.2"))
        limit = self.settings.limits.of(name)
        self.waiting = Waiting(_what_is_awaited(verb), limit, clause)
        try:
            async with asyncio.timeout(limit):
                reply = await self.connection.reply()
        except TimeoutError:
            await self._lost(stage, Ending.TIMEOUT, verb)
            return
        finally:
            self.waiting = None
        if reply is None:
            await self._lost(stage, self.connection.ending or Ending.FIN, verb)
            return
        before = self.progress.outcome
        status = reactions.react(self.situation, verb, line, reply, stage=stage)
        if not decides and before is None and reply.code != reactions.SERVICE_CLOSING:
            self.progress.outcome = None  # the user's own line may fail: the plan goes on
        self._advance_auth(verb, reply)
        self.mark(stage, status)
        self._note_unasked(stage)
        if reply.code == reactions.SERVICE_CLOSING or verb is Verb.QUIT:
            await self.hang_up()

    # AUTH.

    def _begin_auth(self, line: bytes) -> None:
        mechanism = mechanism_of(self.situation, line)
        if mechanism is None or self.settings.credentials is None:
            return
        exchange = exchange_with(self.situation, mechanism)
        self.situation.exchange = exchange
        self.progress.nonce = fresh_nonce()
        carried = exchange.sent(line)
        if carried is not None:
            self._sink(AuthExchanged(carried))

    def _report_answer(self, exchange: AuthExchange) -> None:
        if exchange.answer is not None:
            self._sink(AuthExchanged(exchange.answer))

    def _advance_auth(self, verb: Verb, reply: Reply) -> None:
        """A 334 asks for the next answer; anything else ends the exchange."""
        exchange = self.situation.exchange
        if exchange is None or verb not in (Verb.AUTH, Verb.AUTH_RESPONSE):
            return
        if reply.code != CONTINUE:
            self.situation.exchange = None
            return
        message, problem = exchange.challenge(reply.lines[-1])
        self._sink(AuthExchanged(message))
        if problem is not None:
            self._sink(IrregularitySeen(Irregularity("odd-challenge", problem)))
        if exchange.refusal is not None:
            reactions.refuse(self.situation, Stage.AUTH, exchange.refusal, reply)

    # Ends.

    async def _catch_up(self, stage: Stage) -> None:
        """Before anything is sent: whatever lies unread was not asked for."""
        self.connection.poll()
        self._note_unasked(stage)
        if self.connection.ending is not None:
            await self._lost(stage, self.connection.ending)

    def _note_unasked(self, stage: Stage) -> None:
        for reply in self.connection.take_unasked():
            if reply.code == reactions.SERVICE_CLOSING and self.progress.outcome is None:
                reason = f"The server is closing the connection, unasked: 421 {reply.first_line}"
                self.progress.outcome = Outcome(Verdict.DEFERRED, stage, reason, reply)

    async def _lost(self, stage: Stage, ending: Ending, verb: Verb | None = None) -> None:
        """The connection ended, or the reply did not come in time."""
        how = HOW_LOST[ending]
        if verb is Verb.CONTENT and self.progress.outcome is None:
            self.progress.outcome = reactions.in_doubt(self.situation, stage, how)
        elif verb is not Verb.QUIT:
            self._fail(stage, f"At {stage.value}, {how}.")
        self.mark(stage, StageStatus.WARNING if verb is Verb.QUIT else StageStatus.FAILED)
        await self.hang_up()

    def _fail(self, stage: Stage, reason: str) -> None:
        """Sets the outcome `failed`, unless an earlier stage has decided."""
        self.mark(stage, StageStatus.FAILED)
        if self.progress.outcome is None:
            reply = self.progress.last_reply
            results = tuple(self.progress.transaction.results)
            self.progress.outcome = Outcome(Verdict.FAILED, stage, reason, reply, results)

    def _agree(self, decline: Decline) -> None:
        self.progress.outcome = decline.outcome
        self.mark(decline.outcome.stage, StageStatus.FAILED)

    async def hang_up(self) -> None:
        """Closes the connection, without QUIT."""
        await self.connection.close()
        self.progress.closed = True

    def mark(self, stage: Stage, status: StageStatus) -> None:
        """Notes what became of a stage, and tells when that is new."""
        if self.progress.stages.get(stage) is status:
            return
        self.progress.stages[stage] = status
        self._sink(StageChanged(stage, status))


def fresh_nonce() -> str:
    """A value that no login has used before: 18 random octets, which base64 makes printable."""
    return base64.b64encode(os.urandom(18)).decode("ascii")


def _what_is_awaited(verb: Verb) -> str:
    return "the greeting" if verb is Verb.GREETING else f"the reply to {verb.value}"


def _all_secret(verb: Verb, line: bytes) -> tuple[Span, ...]:
    """In an AUTH line of the user's own everything after the mechanism may be a secret."""
    if verb is Verb.AUTH_RESPONSE:
        return ((0, len(line)),)
    words = line.split(b" ", 2)
    if verb is Verb.AUTH and len(words) > 2:
        return ((len(line) - len(words[2]), len(line)),)
    return ()


def _without(line: bytes, secrets: tuple[Span, ...]) -> str:
    shown = bytearray(line)
    for start, end in secrets:
        shown[start:end] = b"*" * (end - start)
    return shown.decode("utf-8", "backslashreplace")
