"""Results in Markdown, for the summary of a CI job or a page of documentation."""

import re
from collections.abc import Iterator, Sequence

from smtplab.grading.reports.terminal import MARKS
from smtplab.grading.results import RunResult
from smtplab.grading.verdicts import Level
from smtplab.transcript.escaping import escape


def render(runs: Sequence[RunResult]) -> str:
    """A table of counts, the matrix of what is no pass, and each breach."""
    return "\n".join([*_counts(runs), "", *_matrix(runs), *_breaches(runs)]) + "\n"


def _counts(runs: Sequence[RunResult]) -> Iterator[str]:
    yield "| client | cases | " + " | ".join(MARKS[level] for level in Level) + " |"
    yield "| --- |" + " ---: |" * (1 + len(Level))
    for run in runs:
        counts = run.summary_of_cases
        numbers = " | ".join(str(counts[level.value]) for level in Level)
        yield f"| {quoted(run.client)} | {len(run.cases)} | {numbers} |"


def _matrix(runs: Sequence[RunResult]) -> Iterator[str]:
    levels = [{case.key: case.level for case in run.cases} for run in runs]
    keys = list(dict.fromkeys(case.key for run in runs for case in run.cases))
    shown = [k for k in keys if any(found.get(k, Level.PASS) is not Level.PASS for found in levels)]
    if not shown:
        return
    yield "| case | " + " | ".join(quoted(run.client) for run in runs) + " |"
    yield "| --- |" + " --- |" * len(runs)
    for key in shown:
        marks = [MARKS[found[key]] if key in found else "" for found in levels]
        yield f"| {quoted(key)} | " + " | ".join(marks) + " |"


def _breaches(runs: Sequence[RunResult]) -> Iterator[str]:
    for run in runs:
        cases = [case for case in run.cases if case.breaches]
        if cases:
            yield ""
            yield f"### {quoted(run.client)}"
            yield ""
        for case in cases:
            flips = f" (so in {case.flips} runs)" if case.flips else ""
            yield f"- **{quoted(case.key)}**{flips}"
            for v in case.breaches:
                clause = f" ({quoted(v.clause)})" if v.clause else ""
                asked = f" ({v.requirement})" if v.seen and v.rule.startswith("expect-") else ""
                what = quoted(f"{v.seen or v.requirement}{asked}")
                yield f"  - {MARKS[v.level]}, {v.strength.value}, {quoted(v.rule)}: {what}{clause}"


def quoted(text: str) -> str:
    """Text that means nothing to Markdown, on one line."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", escape(text))
