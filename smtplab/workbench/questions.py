"""Questions that only the user may answer; each has a safe answer, which is the default."""

from smtplab.client.progress import Decline, Override
from smtplab.values import value

ABORT = ":abort"
GO_ON = ":c"


@value
class Choice:
    """One answer: the command to type, and what it does."""

    command: str
    label: str


@value
class Question:
    """Why the session would stop here, and what can be done."""

    text: str
    default: str
    choices: tuple[Choice, ...]
    decline: Decline


GOING_ON: dict[Override, str] = {
    Override.UNVERIFIED: "connect again, without the check",
    Override.IN_CLEAR: "go on without TLS: anybody can read along",
    Override.AUTH_IN_CLEAR: "send the password in the clear",
    Override.WITHOUT_SMTPUTF8: "send it all the same, undeclared",
    Override.WITHOUT_AUTH: "go on without logging in",
}


def question_of(decline: Decline) -> Question:
    """The question that a refusal of the planner puts to the user."""
    choices = [Choice(ABORT, "stop here")]
    if decline.override is not None:
        choices.append(Choice(GO_ON, GOING_ON[decline.override]))
    return Question(decline.outcome.reason, ABORT, tuple(choices), decline)
