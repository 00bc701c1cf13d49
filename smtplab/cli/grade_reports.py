"""What `smtplab grade` makes of its results: text, JSON, files, a baseline, and an exit code."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, has_colour, say, tell, why_not_writable
from smtplab.grading import baseline, results
from smtplab.grading.baseline import Baseline, BaselineError, Comparison
from smtplab.grading.reports import html, junit, markdown, terminal
from smtplab.grading.results import ResultsError, RunResult
from smtplab.grading.verdicts import Level

Writer = Callable[[Sequence[RunResult]], str]

FORMATS: dict[str, tuple[Writer, str]] = {
    "junit": (junit.render, "JUnit XML, for CI"),
    "markdown": (markdown.render, "a summary in Markdown"),
    "html": (html.render, "one page with everything, for a browser"),
}
"""Option -> what writes it, and what it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The reports."""
    group = parser.add_argument_group("reports")
    group.add_argument("--json", action="store_true", help="one JSON value on stdout, for scripts")
    group.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of that value, and no more"
    )
    group.add_argument("--save", type=Path, metavar="FILE", help="the same value into a file")
    for name, (_, what) in FORMATS.items():
        group.add_argument(f"--{name}", type=Path, metavar="FILE", help=what)
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="tell of all cases, not only of errors, warnings and undecided ones",
    )
    group.add_argument(
        "--baseline", type=Path, metavar="FILE",
        help="known failures: only what is new makes the exit code 1",
    )  # fmt: skip
    group.add_argument(
        "--write-baseline", type=Path, metavar="FILE", help="write what fails now as known"
    )
    group.add_argument("--strict", action="store_true", help="warnings count as well as errors")


class CannotWrite(Exception):
    """A file that was asked for cannot be made; the text names it, and says why."""


def check(arguments: argparse.Namespace) -> None:
    """Looks at the files that are needed later, so that a mistake shows before a long run.

    Raises CannotWrite, ResultsError, OSError.
    """
    if arguments.baseline is not None:
        _baseline(arguments.baseline)
    for name in (*FORMATS, "save", "write_baseline", "resume"):
        path = getattr(arguments, name)
        reason = why_not_writable(path) if path is not None else None
        if reason is not None:
            raise CannotWrite(reason)


def report(arguments: argparse.Namespace, runs: list[RunResult]) -> int:
    """Makes all that was asked for; gives the exit code. Raises ResultsError, OSError."""
    levels = counting(strict=arguments.strict)
    comparison = _comparison(arguments, runs, levels)
    if arguments.json:
        say(_json(runs).decode())
    else:
        _tell(arguments, runs, comparison)
    code = _write_files(arguments, runs, levels)
    return code or exit_code(runs, comparison, levels)


def counting(*, strict: bool) -> frozenset[Level]:
    """The levels of verdicts that make a client fail."""
    return frozenset({Level.ERROR, Level.WARNING} if strict else {Level.ERROR})


def exit_code(
    runs: Sequence[RunResult], comparison: Comparison | None, levels: frozenset[Level]
) -> int:
    """0, or 1 when something was not kept that is not known."""
    if comparison is not None:
        return exit_codes.NOT_KEPT if comparison.news else exit_codes.OK
    broken = any(baseline.breaches(run, levels) for run in runs)
    return exit_codes.NOT_KEPT if broken else exit_codes.OK


def _baseline(path: Path) -> Baseline:
    try:
        return baseline.read(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise ResultsError(f"{path} is no baseline: it is not UTF-8 text") from None
    except BaselineError as error:
        raise ResultsError(str(error)) from None


def _comparison(
    arguments: argparse.Namespace, runs: list[RunResult], levels: frozenset[Level]
) -> Comparison | None:
    if arguments.baseline is None:
        return None
    return baseline.compare(_only(runs, "a baseline"), _baseline(arguments.baseline), levels)


def _only(runs: list[RunResult], what: str) -> RunResult:
    if len(runs) != 1:
        raise ResultsError(f"{what} is of one client, and here are {len(runs)}")
    return runs[0]


def _json(runs: list[RunResult]) -> bytes:
    if len(runs) == 1:
        return results.encode(runs[0])
    return b'{"clients": [' + b", ".join(results.encode(run) for run in runs) + b"]}"


def _tell(
    arguments: argparse.Namespace, runs: list[RunResult], comparison: Comparison | None
) -> None:
    colour = has_colour()
    for run in runs:
        for case in run.cases:
            if arguments.verbose or case.level in terminal.WORTH_TELLING:
                for line in terminal.case_lines(case, colour=colour):
                    say(line)
        say("")
        for line in terminal.summary_lines(run, comparison):
            say(line)


def _write_files(
    arguments: argparse.Namespace, runs: list[RunResult], levels: frozenset[Level]
) -> int:
    wanted: list[tuple[Path, Callable[[], bytes]]] = []
    for name, (render, _) in FORMATS.items():
        if getattr(arguments, name) is not None:
            wanted.append((getattr(arguments, name), lambda r=render: r(runs).encode()))  # type: ignore[misc]
    if arguments.save is not None:
        wanted.append((arguments.save, lambda: _json(runs)))
    if arguments.write_baseline is not None:
        known = baseline.write(_only(runs, "a baseline"), levels)
        wanted.append((arguments.write_baseline, known.encode))
    for path, make in wanted:
        try:
            path.write_bytes(make())
        except OSError as error:
            complain(f"cannot write {path}: {error.strerror}")
            return exit_codes.CANNOT_CREATE
        tell(f"smtplab: wrote {path}")
    return exit_codes.OK
