"""How long grading takes: `python -m tests.benchmarks.grading`.

Half of the catalogue, with smtplib as the client and all settings as `smtplab grade` has them. It
is held against as many clients that take 50 ms each and are run one after the other: in time on the
clock, of which a case may take eight times as much, and in processor time of the lab itself, the
clients' not counted.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from smtplab.cli.grade_request import JOBS_PER_PROCESSOR
from smtplab.grading.cases import Case, choose
from smtplab.grading.grader import Grader, Progress
from smtplab.grading.playing import Stage
from smtplab.grading.recipes import library
from tests.benchmarks.compare import Limit, Processor, children, compare, exit_code

CASES = 150
CLIENT = 0.05
"""Seconds of processor time, the start of the interpreter included."""

SPIN = f"import time\nwhile time.process_time() < {CLIENT}: pass"

CLIENTS = f"{CASES} clients of {CLIENT * 1000:g} ms, one after the other"
GRADE = f"grading a client, {CASES} cases"
THEIRS, OURS = f"processor time: {CLIENTS}", "processor time: the lab in that grading"

LIMITS = (Limit(GRADE, CLIENTS, 8.0), Limit(OURS, THEIRS, 0.8))
"""A minute for 150 cases, and 40 ms for each, had the machine nothing else to do."""


async def _grade(cases: Sequence[Case]) -> None:
    jobs = JOBS_PER_PROCESSOR * (os.cpu_count() or 1)
    with Stage() as stage:
        grader = Grader(stage, library.client("smtplib"), dict(os.environ), jobs=jobs)
        await grader.grade(cases, Progress(len(cases)), lambda *_: None)


def clients() -> None:
    """As many processes, one after the other."""
    for _ in range(CASES):
        subprocess.run([sys.executable, "-S", "-c", SPIN], check=True)


def main() -> int:
    """Runs the comparison."""
    found = choose([], [])
    cases = [found[number * len(found) // CASES] for number in range(CASES)]
    theirs = Processor(clients, children)
    ours = Processor(lambda: asyncio.run(_grade(cases)), time.process_time)
    contenders = {
        CLIENTS: theirs.clock,
        THEIRS: theirs.last,
        GRADE: ours.clock,
        OURS: ours.last,
    }
    return exit_code(compare("grade", contenders, rounds=3, warm_up=0), LIMITS)


if __name__ == "__main__":
    raise SystemExit(main())
