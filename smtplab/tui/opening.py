"""What the console opens: a session with a target, a lesson, or the choice of one."""

from dataclasses import dataclass, field, replace

from smtplab.lessons.model import Lesson
from smtplab.workbench.options import Options
from smtplab.workbench.target import SCENARIO, Target

FIRST = Target(f"{SCENARIO}honest", scenario="honest")
"""The session that a learner begins with."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where to, and how. Without a target the start screen asks."""

    target: Target | None = None
    options: Options = field(default_factory=Options)
    lesson: Lesson | None = None


def of_lesson(lesson: Lesson, options: Options) -> Opening:
    """The session of a lesson."""
    target = Target(f"{SCENARIO}{lesson.scenario}", scenario=lesson.scenario)
    return Opening(target, for_lesson(lesson, options), lesson)


def for_lesson(lesson: Lesson, options: Options) -> Options:
    """The choices of a session as a lesson wants them."""
    return replace(
        options,
        base=lesson.base,
        auth=lesson.auth,
        mechanism=lesson.mechanism,
        recipients=lesson.recipients,
    )
