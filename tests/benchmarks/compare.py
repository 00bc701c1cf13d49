"""Compares the speed of things side by side: in turns, in one run, by the median.

A machine is never as fast twice, and never quiet. So no number of seconds is held to a limit, only
the ratio of two contenders that took turns (A B A B ...) in the same run. A benchmark is a module
with a `main` that prints a table and ends with `exit_code`; none is collected by pytest.
"""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Round = Callable[[], float]
"""Does the work once; gives how long it took, in seconds."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The first contender must take at most so many times as long as the second."""

    contender: str
    against: str
    at_most: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Seconds of every round by contender, in the order in which they took turns."""

    title: str
    seconds: Mapping[str, Sequence[float]]

    def median(self, contender: str) -> float:
        """The middle of a contender's rounds, in seconds."""
        return statistics.median(self.seconds[contender])

    def ratio(self, contender: str, against: str) -> float:
        """How many times as long as the other it takes.

        The middle of the ratios of neighbours in time: what slows the machine for a while slows
        both.
        """
        pairs = zip(self.seconds[contender], self.seconds[against], strict=True)
        return statistics.median(one / other for one, other in pairs)

    def broken(self, limits: Sequence[Limit]) -> list[Limit]:
        """The limits that are not held."""
        return [one for one in limits if self.ratio(one.contender, one.against) > one.at_most]

    def table(self, limits: Sequence[Limit] = ()) -> str:
        """A table of Markdown: the median, the spread, and the ratio to the first contender."""
        first = next(iter(self.seconds))
        rows = [
            f"| {self.title} | median | fastest | slowest | to the first |",
            "| --- | ---: | ---: | ---: | ---: |",
        ]
        for name, taken in self.seconds.items():
            times = (self.median(name), min(taken), max(taken))
            shown = " | ".join(duration(one) for one in times)
            rows.append(f"| {name} | {shown} | {self.ratio(name, first):.2f} |")
        return "\n".join([*rows, *(["", *self._verdicts(limits)] if limits else [])])

    def _verdicts(self, limits: Sequence[Limit]) -> list[str]:
        broken = self.broken(limits)
        return [
            f"{'BROKEN' if one in broken else 'held'}: {one.contender} takes "
            f"{self.ratio(one.contender, one.against):.2f} times as long as {one.against}; "
            f"the limit is {one.at_most:g}"
            for one in limits
        ]


def compare(
    title: str, contenders: Mapping[str, Round], *, rounds: int = 11, warm_up: int = 2
) -> Comparison:
    """Lets the contenders take turns; the first rounds, which fill caches, do not count."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(warm_up + rounds):
        for name, work in contenders.items():
            taken = work()
            if number >= warm_up:
                seconds[name].append(taken)
    return Comparison(title, seconds)


def timed(work: Callable[[], object]) -> Round:
    """A round that calls a function."""

    def once() -> float:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    return once


class Processor:
    """Processor time of the same rounds that another contender has on the clock.

    A busy machine lengthens it far less. `reads` gives seconds: `time.process_time`, or `children`.
    """

    def __init__(self, work: Callable[[], object], reads: Callable[[], float]) -> None:
        self._work = work
        self._reads = reads
        self._spent = 0.0

    def clock(self) -> float:
        """Does the work; gives the seconds on the clock."""
        begin, clock = self._reads(), time.perf_counter()
        self._work()
        self._spent = self._reads() - begin
        return time.perf_counter() - clock

    def last(self) -> float:
        """Seconds of the processor in the last of those rounds."""
        return self._spent

    def spent(self) -> float:
        """Does the work; gives the seconds of the processor."""
        self.clock()
        return self.last()


def children() -> float:
    """Seconds of the processor that processes took which this one ran to their end; Unix only."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def command(*words: str) -> Round:
    """A round that runs a program to its end; raises when the program fails.

    It may keep the bytecode of its modules, as an installed program does.
    """
    env = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return timed(lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=env))


def duration(seconds: float) -> str:
    """Seconds in a unit that keeps them readable."""
    for size, unit in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds * 1e6:.1f} µs"


def exit_code(comparison: Comparison, limits: Sequence[Limit]) -> int:
    """Prints the table; 1 when a limit is broken, so that a script notices."""
    print(comparison.table(limits))
    return 1 if comparison.broken(limits) else 0
