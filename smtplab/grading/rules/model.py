"""What a rule is: a requirement, how binding it is, and a function that judges a played case."""

from collections.abc import Callable
from dataclasses import dataclass

from smtplab.grading.playing import Played
from smtplab.grading.verdicts import Level, Strength, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a rule came out: kept, broken, or not to be told. `level` None is the rule's own."""

    kept: bool
    seen: str = ""
    connection: int = 0
    level: Level | None = None


KEPT = Judgement(kept=True)


def broken(seen: str, connection: int = 0, level: Level | None = None) -> Judgement:
    """The requirement was not kept; `level` when this breach is of another gravity."""
    return Judgement(kept=False, seen=seen, connection=connection, level=level)


def undecided(seen: str) -> Judgement:
    """It cannot be told, since the client was still waiting, as it may."""
    return Judgement(kept=False, seen=seen, level=Level.UNDECIDED)


Judge = Callable[[Played], Judgement | None]
"""Judges a case; None when there is nothing in it that the rule is about."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement that every run is held to."""

    id: str
    requirement: str
    clause: str
    strength: Strength
    level: Level
    """How grave a breach is: what it does to people, which the standard's word does not tell."""
    judge: Judge

    def verdict(self, played: Played) -> Verdict | None:
        """The verdict on a case; None when it is about nothing of it."""
        found = self.judge(played)
        if found is None:
            return None
        return Verdict(
            rule=self.id,
            level=Level.PASS if found.kept else found.level or self.level,
            strength=self.strength,
            requirement=self.requirement,
            clause=self.clause,
            seen=found.seen,
            connection=found.connection,
        )
