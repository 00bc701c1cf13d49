"""Trying again later: what is worth another attempt, for whom, and what all attempts came to.

A 4xx reply, and a connection that was lost before the end of the message, may go better next time
(RFC 5321 §4.5.4.1). A 5xx reply never will, and a message that is in doubt would come twice.
"""

from smtplab.client.outcome import Outcome, RecipientResult, Verdict
from smtplab.client.settings import SessionSettings
from smtplab.client.steps import Stage
from smtplab.values import replace

SETTLED = (Verdict.DELIVERED, Verdict.REJECTED, Verdict.IN_DOUBT)
"""Recipients that no other attempt can help."""


def still_open(settings: SessionSettings, outcome: Outcome, *, lost: bool) -> tuple[str, ...]:
    """The recipients for whom another attempt is worth it; none when there are no such."""
    hopeful = (
        outcome.verdict is Verdict.DEFERRED
        or (outcome.verdict is Verdict.FAILED and lost)
        or outcome.verdict is Verdict.PARTLY_DELIVERED
    )
    if not hopeful:
        return ()
    settled = {r.recipient for r in outcome.recipients if r.verdict in SETTLED}
    return tuple(r for r in settings.envelope.recipients if r not in settled)


def goes_elsewhere(settings: SessionSettings, outcome: Outcome, *, lost: bool) -> bool:
    """Whether another host is worth it: this one is not there, or wants nobody for now."""
    absent = lost and outcome.stage is Stage.CONNECT
    busy = outcome.verdict is Verdict.DEFERRED and outcome.stage is Stage.GREETING
    return bool(settings.alternatives) and (absent or busy)


def for_these(settings: SessionSettings, recipients: tuple[str, ...]) -> SessionSettings:
    """The same session for fewer recipients."""
    return replace(settings, envelope=replace(settings.envelope, recipients=recipients))


def settled_of(outcome: Outcome) -> tuple[RecipientResult, ...]:
    """The results that another attempt will not change."""
    return tuple(r for r in outcome.recipients if r.verdict in SETTLED)


def over_all(
    former: tuple[RecipientResult, ...], settings: SessionSettings, last: Outcome
) -> Outcome:
    """The outcome of all attempts: what former ones settled, and what the last one came to."""
    if not former:
        return last
    told = {r.recipient: r for r in last.recipients}
    rest = tuple(
        told.get(name, RecipientResult(name, last.verdict, last.reply))
        for name in settings.envelope.recipients
    )
    results = former + rest
    verdicts = {r.verdict for r in results}
    if verdicts == {Verdict.DELIVERED}:
        verdict = Verdict.DELIVERED
    elif Verdict.IN_DOUBT in verdicts:
        verdict = Verdict.IN_DOUBT
    else:
        taken = Verdict.DELIVERED in verdicts
        verdict = Verdict.PARTLY_DELIVERED if taken else last.verdict
    return replace(last, verdict=verdict, recipients=results)
