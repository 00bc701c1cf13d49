"""How a session ended: exactly one outcome, with the stage and the reply that decided it."""

from enum import Enum

from smtplab.client.steps import Stage
from smtplab.protocol.replies import Reply, ReplyClass
from smtplab.values import value


class Verdict(Enum):
    """The ways in which a session can end."""

    __hash__ = object.__hash__  # each member is there once

    DELIVERED = "delivered"
    """The server took responsibility for every recipient."""
    PARTLY_DELIVERED = "partly_delivered"
    """For some recipients."""
    DEFERRED = "deferred"
    """A 4xx reply, or no connection now: try the same again later."""
    REJECTED = "rejected"
    """A 5xx reply: the same again will not help."""
    REFUSED = "refused"
    """We declined: a bad certificate, no TLS where it is required, no AUTH over clear text."""
    IN_DOUBT = "in_doubt"
    """Lost after the final dot: the server may or may not have the message (RFC 1047)."""
    FAILED = "failed"
    """No connection, or the peer does not keep to the protocol."""
    STOPPED = "stopped"
    """The user ended it."""

    @property
    def words(self) -> str:
        """Its name as people write it: "partly delivered"."""
        return self.value.replace("_", " ")


@value
class RecipientResult:
    """What became of one recipient; `reply` is None when the server was never asked."""

    recipient: str
    verdict: Verdict
    reply: Reply | None = None


@value
class Outcome:
    """The one result of a session. `reason` is a plain sentence for people."""

    verdict: Verdict
    stage: Stage
    reason: str
    reply: Reply | None = None
    recipients: tuple[RecipientResult, ...] = ()
    intended: bool = False
    """Whether it was stopped where the user had wished from the beginning."""


def verdict_of(reply: Reply) -> Verdict:
    """The pessimistic reading of a reply that is not a yes."""
    if reply.reply_class is ReplyClass.TRANSIENT:
        return Verdict.DEFERRED
    if reply.reply_class is ReplyClass.PERMANENT:
        return Verdict.REJECTED
    return Verdict.FAILED


def said(reply: Reply) -> str:
    """A reply's code and first line, for a sentence."""
    return f"{reply.code} {reply.first_line}" if reply.code is not None else reply.first_line


def stopped_after(stage: Stage, reply: Reply | None) -> Outcome:
    """The outcome of a session that was to go no further."""
    reason = f"Stopped after {stage.value}, as you asked."
    return Outcome(Verdict.STOPPED, stage, reason, reply, intended=True)
