"""What the runner reports: the stages it passes, decisions of the user, and the end."""

from enum import Enum

from smtplab.client.outcome import Outcome
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.replies import Reply
from smtplab.values import value


class DecisionKind(Enum):
    """How a step came to differ from the plan, or that a question was answered."""

    EDITED = "edited"
    INJECTED = "injected"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    ANSWERED = "answered"
    DELAYED = "delayed"
    RETRIED = "retried"


@value
class StageChanged:
    """A stage begins, is done, or failed; `note` says why when that is not plain."""

    stage: Stage
    status: StageStatus
    note: str = ""


CHANGES = {
    stage: {status: StageChanged(stage, status) for status in StageStatus} for stage in Stage
}
"""The events without a note, each made once: a session has many of them."""


@value
class Decision:
    """The user did something else than the plan said."""

    kind: DecisionKind
    stage: Stage
    note: str = ""


@value
class ReplyForged:
    """The user put this reply in the place of the one before it: the plan follows this one."""

    reply: Reply


@value
class Ended:
    """The session has its outcome; comes exactly once."""

    outcome: Outcome


ClientEvent = StageChanged | Decision | ReplyForged | Ended
