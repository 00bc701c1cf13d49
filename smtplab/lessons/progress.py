"""How far a learner has come: read off the record, so that every front end sees the same."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from smtplab.client.events import Ended, StageChanged
from smtplab.client.steps import StageStatus
from smtplab.lessons.model import Check, Lesson
from smtplab.protocol.events import AuthExchanged, CommandSent, ReplyReceived
from smtplab.tls.events import TlsUp
from smtplab.transcript.entries import Entry, Event

PASSED = (StageStatus.DONE, StageStatus.WARNING, StageStatus.FAILED)


def steps_done(lesson: Lesson, entries: Sequence[Entry], findings: Sequence[str] = ()) -> int:
    """How many of the steps are behind the learner. `findings` are the rules that found something.

    Each step looks only at what happened after the step before it was done. A step without a check
    is done with the step that follows it; behind the last check nothing is left to do but to read.
    """
    at = done = 0
    for number, step in enumerate(lesson.steps, 1):
        if step.check is None:
            continue
        found = _first(step.check, entries, at, findings)
        if found is None:
            return done
        at, done = found, number
    return done


def _first(
    check: Check, entries: Sequence[Entry], start: int, findings: Sequence[str]
) -> int | None:
    """The place behind the entry that fulfils the check; None while there is none."""
    if check.finding:
        return start if check.finding in findings else None
    for index in range(start, len(entries)):
        if holds(check, entries[index].event):
            return index + 1
    return None


def holds(check: Check, event: Event) -> bool:
    """Whether an event fulfils all conditions of a check."""
    given = [(name, getattr(check, name)) for name in CONDITIONS]
    return all(CONDITIONS[name](wanted, event) for name, wanted in given if wanted)


def _reply(wanted: str, event: Event) -> bool:
    if not isinstance(event, ReplyReceived) or event.reply.code is None:
        return False
    code = str(event.reply.code)
    return code[0] == wanted[0] if wanted.endswith("xx") else code == wanted


def _to(wanted: object, event: Event) -> bool:
    return isinstance(event, ReplyReceived) and event.verb is wanted


def _sent(wanted: str, event: Event) -> bool:
    if not isinstance(event, CommandSent):
        return False
    line = event.raw.decode("utf-8", "replace").strip().lower()
    return fnmatchcase(line, f"{wanted.lower()}*")


def _done(wanted: object, event: Event) -> bool:
    return isinstance(event, StageChanged) and event.stage is wanted and event.status in PASSED


def _outcome(wanted: object, event: Event) -> bool:
    return isinstance(event, Ended) and event.outcome.verdict is wanted


CONDITIONS: dict[str, Callable[..., bool]] = {
    "reply": _reply,
    "to": _to,
    "sent": _sent,
    "done": _done,
    "outcome": _outcome,
    "tls": lambda wanted, event: isinstance(event, TlsUp),
    "login": lambda wanted, event: isinstance(event, AuthExchanged),
}
"""Each condition but `finding`, which is about the whole record."""
