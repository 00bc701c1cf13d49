"""How fast the automatic mode goes."""

from typing import NamedTuple

from smtplab.client.steps import Step
from smtplab.protocol.guide import GUIDE


class Speed(NamedTuple):
    """A pace of the automatic mode: its name, and the rest before each step in seconds.

    Without a rest it is the pace of somebody who reads what Explain says of the step.
    """

    name: str
    rest: float | None


SPEEDS: tuple[Speed, ...] = (
    Speed("reading", None),
    Speed("¼×", 2.0), Speed("½×", 1.0), Speed("1×", 0.5), Speed("4×", 0.12), Speed("max", 0.0),
)  # fmt: skip
USUAL_SPEED = 3

WORDS_A_SECOND = 3.5
"""How fast people read what is new to them."""
SHORTEST, LONGEST = 3.0, 25.0
"""Seconds of a rest at the pace of reading."""


def rest_before(step: Step, speed: Speed) -> float:
    """Seconds to rest before a step."""
    if speed.rest is not None:
        return speed.rest
    told = GUIDE.get(step.guide)
    words = len(f"{told.what} {told.expect} {told.then} {told.watch}".split()) if told else 0
    return min(LONGEST, max(SHORTEST, words / WORDS_A_SECOND))
