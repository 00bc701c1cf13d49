"""How fast the automatic mode goes."""

from typing import NamedTuple


class Speed(NamedTuple):
    """A pace of the automatic mode: its name, and the rest before each step in seconds."""

    name: str
    rest: float


SPEEDS: tuple[Speed, ...] = (
    Speed("¼×", 2.0), Speed("½×", 1.0), Speed("1×", 0.5), Speed("4×", 0.12), Speed("max", 0.0),
)  # fmt: skip
USUAL_SPEED = 2
