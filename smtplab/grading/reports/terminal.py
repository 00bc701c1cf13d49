"""Results as text for a terminal: a line for each case, what went wrong below it, and a table."""

from collections.abc import Iterator

from smtplab.grading.baseline import Comparison
from smtplab.grading.results import CaseResult, RunResult
from smtplab.grading.verdicts import WHOLE, Level, Verdict
from smtplab.transcript.escaping import escape

MARKS = {
    Level.ERROR: "ERROR",
    Level.WARNING: "warning",
    Level.UNDECIDED: "undecided",
    Level.INFO: "info",
    Level.NOT_APPLICABLE: "n/a",
    Level.PASS: "pass",
}
"""Level -> how it is called in reports."""

COLOURS = {
    Level.ERROR: "31", Level.WARNING: "33", Level.UNDECIDED: "36", Level.INFO: "36",
    Level.NOT_APPLICABLE: "2", Level.PASS: "32",
}  # fmt: skip

WORTH_TELLING = (Level.ERROR, Level.WARNING, Level.UNDECIDED)
"""Levels of cases that are told of without being asked."""

SHOWN = (Level.ERROR, Level.WARNING, Level.UNDECIDED, Level.INFO)
"""Levels whose verdicts are told one by one."""


def painted(text: str, level: Level, *, colour: bool) -> str:
    """Text in the colour of a level."""
    return f"\x1b[{COLOURS[level]}m{text}\x1b[0m" if colour else text


def case_lines(case: CaseResult, *, colour: bool = False) -> Iterator[str]:
    """A case: its level and name, then each verdict that is not a pass."""
    mark = painted(f"{MARKS[case.level]:9}", case.level, colour=colour)
    flips = f"  (so in {case.flips} runs)" if case.flips else ""
    yield f"{mark} {escape(case.key)}{flips}"
    for verdict in case.verdicts:
        if verdict.level in SHOWN:
            yield f"          {verdict_line(verdict)}"
        elif verdict.rule == WHOLE:
            yield f"          {escape(verdict.seen)}"


def verdict_line(verdict: Verdict) -> str:
    """A verdict in a line: how binding, which rule, what was seen, the clause."""
    seen = verdict.seen or verdict.requirement
    clause = f"  [{verdict.clause}]" if verdict.clause else ""
    what = verdict.requirement if verdict.rule.startswith("expect-") else ""
    between = f" ({what})" if what else ""
    return escape(
        f"{MARKS[verdict.level]}, {verdict.strength.value}: {verdict.rule}: {seen}{between}{clause}"
    )


def summary_lines(run: RunResult, comparison: Comparison | None = None) -> Iterator[str]:
    """How many cases and requirements came to each level; and what a baseline says."""
    cases, verdicts = run.summary_of_cases, run.summary
    yield f"{escape(run.client)}: {_cases(len(run.cases))}"
    yield f"  {'':10} {'cases':>6} {'requirements':>13}"
    for level in Level:
        yield f"  {MARKS[level]:10} {cases[level.value]:6} {verdicts[level.value]:13}"
    if not run.complete:
        missing = len(run.order) - len(run.cases)
        yield f"  {_cases(missing)} not run"
    if comparison is not None:
        yield from comparison_lines(comparison)


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """What is new against the baseline, and what is mended."""
    yield (
        f"  against the baseline: {len(comparison.news)} new, {len(comparison.mended)} mended,"
        f" {len(comparison.known)} known"
    )
    for place in comparison.news:
        yield f"    new     {escape(place)}"
    for place in comparison.mended:
        yield f"    mended  {escape(place)}"
