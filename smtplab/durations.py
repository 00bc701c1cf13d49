"""Lengths of time as people write them: 500ms, 90s, 5m, 1h30m; a bare number is seconds."""

import re

LONGEST = 1e10
"""Seconds; more than any file of a scenario can write, and less than what a clock cannot hold."""

EXAMPLE = "500ms, 90s, 5m or 1h30m"

NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"

WITH_UNITS = re.compile(
    rf"(?:{NUMBER}\s*h)?\s*(?:{NUMBER}\s*m)?\s*(?:{NUMBER}\s*s)?\s*(?:{NUMBER}\s*ms)?"
)

UNITS = (3600.0, 60.0, 1.0, 0.001)
"""Seconds of each unit, in the order of the pattern."""


def seconds_of(text: str) -> float:
    """A length of time in seconds. Raises ValueError, with a message for people."""
    words = text.strip().lower()
    if re.fullmatch(NUMBER, words):
        words += "s"
    found = WITH_UNITS.fullmatch(words)
    if not words or found is None:
        raise ValueError(f"{text!r} is no length of time such as {EXAMPLE}")
    counts = (float(count) if count else 0.0 for count in found.groups())
    seconds = sum(count * unit for count, unit in zip(counts, UNITS, strict=True))
    if seconds > LONGEST:
        raise ValueError(f"{text!r} is longer than anybody waits")
    return seconds
