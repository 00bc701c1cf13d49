"""Where one connection stands: the facts, what became of each stage, and how it comes to an end."""

from collections.abc import Callable
from datetime import datetime

from smtplab.client import deliveries, exchanges, reactions
from smtplab.client.connection import Connection, Sink
from smtplab.client.events import CHANGES
from smtplab.client.outcome import Outcome, Verdict, said, verdict_of
from smtplab.client.plan import ladder
from smtplab.client.progress import Decline, Progress
from smtplab.client.settings import SessionSettings
from smtplab.client.situation import Situation
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.replies import Reply, ReplyClass
from smtplab.protocol.verbs import Verb
from smtplab.values import value
from smtplab.wire.events import Ending
from smtplab.wire.network import Network


@value
class Waiting:
    """What is being waited for, and for how long at most, in seconds."""

    what: str
    limit: float
    clause: str


LIMITS: dict[Verb, tuple[str, str]] = {
    Verb.GREETING: ("greeting", "RFC 5321 §4.5.3.2.1"),
    Verb.TLS: ("handshake", ""),
    Verb.DATA: ("data", "RFC 5321 §4.5.3.2.4"),
    Verb.CONTENT: ("content", "RFC 5321 §4.5.3.2.6"),
    Verb.BDAT: ("block", "RFC 5321 §4.5.3.2.5"),
    Verb.BDAT_LAST: ("content", "RFC 5321 §4.5.3.2.6"),
    Verb.MAIL: ("mail", "RFC 5321 §4.5.3.2.2"),
    Verb.RCPT: ("rcpt", "RFC 5321 §4.5.3.2.3"),
    Verb.QUIT: ("quit", ""),
}
"""The name of each time limit, and the clause that asks for it; all others are "command"."""

ENDS_MESSAGE = (Verb.CONTENT, Verb.BDAT_LAST)
"""What is lost after these may have been queued all the same (RFC 1047)."""

NO = (ReplyClass.TRANSIENT, ReplyClass.PERMANENT)

HOW_LOST: dict[Ending, str] = {
    Ending.FIN: "the server closed the connection instead of replying",
    Ending.RESET: "the connection was reset before a reply came",
    Ending.CUT: "the connection was cut without TLS's close_notify",
    Ending.TIMEOUT: "no reply came within the time limit",
    Ending.LOCAL: "we had closed the connection",
}


class Standing:
    """What every step reads and writes; nothing here sends anything."""

    def __init__(
        self,
        settings: SessionSettings,
        sink: Sink,
        now: Callable[[], datetime],
        network: Network,
        pause: float = 0.0,
    ) -> None:
        self.settings = settings
        self.waiting: Waiting | None = None
        self.held: Decline | None = None
        """A refusal that came out of a step, until the user agrees or goes on regardless."""
        self.connection = Connection(settings, sink, now, network)
        self.network = network
        self.time_limit = network.time_limit()
        stages = dict.fromkeys(ladder(settings), StageStatus.AHEAD)
        self.progress = Progress(stages, nonce=exchanges.fresh_nonce(), pause=pause)
        """The facts so far."""
        self.situation = Situation(settings, self.progress, None)
        self.sink = sink
        self._waits: dict[Verb, Waiting] = {}

    def change_settings(self, settings: SessionSettings) -> None:
        """Goes on with other wishes."""
        self.settings = self.situation.settings = settings
        self._waits.clear()

    def wait_for(self, verb: Verb) -> Waiting:
        """The wait for the reply to a verb, as the settings limit it."""
        known = self._waits.get(verb)
        if known is None:
            name, clause = LIMITS.get(verb, ("command", "RFC 5321 §4.5.3.2"))
            what = "the greeting" if verb is Verb.GREETING else f"the reply to {verb.value}"
            known = self._waits[verb] = Waiting(what, self.settings.limits.of(name), clause)
        return known

    def wait_for_room(self) -> Waiting:
        """The wait for the server to take a block of the message."""
        limit, clause = self.settings.limits.of("block"), "RFC 5321 §4.5.3.2.5"
        return Waiting("the server to take the message", limit, clause)

    async def poll(self, stage: Stage) -> None:
        """Picks up what the server sent, or that it left, while nobody was asking."""
        await self.catch_up(stage)

    async def catch_up(self, stage: Stage) -> None:
        """Before anything is sent: whatever lies unread was not asked for."""
        if self.connection.poll():
            await self.caught_up(stage)

    async def caught_up(self, stage: Stage) -> None:
        """Something came: what it means."""
        self.note_unasked(stage)
        if self.connection.ending is not None:
            await self.lost(stage, self.connection.ending)

    def note_unasked(self, stage: Stage) -> None:
        """A 421 that nobody asked for ends the session (RFC 5321 §3.8).

        Any other no, once the server has said 354, is to the message, should no reply come to it.
        """
        transaction = self.progress.transaction
        for reply in self.connection.take_unasked():
            if reply.code == reactions.SERVICE_CLOSING and self.progress.outcome is None:
                reason = f"The server is closing the connection, unasked: 421 {reply.first_line}"
                self.progress.outcome = Outcome(Verdict.DEFERRED, stage, reason, reply)
            elif transaction.data_accepted and reply.reply_class in NO:
                transaction.refusal = transaction.refusal or reply

    async def lost(self, stage: Stage, ending: Ending, verb: Verb | None = None) -> None:
        """The connection ended, or the reply did not come in time."""
        how = HOW_LOST[ending]
        self.progress.lost = True
        if self.progress.transaction.refusal is not None:
            self.refused_early(stage, self.progress.transaction.refusal)
        elif verb in ENDS_MESSAGE and self.progress.outcome is None:
            self.progress.outcome = deliveries.in_doubt(self.situation, stage, how)
        elif verb is not Verb.QUIT:
            self.fail(stage, f"At {stage.value}, {how}.")
        self.mark(stage, StageStatus.WARNING if verb is Verb.QUIT else StageStatus.FAILED)
        await self.hang_up()

    def refused_early(self, stage: Stage, reply: Reply) -> None:
        """The server did not wait for the end of the message, and nothing else came of it."""
        if self.progress.outcome is None:
            verdict = verdict_of(reply)
            results = self.progress.transaction.undelivered(verdict, reply)
            reason = f"The server refused the message before it had all of it: {said(reply)}"
            self.progress.outcome = Outcome(verdict, stage, reason, reply, results)
        self.mark(stage, StageStatus.FAILED)

    def fail(self, stage: Stage, reason: str) -> None:
        """Sets the outcome `failed`, unless an earlier stage has decided."""
        self.mark(stage, StageStatus.FAILED)
        if self.progress.outcome is None:
            reply = self.progress.last_reply
            results = self.progress.transaction.undelivered(Verdict.FAILED, reply)
            self.progress.outcome = Outcome(Verdict.FAILED, stage, reason, reply, results)

    async def hang_up(self) -> None:
        """Closes the connection, without QUIT."""
        self.time_limit.close()
        await self.connection.close()
        self.progress.closed = True

    def mark(self, stage: Stage, status: StageStatus) -> None:
        """Notes what became of a stage, and tells when that is new."""
        if self.progress.stages.get(stage) is status:
            return
        self.progress.stages[stage] = status
        self.sink(CHANGES[stage][status])
