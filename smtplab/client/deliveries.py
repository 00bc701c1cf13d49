"""What the replies to a whole message make of a transaction, and several messages of a session."""

from collections.abc import Sequence

from smtplab.client.outcome import Outcome, RecipientResult, Verdict, said, verdict_of
from smtplab.client.progress import Transaction
from smtplab.client.situation import Situation
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.replies import Reply, ReplyClass

OF_A_MESSAGE = (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.CONTENT)
"""Stages whose failure concerns one message, and not the session."""

GO_ON_AFTER = (Verdict.DELIVERED, Verdict.PARTLY_DELIVERED, Verdict.DEFERRED, Verdict.REJECTED)
"""Outcomes of a message after which the next one can be tried."""


def all_at_once(s: Situation, stage: Stage, reply: Reply) -> StageStatus:
    """SMTP: one reply decides for every recipient that was accepted."""
    verdict = _verdict(reply)
    if verdict is Verdict.IN_DOUBT:
        # Something that is no clear no came after the dot: the message may well be queued.
        s.progress.outcome = in_doubt(s, stage, f"the reply to the final dot was {said(reply)!r}")
        return StageStatus.FAILED
    transaction = s.progress.transaction
    results = _with(transaction, [reply] * len(transaction.accepted))
    s.progress.outcome = summed_up(results, stage, reply)
    return _status(s.progress.outcome)


def each(s: Situation, stage: Stage) -> StageStatus:
    """LMTP: each accepted recipient has a reply of its own, in their order (RFC 2033 §4.2)."""
    transaction = s.progress.transaction
    replies = transaction.deliveries
    if len(replies) < len(transaction.accepted):
        return StageStatus.CURRENT
    results = _with(transaction, replies, own=True)
    unhappy = [r for r in replies if r.reply_class is not ReplyClass.POSITIVE]
    by_hope = sorted(unhappy, key=lambda r: r.reply_class is not ReplyClass.TRANSIENT)
    deciding = next(iter(by_hope), replies[0])
    s.progress.outcome = summed_up(results, stage, deciding)
    return _status(s.progress.outcome)


def _verdict(reply: Reply) -> Verdict:
    if reply.reply_class is ReplyClass.POSITIVE:
        return Verdict.DELIVERED
    verdict = verdict_of(reply)
    return Verdict.IN_DOUBT if verdict is Verdict.FAILED else verdict


def _with(
    transaction: Transaction, replies: Sequence[Reply], *, own: bool = False
) -> tuple[RecipientResult, ...]:
    """The results of all recipients, where those accepted got these replies to the message.

    With `own` a yes is to this very recipient, and says more than the one to RCPT did.
    """
    to_come = iter(replies)
    results: list[RecipientResult] = []
    for result in transaction.results:
        reply = next(to_come, None) if result.verdict is Verdict.DELIVERED else None
        taken = reply is not None and _verdict(reply) is Verdict.DELIVERED
        if reply is None or (taken and not own):
            results.append(result)
        else:
            results.append(RecipientResult(result.recipient, _verdict(reply), reply))
    return tuple(results)


def summed_up(results: tuple[RecipientResult, ...], stage: Stage, reply: Reply) -> Outcome:
    """The outcome that these results come to; the reply decided it."""
    return Outcome(*_summed(results, stage, reply), reply, results)


def _summed(
    results: Sequence[RecipientResult], stage: Stage, reply: Reply
) -> tuple[Verdict, Stage, str]:
    taken = sum(r.verdict is Verdict.DELIVERED for r in results)
    if any(r.verdict is Verdict.IN_DOUBT for r in results):
        reason = f"Nobody can tell whether all of it was taken: {said(reply)}"
        return Verdict.IN_DOUBT, stage, reason
    if taken == len(results):
        reason = f"The server took responsibility for the message: {said(reply)}"
        return Verdict.DELIVERED, stage, reason
    if taken:
        reason = f"The server took the message for {taken} of {len(results)} recipients: "
        return Verdict.PARTLY_DELIVERED, stage, reason + said(reply)
    return verdict_of(reply), stage, f"The server refused the message: {said(reply)}"


def _status(outcome: Outcome) -> StageStatus:
    if outcome.verdict is Verdict.DELIVERED:
        return StageStatus.DONE
    taken = outcome.verdict is Verdict.PARTLY_DELIVERED
    return StageStatus.WARNING if taken else StageStatus.FAILED


def in_doubt(s: Situation, stage: Stage, why: str) -> Outcome:
    """The outcome when nobody can tell whether the message was taken (RFC 1047)."""
    told = _with(s.progress.transaction, s.progress.transaction.deliveries)
    open_from = len(s.progress.transaction.deliveries)
    accepted = 0
    results: list[RecipientResult] = []
    for before, after in zip(s.progress.transaction.results, told, strict=True):
        was_accepted = before.verdict is Verdict.DELIVERED
        accepted += was_accepted
        untold = was_accepted and accepted > open_from
        results.append(
            RecipientResult(after.recipient, Verdict.IN_DOUBT, after.reply) if untold else after
        )
    reason = f"The message went out to its end, and {why}: it may or may not be queued."
    return Outcome(Verdict.IN_DOUBT, stage, reason, None, tuple(results))


# Several messages.


def settle(s: Situation) -> bool:
    """Puts a decided message aside when another follows; True when it did."""
    outcome, transaction = s.progress.outcome, s.progress.transaction
    if outcome is None or not s.has_more or transaction.data_accepted or s.progress.closed:
        return False
    if outcome.stage not in OF_A_MESSAGE or outcome.verdict not in GO_ON_AFTER:
        return False
    s.progress.settled.append(outcome)
    s.progress.outcome = None
    s.progress.rset_due = transaction.sender_accepted and not transaction.deliveries
    s.progress.transaction = Transaction()
    return True


def together(outcomes: Sequence[Outcome], messages: int) -> Outcome:
    """The one outcome of a session with several messages; the first that failed gives the reason.

    `messages` is how many there were to be.
    """
    verdicts = [outcome.verdict for outcome in outcomes]
    taken = verdicts.count(Verdict.DELIVERED)
    deciding = next((o for o in outcomes if o.verdict is not Verdict.DELIVERED), outcomes[-1])
    if taken == messages:
        verdict = Verdict.DELIVERED
    elif Verdict.IN_DOUBT in verdicts:
        verdict = Verdict.IN_DOUBT
    elif taken or Verdict.PARTLY_DELIVERED in verdicts:
        verdict = Verdict.PARTLY_DELIVERED
    else:
        verdict = deciding.verdict
    reason = f"{taken} of {messages} messages were delivered. {deciding.reason}"
    results = tuple(result for outcome in outcomes for result in outcome.recipients)
    return Outcome(verdict, deciding.stage, reason, deciding.reply, results)
