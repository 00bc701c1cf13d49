"""What the console opens: a session with a target, or the choice of one."""

from dataclasses import dataclass, field

from smtplab.workbench.options import Options
from smtplab.workbench.target import SCENARIO, Target

LESSON = Target(f"{SCENARIO}honest", scenario="honest")
"""The session that a learner begins with."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where to, and how. Without a target the start screen asks."""

    target: Target | None = None
    options: Options = field(default_factory=Options)
