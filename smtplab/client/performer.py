"""Doing one step: what goes out, what comes back, and what that makes of the session."""

import math
from collections.abc import Coroutine, Sequence

from smtplab.client import deliveries, exchanges, reactions
from smtplab.client.connection import Gate
from smtplab.client.events import Decision, DecisionKind
from smtplab.client.naming import own_name
from smtplab.client.outcome import Outcome, Verdict, stopped_after
from smtplab.client.progress import Decline, Override
from smtplab.client.standing import NO, Standing, Waiting
from smtplab.client.steps import Stage, StageStatus, Step
from smtplab.protocol.events import Span
from smtplab.protocol.states import State
from smtplab.protocol.verbs import Verb, verb_of
from smtplab.values import replace
from smtplab.wire.events import Ending

LOGIN = (Verb.AUTH, Verb.AUTH_RESPONSE)

LOOK = 0.25
"""Seconds between two looks at what came, while time passes."""


class Performer(Standing):
    """One connection's worth of a session: does steps, and keeps the facts that they bring."""

    async def perform(self, step: Step, typed: bytes | None, gate: Gate | None = None) -> None:
        """Does a planned step; with `typed`, sends that line in its place.

        A `gate` stops the handshake between its flights, and the message between its parts; no
        time limit runs meanwhile.
        """
        if step.sends_line and (typed is None or typed == step.line):
            await self._send_planned(step)
        elif step.verb is None:
            await self._connect(step)
        elif step.verb is Verb.TLS:
            await self._shake_hands(step, gate)
        elif step.verb is Verb.GREETING:
            self.mark(step.stage, StageStatus.CURRENT)
            await self._answer(step.stage, Verb.GREETING, b"", decides=True)
        elif step.verb is Verb.CONTENT:
            await self._send_content(step, gate)
        elif typed is not None:
            await self._send_edited(step, typed)

    async def _send_edited(self, step: Step, typed: bytes) -> None:
        """Another line than the planned one; with another verb it is one of the user's own."""
        if step.chunk is not None and verb_of(typed) in (Verb.BDAT, Verb.BDAT_LAST):
            self.sink(Decision(DecisionKind.EDITED, step.stage))
            await self._send_chunk(replace(step, verb=verb_of(typed), line=typed), step.chunk)
        elif step.verb is Verb.AUTH_RESPONSE or verb_of(typed) is step.verb:
            self.sink(Decision(DecisionKind.EDITED, step.stage))
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
        self.sink(Decision(DecisionKind.INJECTED, stage, _without(line, secrets)))
        if crlf:
            await self._send(stage, verb, line, secrets, decides=False)
        else:
            await self.connection.send_raw(line)

    async def delay(
        self, stage: Stage, seconds: float, what: str = "the time you asked for"
    ) -> None:
        """Lets time pass, and picks up what the server says or does meanwhile."""
        self.waiting = Waiting(what, seconds, "")
        end = self.network.time() + seconds
        try:
            while (left := end - self.network.time()) > 0 and not self.progress.closed:
                await self.network.pause(min(left, LOOK))
                await self.poll(stage)
        finally:
            self.waiting = None

    async def _connect(self, step: Step) -> None:
        self.mark(step.stage, StageStatus.CURRENT)
        if self.progress.pause:
            await self.delay(step.stage, self.progress.pause, "the moment to try again")
            if self.progress.closed:  # somebody stopped it meanwhile
                return
        limit = self.settings.limits.of("connect")
        self.waiting = Waiting("the connection", limit, "")
        reason = await self.connection.open(limit)
        self.waiting = None
        if reason is None:
            if self.settings.proxy_header:
                await self.connection.send_preamble(self.settings.proxy_header)
            self.progress.own_name = own_name(self.connection.own_address)
            self.progress.connected = True
            self.mark(step.stage, StageStatus.DONE)
            return
        where = f"{self.settings.host}:{self.settings.port}"
        self.fail(step.stage, f"No connection to {where}: {reason}.")
        self.progress.lost = True
        self.progress.closed = True

    async def _shake_hands(self, step: Step, gate: Gate | None) -> None:
        self.mark(step.stage, StageStatus.CURRENT)
        if not self.connection.prepare_tls():
            await self._injected(step.stage)
            return
        limit = self.settings.limits.of("handshake")
        self.waiting = Waiting("the TLS handshake", limit, "")
        try:
            with self.time_limit.within(math.inf if gate else limit):
                done = await self.connection.shake_hands(gate)
        except TimeoutError:
            self.fail(step.stage, f"The TLS handshake was not done within {limit:g} s.")
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
        self.fail(
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
        self.fail(stage, f"The TLS handshake failed: {what}.")

    async def _send(
        self, stage: Stage, verb: Verb, line: bytes, secrets: tuple[Span, ...], *, decides: bool
    ) -> None:
        """Sends one line and takes its reply."""
        await self.catch_up(stage)
        if self.progress.closed:
            return
        self.mark(stage, StageStatus.CURRENT)
        if verb in LOGIN and (decides or verb is Verb.AUTH_RESPONSE):
            exchanges.before(self.situation, verb, line, self.sink)
        await self.connection.send_line(line, verb, secrets)
        if self.settings.drop_after_send is None or not await self._dropped(stage):
            await self._answer(stage, verb, line, decides=decides)

    async def _dropped(self, stage: Stage) -> bool:
        """Whether the user wants to leave here, without the reply."""
        if self.settings.drop_after_send is not stage:
            return False
        self.mark(stage, StageStatus.WARNING)
        if self.progress.outcome is None:
            self.progress.outcome = stopped_after(stage, self.progress.last_reply)
        await self.hang_up()
        return True

    async def _send_planned(self, step: Step) -> None:
        assert step.verb is not None
        if step.chunk is not None:
            await self._send_chunk(step, step.chunk)
        elif step.more:
            await self._send_group((step, *step.more))
        else:
            await self._send(step.stage, step.verb, step.line, step.secrets, decides=True)

    async def _send_group(self, steps: Sequence[Step]) -> None:
        """Several lines in one breath, then their replies in the same order (RFC 2920 §3.1)."""
        await self.catch_up(steps[0].stage)
        if self.progress.closed:
            return
        self.mark(steps[0].stage, StageStatus.CURRENT)
        await self.connection.send_lines([(s.line, s.verb or Verb.UNKNOWN) for s in steps])
        await self.answers(steps)

    async def answers(self, steps: Sequence[Step]) -> None:
        """Takes the replies to lines that have gone out already, in their order."""
        for step in steps:
            if await self._dropped(step.stage):
                return
            assert step.verb is not None
            if not self.progress.closed:
                self.mark(step.stage, StageStatus.CURRENT)
                await self._answer(step.stage, step.verb, step.line, decides=True)

    async def _send_chunk(self, step: Step, span: Span) -> None:
        """A BDAT line with its octets behind it (RFC 3030 §2)."""
        assert step.verb is not None
        await self.catch_up(step.stage)
        if self.progress.closed:
            return
        self.mark(step.stage, StageStatus.CURRENT)
        self.mark(Stage.DATA, StageStatus.SKIPPED)
        start, end = span
        octets = self.situation.wire.data[start:end]
        self.progress.transaction.octets_sent = end
        sending = self.connection.send_chunk(step.line, octets, self._keep_alive)
        if await self._in_time(step.stage, sending):
            await self._verdicts(step.stage, step.verb, step.line)

    async def _verdicts(self, stage: Stage, verb: Verb, line: bytes = b"") -> None:
        """The reply to the message; in LMTP one for each accepted recipient (RFC 2033 §4.2)."""
        ends_message = verb is not Verb.BDAT
        if ends_message and await self._dropped(stage):
            return
        due = len(self.progress.transaction.accepted) if self._is_lmtp and ends_message else 1
        for _ in range(max(1, due)):
            if not self.progress.closed:
                await self._answer(stage, verb, line, decides=True)

    @property
    def _is_lmtp(self) -> bool:
        return self.connection.protocol.lmtp

    async def _in_time(self, stage: Stage, sending: Coroutine[None, None, None]) -> bool:
        """Whether the server took the octets: each block of them within its limit."""
        self.waiting = waiting = self.wait_for_room()
        try:
            with self.time_limit.within(waiting.limit):
                await sending
        except TimeoutError:
            answer = self.connection.early_answer()
            if answer is not None and answer.reply_class in NO:
                self.refused_early(stage, answer)
            self.fail(stage, f"The server took nothing of the message for {waiting.limit:g} s.")
            self.progress.lost = True
            await self.hang_up()
            return False
        finally:
            self.waiting = None
        return True

    def _keep_alive(self) -> None:
        """A block was taken: the time for the next one begins."""
        self.time_limit.extend(self.settings.limits.of("block"))

    async def _send_content(self, step: Step, gate: Gate | None) -> None:
        await self.catch_up(step.stage)
        if self.progress.closed:
            return
        self.mark(step.stage, StageStatus.CURRENT)
        wire = self.situation.wire
        if gate is not None:
            await self.connection.send_content_by_parts(wire.data, gate)
        elif not await self._in_time(
            step.stage, self.connection.send_content(wire, self._keep_alive)
        ):
            return
        self.situation.look_ahead()
        await self._verdicts(step.stage, Verb.CONTENT)

    async def _answer(self, stage: Stage, verb: Verb, line: bytes, *, decides: bool) -> None:
        """Waits for the reply to what was just sent, and lets it change the session."""
        self.waiting = waiting = self.wait_for(verb)
        try:
            with self.time_limit.within(waiting.limit):
                reply = await self.connection.reply()
        except TimeoutError:
            await self.lost(stage, Ending.TIMEOUT, verb)
            return
        finally:
            self.waiting = None
        if reply is None:
            await self.lost(stage, self.connection.ending or Ending.FIN, verb)
            return
        before = self.progress.outcome
        status = reactions.react(self.situation, verb, line, reply, stage=stage)
        if not decides and before is None and reply.code != reactions.SERVICE_CLOSING:
            self.progress.outcome = None  # the user's own line may fail: the plan goes on
        if self.situation.exchange is not None:
            exchanges.after(self.situation, verb, reply, self.sink)
        self.mark(stage, status)
        self.note_unasked(stage)
        if decides and self.progress.outcome is not None:
            deliveries.settle(self.situation)
        if reply.code == reactions.SERVICE_CLOSING or verb is Verb.QUIT:
            await self.hang_up()


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
