"""One session of the bundled server: reads turns, plays the first rule that applies, or is honest.

Two laws make scenarios predictable. A 2xx or 3xx reply moves the state on, others do not. And the
session follows what it *said*: after a 354 it reads a message, after a 220 to STARTTLS it shakes
hands, after a 334 it reads a response, after a 421 it closes.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from msgspec import UNSET

from smtplab.durations import seconds_of
from smtplab.scenarios.model import Handshake, Rule, Scenario, Server
from smtplab.server import faults
from smtplab.server.broken_handshakes import abort_point, alert_record
from smtplab.server.certificates import Authority
from smtplab.server.conditions import Memory, Moment, applies, path_in, size_in
from smtplab.server.events import (
    CommandRead,
    FaultFired,
    MessageAccepted,
    Noted,
    ReplySaid,
    ServerEvent,
    TlsBroken,
    TlsStarted,
)
from smtplab.server.exchange import Command
from smtplab.server.honest import Honest
from smtplab.server.inbox import Inbox, Mail
from smtplab.server.manner import Manner
from smtplab.server.replies import Reply, reply_of
from smtplab.server.routine import Routine, Routines, has_routine
from smtplab.server.session_log import Hider, SessionLog
from smtplab.server.shaping import WHOLE, Shape
from smtplab.server.turns import PATIENCE, TOO_SLOW, Phrases, Turn, TurnReader
from smtplab.server.wire import Gone, Wire
from smtplab.tls.binding import end_point
from smtplab.tls.events import TlsFailed

MOST_COMMANDS = 10_000
"""In one connection; some clients would repeat one a hundred thousand times."""

SETTLED = frozenset({"greeting", "auth", "auth-step", "eom"})
"""Stages after which it matters what was said."""

UNHURRIED = frozenset({"bdat", "quit", "starttls"})
"""Stages that may lead to something that takes a while."""

TOO_LATE = "421 4.4.2 Nothing came for too long"
TOO_MANY = "421 4.7.0 Too many commands"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sessions of a lab have in common."""

    scenario: Scenario
    manner: Manner
    authority: Authority
    inbox: Inbox
    memory: Memory
    hider: Hider
    phrases: Phrases
    routines: Routines
    time_scale: float
    emit: Callable[[ServerEvent], None] | None


class Session:
    """One connection, from its first octet to its last."""

    def __init__(self, shared: Shared, wire: Wire, log: SessionLog) -> None:
        self.wire = wire
        self.log = log
        self.time_scale = shared.time_scale
        self.honest = Honest(shared.manner, shared.inbox, log.number, self._accepted, self.note)
        self._shared = shared
        self._times: Counter[str] = Counter()
        self._broken_off = False
        rules = shared.scenario.rules
        self._has_idle_rules = any(rule.at == "idle" for rule in rules)
        self._at_once = None if rules else self._meanwhile
        server = shared.scenario.server
        heard = log.add_command if shared.emit is None else self._heard
        self._reader = TurnReader(
            wire, server, _patience(server, self.time_scale), shared.hider, heard, self.note,
            shared.phrases,
        )  # fmt: skip
        self._reader.left = MOST_COMMANDS
        routine = Routine(shared.routines, self._reader, self.honest, wire, log, shared.emit)
        self._by_heart = routine.answer if has_routine(shared.scenario) else None

    async def run(self) -> None:
        """Serves the client. Raises Gone at the end, whoever ended it."""
        await self._turn(Turn("connect"))
        if self._shared.manner.base == "implicit" and not self.wire.encrypted:
            await self._turn(Turn("tls"))
        await self._turn(Turn("greeting"))
        while True:
            turn = await self._next()
            if turn is not None:
                await self._count()
                if not self._chunk_follows(turn):
                    await self._turn(turn)

    async def _count(self) -> None:
        """Ends a session that goes on for ever; lines of AUTH count as commands."""
        if self._reader.left < 0:
            self.note(f"more than {MOST_COMMANDS:,} commands in one connection")
            await self.say(self.honest.worded("", [TOO_MANY]))
            await self._finish("too many commands")

    def _chunk_follows(self, turn: Turn) -> bool:
        follows = turn.verb == "BDAT" and turn.content is None and self.honest.chunk_wanted(turn)
        if follows:
            self._reader.expect_chunk(turn, self.honest.chunks)
        return follows

    # A turn, and what follows from it.

    async def _turn(self, turn: Turn) -> None:
        """Answers a turn, and those that its reply leads to."""
        following: Turn | None = turn
        while following is not None:
            rule_index, rule = self._rule_for(following)
            if rule is None:
                code = await self.honestly(following)
            else:
                self._fired(rule_index, rule, following.stage)
                code = await faults.play(self, rule, following)
            if self._broken_off:
                await self._finish("the handshake was broken off")
            self._settle(following, code)
            if code == 421 or (following.stage == "quit" and code == 221):
                await self._finish(f"said {code}")
            shakes = following.stage == "starttls" and code == 220 and not self.wire.encrypted
            following = Turn("tls") if shakes else None

    def _settle(self, turn: Turn, code: int | None) -> None:
        """Follows what was said to a turn."""
        if turn.stage in SETTLED:
            self.honest.settle(turn, code)
            self.log.user = self.honest.login.user
        if turn.stage == "data" and code == 354:
            self._reader.expect_message()
        elif turn.stage in ("auth", "auth-step") and code == 334:
            self._reader.expect_response()
        else:
            self._reader.expect_command()

    def _meanwhile(self) -> bool:
        """Answers what has come, as long as nothing has to be waited for; then True.

        So most turns need no task that is woken for them, which is half of what they would cost.
        """
        more = self.wire.writable
        while more and (turn := self._reader.take()) is not None:
            if turn.stage in UNHURRIED or self._reader.left < 0:
                self._reader.expect_again(turn)
                return False
            reply = self.said(self.honest.answer(turn))
            self.wire.put(reply.octets)
            self._settle(turn, reply.code)
            more = self.wire.writable and self.wire.has_unread
        self.wire.extend(self._reader.due)
        return self.wire.writable

    def _rule_for(self, turn: Turn) -> tuple[int, Rule | None]:
        if not self._shared.scenario.rules:
            return 0, None
        if turn.stage != "idle":  # which counts when it is due, not when it is thought of
            self._times[turn.stage] += 1
        decides = self.honest.decides_login(turn)
        self._times["login"] += decides
        moment = self._moment(turn, decides_login=decides)
        if turn.stage != "idle":
            self._shared.memory.see(moment)
        for index, rule in enumerate(self._shared.scenario.rules):
            if applies(rule, moment, self._shared.memory, self.time_scale):
                return index, rule
        return 0, None

    def _moment(self, turn: Turn, *, decides_login: bool = False) -> Moment:
        brain = self.honest.brain
        at_mail, at_rcpt = turn.stage == "mail", turn.stage == "rcpt"
        argument = path_in(turn.argument)
        return Moment(
            stage=turn.stage,
            nth=self._times[turn.stage] + (turn.stage == "idle"),
            conn=self.log.number,
            now=asyncio.get_running_loop().time(),
            argument=turn.argument,
            hello=turn.argument if turn.stage in ("ehlo", "helo") else brain.hello,
            client=self.wire.peer,
            sender=argument if at_mail else brain.sender or "",
            recipients=(argument,) if at_rcpt else brain.recipients,
            tls=self.wire.encrypted,
            auth=self.honest.login.done,
            size=turn.content.size if turn.content else size_in(turn.argument) if at_mail else 0,
            content=turn.content,
            early=self.wire.has_unread,
            login=self._times["login"] if decides_login else 0,
        )

    # What faults use as well.

    async def honestly(self, turn: Turn, shape: Shape = WHOLE, *, loud: bool = True) -> int | None:
        """Does the honest thing; the code said, or None when nothing was."""
        if turn.stage in ("connect", "idle"):
            return None
        if turn.stage == "tls":
            if not self.wire.encrypted:
                await self.shake_hands(Handshake(cert=self._shared.scenario.server.tls.cert))
            return None
        lines = self.honest.answer(turn)
        return await self.say(lines, shape) if loud else None

    async def say(self, lines: list[str], shape: Shape = WHOLE) -> int | None:
        """Sends a reply; gives its code."""
        reply = self.said(lines)
        await self.wire.send(reply.octets, shape, self.time_scale)
        return reply.code

    def said(self, lines: list[str]) -> Reply:
        """Writes down what is being said."""
        reply = reply_of(tuple(lines))
        self.log.add_reply(reply.lines, reply.size)
        if self._shared.emit is not None:
            self._shared.emit(ReplySaid(self.log.number, reply.lines, self.wire.encrypted))
        return reply

    async def shake_hands(self, wanted: Handshake) -> None:
        """Does a TLS handshake, as far as it is wanted. Raises Gone when it fails."""
        server = self._shared.scenario.server
        versions = server.tls.versions if wanted.versions is UNSET else wanted.versions
        context = self._shared.authority.context(
            wanted.cert, server.host, versions, server.tls.client_cert
        )
        due = asyncio.get_running_loop().time() + self._reader.patience
        try:
            result = await self.wire.start_tls(context, abort_point(wanted), due)
        except TimeoutError:
            raise Gone(TOO_SLOW) from None
        if self.wire.dropped:
            self.note(f"{self.wire.dropped} octets behind STARTTLS were dropped")
        if result is None:
            result = TlsFailed(f"broken off at {abort_point(wanted)}, as the scenario says")
            await self.wire.send(alert_record(wanted))
            self._broken_off = True
        self.log.tls = result
        if isinstance(result, TlsFailed):
            self._emit(TlsBroken(self.log.number, result.reason, wanted.cert))
            if not self._broken_off:
                await self._finish(f"TLS failed: {result.reason}")
            return
        engine = self.wire.engine
        shown = self._shared.authority.served(wanted.cert, server.host)
        self.honest.tls_is_up(
            engine.peer_common_name() if engine is not None else "", end_point(shown.leaf_der)
        )
        self.log.user = None
        self._emit(TlsStarted(self.log.number, result.version, result.cipher, wanted.cert))

    def note(self, text: str) -> None:
        """Writes a remark down."""
        if text not in self.log.notes:
            self._emit(Noted(self.log.number, text))
        self.log.add_note(text)

    def _emit(self, event: ServerEvent) -> None:
        if self._shared.emit is not None:
            self._shared.emit(event)

    def _fired(self, index: int, rule: Rule, stage: str) -> None:
        what = ", ".join(action.name for action in rule.do)
        event = FaultFired(self.log.number, self._shared.scenario.id, index, stage, what)
        self.log.add_fault(event)
        self._emit(event)

    async def _finish(self, how: str) -> None:
        await self.wire.finish()
        raise Gone(how)

    # Reading.

    async def _next(self) -> Turn | None:
        """The next turn; None when the scenario's idle rule spoke first."""
        index, rule = self._idle_rule() if self._has_idle_rules and self._reader.idle else (0, None)
        try:
            while (turn := self._reader.take()) is None:
                await self.wire.more(self._reader.due, self._at_once, self._by_heart)
            return turn
        except TimeoutError:
            if not self._reader.idle:
                raise Gone(TOO_SLOW) from None
        if rule is not None:
            self._shared.memory.see(self._moment(Turn("idle")))
            self._times["idle"] += 1
            self._fired(index, rule, "idle")
            code = await faults.play(self, rule, Turn("idle"))
            if code != 421:
                return None
        else:
            await self.say(self.honest.worded("", [TOO_LATE]))
        await self._finish("said 421")
        return None

    def _idle_rule(self) -> tuple[int, Rule | None]:
        """The rule for a client that keeps quiet; the reader learns when it is due."""
        index, rule = self._rule_for(Turn("idle"))
        after = self._reader.patience
        if rule is not None:
            waits = list(itertools.takewhile(lambda action: action.name == "wait", rule.do))
            after = sum(seconds_of(str(action.value)) for action in waits) * self.time_scale
            rule = Rule(at="idle", do=rule.do[len(waits) :], when=rule.when)
        self._reader.due = asyncio.get_running_loop().time() + after
        return index, rule

    def _heard(self, command: Command) -> None:
        self.log.add_command(command)
        if self._shared.emit is not None:
            self._shared.emit(CommandRead(self.log.number, command.shown, command.encrypted))

    def _accepted(self, mail: Mail) -> None:
        if self._shared.emit is not None:
            size = len(mail.content)
            self._emit(MessageAccepted(self.log.number, mail.sender, mail.recipients, size))


def _patience(server: Server, time_scale: float) -> float:
    """Seconds to wait for a client; only what a scenario says is on its scale of time."""
    return PATIENCE if server.timeout is UNSET else seconds_of(server.timeout) * time_scale
