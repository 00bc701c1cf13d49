"""Grading for real: a client as a process, the lab beside it."""

import os
from pathlib import Path

import pytest

from smtplab.grading.cases import Case, Client, choose
from smtplab.grading.grader import Grader, Progress
from smtplab.grading.playing import Pace, Stage
from smtplab.grading.recipes import library
from smtplab.grading.results import CaseResult
from smtplab.grading.template import Command
from smtplab.grading.values import MissingValue
from smtplab.grading.verdicts import Level

SMTPLIB = library.client("smtplib")

CLAIMS_ONLY = "import socket,sys; socket.create_connection(('localhost', {port})).recv(99)"
"""A client that says nothing, and is content."""

SOMETIMES = """\
import pathlib, socket, sys
socket.create_connection(('localhost', {port})).recv(99)
mark = pathlib.Path(sys.argv[1])
first = not mark.exists()
mark.touch()
sys.exit(0 if first else 1)
"""


def client(*words: str) -> Client:
    return Client("test", Command.parse(["{python}", "-c", *words]))


async def grade(
    under_test: Client, cases: list[Case], jobs: int = 2, more_runs: int = 1
) -> dict[str, CaseResult]:
    progress = Progress(len(cases))
    told: list[str] = []
    with Stage(Pace(time_scale=0.01, hold=0.01)) as stage:
        grader = Grader(stage, under_test, dict(os.environ), jobs=jobs, more_runs=more_runs)
        await grader.grade(cases, progress, lambda _, result: told.append(result.key))
    assert sorted(told) == sorted(progress.results)
    assert progress.done == len(told)
    return progress.results


async def test_a_right_client_passes():
    cases = choose(["honest", "data/eom-554", "certificates/expired"], ["auth"])
    found = await grade(SMTPLIB, cases)
    assert {key: case.level for key, case in found.items()} == {
        "honest on auth": Level.PASS,
        "data/eom-554 on auth": Level.PASS,
        "certificates/expired on auth": Level.PASS,
    }
    honest = found["honest on auth"]
    assert (honest.claim, honest.exit_code, honest.delivered, honest.flips) == ("sent", 0, 1, "")
    assert any(line.text == "250 2.0.0 OK" or line.side == "server" for line in honest.transcript)


async def test_a_lie_is_found_each_time():
    (found,) = (await grade(client(CLAIMS_ONLY), choose(["honest"], ["plain"]))).values()
    assert found.level is Level.ERROR
    assert "false-success" in {verdict.rule for verdict in found.breaches}
    assert found.flips == ""


async def test_what_comes_and_goes_is_said_to(tmp_path: Path):
    cases = choose(["envelope/rcpt-550"], ["plain"])
    found = await grade(client(SOMETIMES, str(tmp_path / "mark")), cases, more_runs=2)
    (one,) = found.values()
    assert one.level is Level.ERROR
    assert one.flips == "1 of 3"


@pytest.mark.parametrize(
    ("under_test", "error"),
    [
        (Client("x", Command.parse(["no-such-program-here"])), FileNotFoundError),
        (client("{password}"), MissingValue),
    ],
)
async def test_a_client_that_cannot_be_started_ends_it(under_test, error):
    with pytest.raises(error):
        await grade(under_test, choose(["honest"], ["plain"]))
