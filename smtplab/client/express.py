"""Messages that go as messages usually do, one after the other, without a plan for each line.

The planner looks at the session anew before each line, which is what a laboratory is for. Whoever
sends a thousand messages through one connection does not need it for those that go smoothly: here
each of these is one straight course of lines, with the same record as if it had been done by steps.

Whatever is not the usual reply is none of this module's business. Then the protocol and the plan
are told what has happened so far in this message, and take it from there.
"""

import re
from collections.abc import Sequence

from smtplab.client import deliveries, mailing, reactions
from smtplab.client.connection import BLOCK
from smtplab.client.events import CHANGES, StageChanged
from smtplab.client.outcome import RecipientResult, Verdict
from smtplab.client.performer import Performer
from smtplab.client.progress import Decline
from smtplab.client.situation import Situation
from smtplab.client.steps import Stage, StageStatus, Step
from smtplab.protocol.client import CRLF
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.message_data import WireContent
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb
from smtplab.values import value
from smtplab.wire.events import Ending, Segment
from smtplab.wire.stream import ByteStream

_YES = 250, re.compile(rb"250 (?![45]\.\d)([\t -~]{0,506})\r\n")
_GO_ON = 354, re.compile(rb"354 (?![245]\.\d)([\t -~]{0,506})\r\n")

USUAL = {Verb.MAIL: _YES, Verb.RCPT: _YES, Verb.DATA: _GO_ON, Verb.CONTENT: _YES}
"""The one reply to each that needs no thought: a single line without anything odd about it."""


def suits(performer: Performer) -> bool:
    """Whether the session is of the usual kind, and so is the message, behind which another comes.

    Nothing of it changes while messages go by: whoever sends them has the session to himself.
    """
    s, connection = performer.situation, performer.connection
    return (
        s.settings.stop_after is s.settings.drop_after_send is None
        and not (s.chunks or s.progress.skipped or s.progress.rset_due)
        and connection.is_clear
        and connection.forged is None
        and connection.protocol.is_idle
        and not connection.protocol.lmtp
        and len(s.settings.envelope.recipients) < mailing.LARGEST_GROUP
        and _next_wire(s) is not None
    )


def _next_wire(s: Situation) -> WireContent | None:
    """The message, if it is not the last, and fits into one block."""
    wire = s.wire if s.has_more else None
    return wire if wire is not None and wire.whole and len(wire.data) <= BLOCK else None


async def run(performer: Performer) -> None:
    """Sends message after message, except the last, until something calls for a plan."""
    s, stream = performer.situation, performer.connection.stream
    assert stream is not None
    envelope, together = s.settings.envelope, mailing.pipelines(s)
    steps = [*(mailing.rcpt_to(envelope, name) for name in envelope.recipients), mailing.DATA]
    behind = [_breath(steps)] if together else [_breath([step]) for step in steps]
    names = [reactions.recipient_in(step.line) for step in steps[:-1]]
    lines: list[_Breath] = []
    size = -1
    while (wire := _next_wire(s)) is not None:
        if not wire.ascii or wire.size != size:  # else MAIL says what it said the last time
            mail = mailing.mail_alone(s)
            if isinstance(mail, Decline):
                return
            first = _breath([mail])
            lines = [first.with_(behind[0])] if together else [first, *behind]
            size = wire.size if wire.ascii else -1
        content = _Breath((CONTENT,), (ContentSent(wire.data),), CONTENT_DONE, wire.data)
        replies = await _Course(performer, stream).message([*lines, content])
        if replies is None:
            return
        _settle(s, names, replies)


def _settle(s: Situation, names: Sequence[str], replies: Sequence[Reply]) -> None:
    """The message was taken for everybody: what `deliveries.settle` comes to then."""
    results = tuple(
        RecipientResult(name, Verdict.DELIVERED, reply)
        for name, reply in zip(names, replies[1:], strict=False)
    )
    s.progress.settled.append(deliveries.summed_up(results, Stage.CONTENT, replies[-1]))
    s.progress.last_reply = replies[-1]


CONTENT = Step(Stage.CONTENT, Verb.CONTENT)

IN_ORDER = (StageStatus.CURRENT, StageStatus.DONE)
"""What becomes of a stage."""

CONTENT_DONE = tuple(CHANGES[Stage.CONTENT][status] for status in IN_ORDER)


@value
class _Breath:
    """What goes out at once: the steps that it is made of, and the octets.

    `told` is what the record gets when they go, `stages` what becomes of the stages as the usual
    replies are read.
    """

    steps: tuple[Step, ...]
    told: tuple[CommandSent | ContentSent, ...]
    stages: tuple[StageChanged, ...]
    octets: bytes

    def with_(self, other: "_Breath") -> "_Breath":
        """Both in one."""
        steps, told = self.steps + other.steps, self.told + other.told
        return _Breath(steps, told, self.stages + other.stages, self.octets + other.octets)


def _breath(steps: Sequence[Step]) -> _Breath:
    lines = [step.line + CRLF for step in steps]
    told = [CommandSent(_verb(step), line) for step, line in zip(steps, lines, strict=True)]
    stages = [CHANGES[step.stage][status] for step in steps for status in IN_ORDER]
    return _Breath(tuple(steps), tuple(told), tuple(stages), b"".join(lines))


def _verb(step: Step) -> Verb:
    assert step.verb is not None
    return step.verb


class _Course:
    """One message on its way."""

    def __init__(self, performer: Performer, stream: ByteStream) -> None:
        self._performer = performer
        self._stream = stream
        self._done: list[Step] = []
        """The lines of this message that are answered; protocol and plan know nothing of them."""
        self._replies: list[Reply] = []
        """The usual reply to each."""

    async def message(self, breaths: Sequence[_Breath]) -> list[Reply] | None:
        """The replies if it was taken in the usual way; if not, the plan has been told all."""
        for breath in breaths:
            unread = self._stream.receive_nowait()
            if unread or self._stream.ending is not None:
                await self._interrupted(breath, unread)
                return None
            data = await self._exchange(breath)
            if data is None:
                return None
            if not self._take(breath, data):
                await self._leave_to_the_plan(breath, data)
                return None
        return self._replies

    async def _exchange(self, breath: _Breath) -> bytes | None:
        """What came after these octets had gone out; None when the time was over."""
        performer, first = self._performer, breath.steps[0]
        sink = performer.sink
        performer.mark(first.stage, StageStatus.CURRENT)
        for event in breath.told:
            sink(event)
        sink(Segment(True, len(breath.octets)))
        performer.waiting = waiting = performer.wait_for(_verb(first))
        try:
            with performer.time_limit.within(waiting.limit):
                await self._stream.send(breath.octets)
                return await self._stream.receive()
        except TimeoutError:
            self._tell_the_plan(breath.steps)
            await performer.lost(first.stage, Ending.TIMEOUT, first.verb)
            return None
        finally:
            performer.waiting = None

    def _take(self, breath: _Breath, data: bytes) -> bool:
        """Whether that is the usual reply to each line, and nothing besides; then it is noted."""
        replies = _usual(breath.steps, data)
        if replies is None:
            return False
        sink, stages = self._performer.sink, self._performer.progress.stages
        sink(Segment(False, len(data)))
        for step, reply in zip(breath.steps, replies, strict=True):
            sink(ReplyReceived(reply, step.verb))
            stages[step.stage] = StageStatus.DONE
        for change in breath.stages[1:]:  # the first stage has been current since the lines went
            sink(change)
        self._done += breath.steps
        self._replies += replies
        return True

    # Whatever is not usual.

    async def _interrupted(self, breath: _Breath, unread: bytes) -> None:
        """Something came before these lines went out: nobody had asked for it."""
        self._tell_the_plan(())
        if unread:
            self._performer.connection.take(unread)
        await self._performer.caught_up(breath.steps[0].stage)

    async def _leave_to_the_plan(self, breath: _Breath, data: bytes) -> None:
        self._tell_the_plan(breath.steps)
        if data:
            self._performer.connection.take(data)
        await self._performer.answers(breath.steps)

    def _tell_the_plan(self, unanswered: Sequence[Step]) -> None:
        """Brings protocol and plan to where they would be if all had been done by steps."""
        s, protocol = self._performer.situation, self._performer.connection.protocol
        for step, reply in zip(self._done, self._replies, strict=True):
            protocol.send_command(step.line, verb=step.verb)
            protocol.receive_data(reply.raw)
            reactions.react(s, _verb(step), step.line, reply, stage=step.stage)
        for step in unanswered:
            if step is CONTENT:
                protocol.send_content(s.wire.data, whole=True)
            else:
                protocol.send_command(step.line, verb=step.verb)
        protocol.events_received()  # all of this is in the record, and has gone out
        protocol.data_to_send()


def _usual(steps: Sequence[Step], data: bytes) -> list[Reply] | None:
    """The replies to these steps, if that is what came, and all that came."""
    replies: list[Reply] = []
    at = 0
    for step in steps:
        code, pattern = USUAL[_verb(step)]
        match = pattern.match(data, at)
        if match is None:
            return None
        at = match.end()
        replies.append(Reply(code, (match[1],), match[0]))
    return replies if at == len(data) else None
