"""`smtplab grade -- COMMAND ...`: one client against many scenarios, judged."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from smtplab.cli import exit_codes, grade_reports
from smtplab.cli.grade_reports import CannotWrite
from smtplab.cli.grade_request import (
    BASE_NAMES,
    Request,
    RequestError,
    check_merge,
    count_in,
    exit_codes_in,
    pattern_in,
    read_request,
    shard_in,
)
from smtplab.cli.interruption import cancel_on_sigterm
from smtplab.cli.output import complain, reason_of, say_json, tell
from smtplab.cli.session import report_bad_input
from smtplab.cli.values import limit, positive
from smtplab.grading import results
from smtplab.grading.grader import Grader, Progress
from smtplab.grading.playing import Stage
from smtplab.grading.recipes.library import UnknownRecipe
from smtplab.grading.results import CaseResult, ResultsError, RunResult
from smtplab.grading.verdicts import Level
from smtplab.scenarios.errors import ScenarioError, UnknownScenario

SAVE_EVERY = 10
"""Cases after which a run that can be resumed is written down."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which client, which cases, and what to make of it."""
    parser.usage = "%(prog)s [OPTIONS] -- COMMAND ...   |   --recipe NAME   |   --merge FILE ..."
    for add in (_add_client, _add_cases, _add_run):
        add(parser)
    grade_reports.add_arguments(parser)


def _add_client(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the client")
    group.add_argument(
        "command", metavar="COMMAND", nargs="*",
        help="its command with placeholders, such as {host} {port} {ca_file} {message_file}",
    )  # fmt: skip
    group.add_argument("--recipe", metavar="NAME", help="a well-known client, ready to grade")
    group.add_argument("--name", metavar="NAME", default="", help="how it is called in reports")
    group.add_argument(
        "--config-template", type=Path, metavar="FILE", help="what becomes {config_file}"
    )
    group.add_argument("--stdin", action="store_true", help="the message is its standard input")
    for name, default, what in (
        ("ok", frozenset({0}), "it was sent"),
        ("partial", frozenset(), "it was sent to some"),
        ("na", frozenset(), "it cannot do this"),
    ):
        group.add_argument(
            f"--{name}-exit", type=exit_codes_in, default=default, metavar="N[,N]",
            help=f"exit codes that say: {what}",
        )  # fmt: skip
    group.add_argument(
        "--ok-output", type=pattern_in, default="", metavar="REGEX",
        help="what its output has to say as well when it was sent",
    )  # fmt: skip
    group.add_argument(
        "--fail-output", type=pattern_in, default="", metavar="REGEX",
        help="what its output says when it failed, whatever the exit code",
    )  # fmt: skip
    group.add_argument(
        "--several", action="store_true", help="it reads SMTPLAB_RECIPIENTS, joined with commas"
    )
    group.add_argument(
        "--keep-home", action="store_true", help="leave it your HOME and your settings"
    )


def _add_cases(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the cases")
    group.add_argument(
        "--scenario", action="append", default=[], metavar="GLOB",
        help="ids, or files of your own; again for more (default: all)",
    )  # fmt: skip
    group.add_argument(
        "--base", action="append", default=[], choices=BASE_NAMES, metavar="BASE",
        help=f"{', '.join(BASE_NAMES)}; again for more (default: as each scenario says)",
    )  # fmt: skip
    group.add_argument(
        "--shard", type=shard_in, metavar="K/N", help="only this part of N, for many machines"
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the run")
    group.add_argument(
        "--time-limit", type=limit, default=20.0, metavar="TIME",
        help="for each case (default: 20s); a client that still waits is undecided",
    )  # fmt: skip
    group.add_argument(
        "--time-scale", type=positive, default=1.0, metavar="X", help="waits of scenarios times X"
    )
    group.add_argument(
        "--jobs", type=count_in, default=0, metavar="N", help="cases at once (default: 3 a CPU)"
    )
    group.add_argument(
        "--more-runs", type=count_in, default=2, metavar="N",
        help="how often a case that went wrong is run again (default: 2)",
    )  # fmt: skip
    group.add_argument(
        "--resume", type=Path, metavar="FILE",
        help="keep results here, and run only what is not there yet",
    )  # fmt: skip
    group.add_argument(
        "--merge", type=Path, nargs="+", metavar="FILE",
        help="run nothing: make reports of saved results; shards become one",
    )  # fmt: skip


BAD_INPUT = (
    RequestError, UnknownRecipe, UnknownScenario, ScenarioError, ResultsError, CannotWrite, OSError,
)  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Grades, and reports. Exit codes: 0 all kept, 1 something not kept."""
    if arguments.schema:
        say_json(results.schema())
        return exit_codes.OK
    try:
        grade_reports.check(arguments)
        if arguments.merge:
            check_merge(arguments)
            runs = results.merged([results.read(path) for path in arguments.merge])
            return grade_reports.report(arguments, runs)
        request = read_request(arguments)
        return _grade(arguments, request)
    except (*BAD_INPUT, ValueError) as error:
        return _report(error)


def _report(error: Exception) -> int:
    if isinstance(error, CannotWrite):
        complain(f"cannot write {error}")
        return exit_codes.CANNOT_CREATE
    if isinstance(error, ResultsError):
        complain(str(error))
        return exit_codes.BAD_DATA
    if isinstance(error, UnknownRecipe):
        complain(str(error))
        return exit_codes.NO_INPUT
    if isinstance(error, OSError):
        complain(_why(error))
        return exit_codes.NO_INPUT
    return report_bad_input(error)


def _why(error: OSError) -> str:
    name = error.filename
    if not isinstance(error, FileNotFoundError) or name is None:
        return reason_of(error)
    if name == os.path.basename(name) and os.path.exists(name):
        return f"there is no program {name} in the path; to run the file here, write ./{name}"
    return f"there is no {name}"


def _grade(arguments: argparse.Namespace, request: Request) -> int:
    progress = Progress(len(request.cases))
    _take_up(arguments.resume, request, progress)
    code = exit_codes.OK
    try:
        asyncio.run(_run(request, progress, arguments.resume))
    except (KeyboardInterrupt, asyncio.CancelledError):
        complain(f"interrupted; {progress.done} of {progress.total} cases were done")
        code = exit_codes.INTERRUPTED
    run = _result(request, progress)
    _save(arguments.resume, run)
    reported = grade_reports.report(arguments, [run])
    return code or reported


def _take_up(path: Path | None, request: Request, progress: Progress) -> None:
    """Takes what an earlier run has already found out."""
    if path is None or not path.exists():
        return
    earlier = results.read(path)
    if earlier.client != request.client.name:
        raise RequestError(f"{path} is about {earlier.client}, and not about {request.client.name}")
    wanted = {case.key for case in request.cases}
    progress.results = {case.key: case for case in earlier.cases if case.key in wanted}
    progress.done = len(progress.results)


async def _run(request: Request, progress: Progress, resume: Path | None) -> None:
    cancel_on_sigterm()
    left = [case for case in request.cases if case.key not in progress.results]
    teller = Teller()

    def told(progress: Progress, result: CaseResult) -> None:
        teller.tell(progress, result)
        if progress.done % SAVE_EVERY == 0:
            _save(resume, _result(request, progress))

    with Stage(request.pace) as stage:
        grader = Grader(
            stage,
            request.client,
            dict(os.environ),
            jobs=request.jobs,
            more_runs=request.more_runs,
        )
        await grader.grade(left, progress, told)
    teller.end()


def _result(request: Request, progress: Progress) -> RunResult:
    found = [progress.results.get(case.key) for case in request.cases]
    cases = tuple(case for case in found if case is not None)
    return RunResult(
        client=request.client.name,
        command=request.words,
        cases=cases,
        complete=len(cases) == len(request.order),
        order=request.order,
    )


def _save(path: Path | None, run: RunResult) -> None:
    if path is not None:
        path.write_bytes(results.encode(run))


class Teller:
    """Progress on stderr: one line that changes on a terminal, a line for each case elsewhere."""

    def __init__(self) -> None:
        self._errors = 0
        self._on_terminal = sys.stderr.isatty()

    def tell(self, progress: Progress, result: CaseResult) -> None:
        """A case is done."""
        self._errors += result.level is Level.ERROR
        count = f"[{progress.done}/{progress.total}]"
        line = f"{count} {result.key}: {result.level.value}; {self._errors} with errors so far"
        if self._on_terminal:
            sys.stderr.write(f"\r\x1b[K{line[:78]}")
            sys.stderr.flush()
        else:
            tell(line)

    def end(self) -> None:
        """All are done."""
        if self._on_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
