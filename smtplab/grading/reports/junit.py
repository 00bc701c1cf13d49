"""Results as JUnit XML, which every CI reads: a test for each case."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from smtplab.grading.reports.terminal import verdict_line
from smtplab.grading.results import CaseResult, RunResult
from smtplab.grading.verdicts import Level

SKIPPED = (Level.NOT_APPLICABLE, Level.UNDECIDED)


def render(runs: Sequence[RunResult]) -> str:
    """One document: a suite for each client. Errors are failures, warnings stand in the output."""
    root = ET.Element("testsuites", name="smtplab")
    for run in runs:
        failed = [case for case in run.cases if case.level is Level.ERROR]
        skipped = [case for case in run.cases if case.level in SKIPPED]
        seconds = sum(case.seconds for case in run.cases)
        suite = ET.SubElement(
            root, "testsuite", name=_text(run.client), tests=str(len(run.cases)),
            failures=str(len(failed)), errors="0", skipped=str(len(skipped)), time=f"{seconds:.3f}",
        )  # fmt: skip
        for case in run.cases:
            _add_case(suite, run, case)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _add_case(suite: ET.Element, run: RunResult, case: CaseResult) -> None:
    folder = case.scenario.rpartition("/")[0].replace("/", ".")
    test = ET.SubElement(
        suite, "testcase", classname=_text(".".join(filter(None, (run.client, folder)))),
        name=_text(case.key), time=f"{case.seconds:.3f}",
    )  # fmt: skip
    errors = [verdict for verdict in case.verdicts if verdict.level is Level.ERROR]
    if errors:
        failure = ET.SubElement(test, "failure", message=_text(verdict_line(errors[0])))
        failure.text = _text("\n".join([verdict_line(v) for v in errors] + transcript(case)))
    elif case.level in SKIPPED:
        ET.SubElement(test, "skipped", message=_text(_why(case)))
    told = [verdict_line(v) for v in case.verdicts if v.level in (Level.WARNING, Level.INFO)]
    if told:
        ET.SubElement(test, "system-out").text = _text("\n".join(told))


def _why(case: CaseResult) -> str:
    return next((v.seen for v in case.verdicts if v.level is case.level), "")


def transcript(case: CaseResult) -> list[str]:
    """The transcript of a case as lines of text."""
    arrows = {"client": "C:", "server": "S:"}
    return [
        f"{line.connection} {arrows.get(line.side, '*')} {line.text}" for line in case.transcript
    ]


def _text(text: str) -> str:
    """Without the characters that XML cannot hold, however they are written."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
