"""What the console opens: a session with a target, a lesson, or the choice of one."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smtplab.lessons.model import Lesson
    from smtplab.transcript.entries import Transcript
    from smtplab.workbench.options import Options
    from smtplab.workbench.target import Target


def first() -> "Target":
    """The session that a learner begins with."""
    from smtplab.workbench.target import SCENARIO, Target

    return Target(f"{SCENARIO}honest", scenario="honest")


@dataclass(frozen=True, slots=True)
class Opening:
    """Where to, and how. Without a target the start screen asks."""

    target: "Target | None" = None
    options: "Options | None" = None
    lesson: "Lesson | None" = None
    record: "Transcript | None" = None
    """A saved session to look at, in place of a living one."""

    @property
    def wishes(self) -> "Options":
        """The options, or those of nobody."""
        # Only now: the start screen should not wait for all that a session can be asked for.
        from smtplab.workbench.options import Options

        return self.options or Options()


def of_lesson(lesson: "Lesson", options: "Options") -> Opening:
    """The session of a lesson."""
    from smtplab.workbench.target import SCENARIO, Target

    target = Target(f"{SCENARIO}{lesson.scenario}", scenario=lesson.scenario)
    return Opening(target, for_lesson(lesson, options), lesson)


def for_lesson(lesson: "Lesson", options: "Options") -> "Options":
    """The choices of a session as a lesson wants them."""
    return replace(
        options,
        base=lesson.base,
        auth=lesson.auth,
        mechanism=lesson.mechanism,
        recipients=lesson.recipients,
    )
