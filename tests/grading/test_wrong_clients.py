"""Clients that are wrong on purpose: each defect is found, and nothing else."""

import os
from pathlib import Path

import pytest

from smtplab.grading.cases import Client, choose
from smtplab.grading.grader import Grader, Progress
from smtplab.grading.playing import Pace, Stage
from smtplab.grading.template import Command

FOLDER = Path(__file__).parent / "wrong"

WRONG: list[tuple[str, str, dict[str, set[str]]]] = [
    ("once", "plain", {
        "honest": set(),
        "envelope/rcpt-550": set(),
        "data/eom-554": set(),
        "greeting/teaser": {"before-greeting", "before-reply", "expect-1"},
        "ehlo/pause-inside": {"before-reply", "expect-1"},
    }),
    ("unstuffed", "plain", {
        "honest": {"dots"},
        "data/eom-554": {"dots"},
        "envelope/rcpt-550": set(),
        "greeting/split": {"dots"},
    }),
    ("careless", "starttls", {
        "honest": set(),
        "greeting/split": set(),
        "certificates/wildcard": set(),
        "certificates/expired": {"expect-1", "expect-2"},
        "certificates/wrong-host": {"expect-1", "expect-2"},
        "data/eom-554": {"expect-1", "false-success"},
        "data/eom-451": {"expect-1", "false-success"},
        "envelope/rcpt-550": {"expect-1", "expect-2", "false-success", "content-without-354"},
    }),
]  # fmt: skip


async def breaches(name: str, base: str, scenarios: list[str]) -> dict[str, set[str]]:
    client = Client(name, Command.parse(["{python}", str(FOLDER / f"{name}.py")]))
    cases = choose(scenarios, [base])
    progress = Progress(len(cases))
    with Stage(Pace(time_scale=0.1)) as stage:
        grader = Grader(stage, client, dict(os.environ), jobs=4, more_runs=0)
        await grader.grade(cases, progress, lambda *_: None)
    return {
        case.scenario: {verdict.rule for verdict in case.breaches}
        for case in progress.results.values()
    }


@pytest.mark.parametrize(("name", "base", "expected"), WRONG, ids=[w[0] for w in WRONG])
async def test_each_defect_is_found_and_nothing_else(name, base, expected):
    assert await breaches(name, base, list(expected)) == expected
