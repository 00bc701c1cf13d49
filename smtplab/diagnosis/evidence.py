"""A transcript as the rules look at it: sorted by kind of event once, with the usual questions."""

import heapq
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from smtplab.client.events import Ended
from smtplab.client.outcome import Outcome, Verdict
from smtplab.protocol.events import AuthExchanged, CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.extensions import Capabilities
from smtplab.protocol.replies import Reply, ReplyClass
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.wire.events import Opened

E = TypeVar("E")
T = TypeVar("T")


class Answer(NamedTuple):
    """A reply, where it stands, and the verb that it answers (None: nobody had asked)."""

    number: int
    reply: Reply
    verb: Verb | None


class Hello(NamedTuple):
    """An EHLO, HELO or LHLO that was accepted: what was offered, and whether inside TLS."""

    number: int
    verb: Verb
    offers: Capabilities
    encrypted: bool


class Evidence:
    """One record under examination. Everything is worked out when first asked for, and kept."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self._sorted: dict[type, list[tuple[Entry, Event]]] = {}
        self._kept: dict[Hashable, Any] = {}
        for entry in transcript:
            self._sorted.setdefault(type(entry.event), []).append((entry, entry.event))

    def of(self, kind: type[E]) -> Sequence[tuple[Entry, E]]:
        """The entries whose event is of that kind, each with the event at its type."""
        return cast("list[tuple[Entry, E]]", self._sorted.get(kind, []))

    def once(self, key: Hashable, compute: Callable[["Evidence"], T]) -> T:
        """What `compute` makes of this record, worked out once for all rules that want it."""
        if key not in self._kept:
            self._kept[key] = compute(self)
        return cast("T", self._kept[key])

    @property
    def answers(self) -> Sequence[Answer]:
        """All replies in order."""
        return self.once("answers", _answers)

    def answers_to(self, *verbs: Verb) -> list[Answer]:
        """The replies to these verbs, in order."""
        by_verb = self.once("answers by verb", _answers_by_verb)
        return _in_order([by_verb.get(verb, []) for verb in verbs], lambda answer: answer.number)

    @property
    def hellos(self) -> Sequence[Hello]:
        """Each accepted EHLO, HELO or LHLO."""
        return self.once("hellos", _hellos)

    @property
    def offers(self) -> Capabilities | None:
        """What counts at the end: the last accepted EHLO or HELO."""
        return self.hellos[-1].offers if self.hellos else None

    @property
    def ended(self) -> tuple[int, Outcome] | None:
        """The outcome and where it stands; None while the session runs."""
        for entry, event in self.of(Ended):
            return entry.number, event.outcome
        return None

    def ended_as(self, *verdicts: Verdict) -> tuple[int, Outcome] | None:
        """The outcome, if it is one of these."""
        ended = self.ended
        return ended if ended is not None and ended[1].verdict in verdicts else None

    @property
    def dialled(self) -> str:
        """The host as the user wrote it; empty when no connection stood."""
        return next((event.host for _, event in self.of(Opened)), "")

    @property
    def port(self) -> int:
        """The port that answered; 0 when no connection stood."""
        return next((event.port for _, event in self.of(Opened)), 0)

    @property
    def user(self) -> str:
        """Who logged in, as the AUTH exchange said it; empty when nobody did."""
        for _, event in self.of(AuthExchanged):
            for part in event.message.parts:
                if part.label == "user" and event.message.from_client:
                    return part.data.decode("utf-8", "replace")
        return ""

    def commands(self, *verbs: Verb) -> list[tuple[Entry, CommandSent]]:
        """The lines that were sent with these verbs, in order."""
        by_verb = self.once("commands by verb", _commands_by_verb)
        return _in_order([by_verb.get(verb, []) for verb in verbs], lambda sent: sent[0].number)

    @property
    def messages(self) -> Sequence[tuple[Entry, ContentSent]]:
        """Each message that went over the wire behind DATA: dot-stuffed, with its final dot."""
        return self.once("messages", _messages)


def _answers(evidence: Evidence) -> list[Answer]:
    return [
        Answer(entry.number, event.reply, event.verb) for entry, event in evidence.of(ReplyReceived)
    ]


def _messages(evidence: Evidence) -> list[tuple[Entry, ContentSent]]:
    found: list[tuple[Entry, ContentSent]] = []
    in_pieces = False
    for entry in evidence.transcript:
        event = entry.event
        if isinstance(event, CommandSent):
            in_pieces = event.verb in (Verb.BDAT, Verb.BDAT_LAST)
        elif isinstance(event, ContentSent) and not in_pieces:
            found.append((entry, event))
    return found


def _answers_by_verb(evidence: Evidence) -> dict[Verb | None, list[Answer]]:
    found: dict[Verb | None, list[Answer]] = {}
    for answer in evidence.answers:
        found.setdefault(answer.verb, []).append(answer)
    return found


def _commands_by_verb(evidence: Evidence) -> dict[Verb, list[tuple[Entry, CommandSent]]]:
    found: dict[Verb, list[tuple[Entry, CommandSent]]] = {}
    for entry, event in evidence.of(CommandSent):
        found.setdefault(event.verb, []).append((entry, event))
    return found


def _in_order(lists: list[list[T]], number: Callable[[T], int]) -> list[T]:
    """Several ordered lists as one."""
    return lists[0] if len(lists) == 1 else list(heapq.merge(*lists, key=number))


def _hellos(evidence: Evidence) -> list[Hello]:
    return [
        Hello(entry.number, event.verb, Capabilities.parse(event.reply), entry.encrypted)
        for entry, event in evidence.of(ReplyReceived)
        if event.verb in (Verb.EHLO, Verb.HELO, Verb.LHLO)
        and event.reply.reply_class is ReplyClass.POSITIVE
    ]


def is_no(reply: Reply) -> bool:
    """Whether the reply is a 4xx or 5xx."""
    return reply.reply_class in (ReplyClass.TRANSIENT, ReplyClass.PERMANENT)
