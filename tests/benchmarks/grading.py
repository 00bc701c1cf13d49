"""What grading adds to the client: `python -m tests.benchmarks.grading`.

The processor time that the lab spends on 20 cases, against that of as many interpreters that start
and do nothing: what a small client costs at least.
"""

import asyncio
import os
import subprocess
import sys
import time

from smtplab.grading.cases import choose
from smtplab.grading.grader import Grader, Progress
from smtplab.grading.playing import Pace, Stage
from smtplab.grading.recipes import library
from tests.benchmarks.compare import Limit, compare, exit_code

CASES = 20
CLIENTS = f"{CASES} interpreters that do nothing"
LAB = f"the lab, in {CASES} cases"

LIMITS = (Limit(LAB, CLIENTS, 2.0),)


def lab() -> float:
    """Seconds of this process for grading a client."""
    cases = choose(["honest", "data/*", "envelope/*"], ["auth"])[:CASES]
    begin = time.process_time()
    asyncio.run(_grade(cases))
    return time.process_time() - begin


async def _grade(cases: list) -> None:
    with Stage(Pace(time_limit=3.0, time_scale=0.01)) as stage:
        client = library.client("smtplib")
        grader = Grader(stage, client, dict(os.environ), jobs=6, more_runs=0)
        await grader.grade(cases, Progress(len(cases)), lambda *_: None)


def clients() -> float:
    """Seconds of as many processes that start and end."""
    before = os.times()
    for _ in range(CASES):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    after = os.times()
    spent = (after.children_user, after.children_system)
    return sum(spent) - before.children_user - before.children_system


def main() -> int:
    """Runs the comparison."""
    return exit_code(compare("grade", {CLIENTS: clients, LAB: lab}, rounds=5), LIMITS)


if __name__ == "__main__":
    raise SystemExit(main())
