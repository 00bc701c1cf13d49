"""Verdicts: how a client did at one requirement, and how grave that is."""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct


class Level(Enum):
    """How a requirement came out, the gravest first. There is no score that mixes them."""

    ERROR = "error"
    """Loss, lie, leak, corruption or hang."""
    WARNING = "warning"
    """It works today, and will not everywhere."""
    UNDECIDED = "undecided"
    """The client was still waiting, as it may, when its time was over."""
    INFO = "info"
    """Worth knowing; nobody is worse off."""
    NOT_APPLICABLE = "not_applicable"
    """The run shows nothing about it: the client never came there."""
    PASS = "pass"  # noqa: S105  # not a password


class Strength(Enum):
    """How binding a requirement is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


OF_LEVEL = {
    "error": (Strength.MUST, Level.ERROR),
    "warning": (Strength.SHOULD, Level.WARNING),
    "info": (Strength.MAY, Level.INFO),
}
"""The word of a scenario file -> how binding it is, and how grave a breach."""


WHOLE = "scenario"
"""What stands in the place of a rule when a scenario shows nothing as a whole."""


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One requirement, judged in one case."""

    rule: str
    """The id of a generic rule, or `expect-1` for the first expectation of the scenario."""
    level: Level
    strength: Strength
    requirement: str
    """What a correct client does, in a sentence."""
    clause: str = ""
    seen: str = ""
    """What this client did; empty when there is nothing to tell."""
    connection: int = 0
    """Where it was seen: connections count from 1, 0 is the case as a whole."""

    @property
    def is_breach(self) -> bool:
        """Whether the requirement was not kept."""
        return self.level in (Level.ERROR, Level.WARNING)


def worst(levels: Iterable[Level]) -> Level:
    """The gravest of some levels; a pass when there are none."""
    order = list(Level)
    return min(levels, key=order.index, default=Level.PASS)


def counted(levels: Iterable[Level]) -> dict[str, int]:
    """How many there are of each level, all levels named."""
    found = {level.value: 0 for level in Level}
    for level in levels:
        found[level.value] += 1
    return found
