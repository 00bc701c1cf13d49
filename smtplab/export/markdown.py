"""Markdown to paste into a bug report: outcome, stages, findings, dialogue.

Nothing that a server says can become markup there: in prose its punctuation is escaped, elsewhere
it stands as code behind fences longer than any run of backticks inside.
"""

import re
from collections.abc import Iterable, Iterator

from smtplab.diagnosis.findings import Finding
from smtplab.export.report import Report, StageRow, milliseconds, report_of
from smtplab.export.text import dialogue
from smtplab.transcript.entries import Transcript
from smtplab.transcript.escaping import escape


def export(transcript: Transcript) -> bytes:
    """The report in UTF-8."""
    report = report_of(transcript)
    parts = [_head(report), _facts(report), _stages(report.stages)]
    if report.findings:
        parts.append("\n".join(findings_section("### Findings", report.findings)))
    parts += ["### Dialogue", fenced(dialogue(transcript))]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _head(report: Report) -> str:
    """What is somebody else's never stands at the beginning of a line."""
    return f"## SMTP session\n\n**{report.verdict}**: {prose(report.reason)}"


def _facts(report: Report) -> str:
    return "\n".join(f"- {name}: {code(value)}" for name, value in report.facts)


def _stages(stages: Iterable[StageRow]) -> str:
    rows = [
        f"| {row.label} | {row.status.value} | {milliseconds(row.seconds)} | {prose(row.said)} |"
        for row in stages
    ]
    head = [
        "### Stages",
        "",
        "| stage | status | time | last reply |",
        "| --- | --- | ---: | --- |",
    ]
    return "\n".join([*head, *rows]) if rows else ""


def findings_section(
    title: str, findings: Iterable[Finding], *, with_evidence: bool = True
) -> Iterator[str]:
    """Findings under a heading, line by line; the evidence are numbers of the record's entries."""
    yield title
    yield ""
    for finding in findings:
        evidence = f"; evidence: entry {', '.join(map(str, finding.evidence))}"
        yield f"- **{finding.severity.value}** {code(finding.rule)}: {prose(escape(finding.cause))}"
        yield f"  - What to do: {prose(escape(finding.change))}"
        yield f"  - {prose(finding.clause)}{evidence if with_evidence else ''}"


# Text that stays text.

SPECIAL = re.compile(r"[\\`*_\[\]<>|~&$!]")
"""Punctuation that means something inside a line of Markdown."""

CALLING = re.compile(r"[@#]|/(?=/)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where a site that shows Markdown makes a link, or calls somebody."""

BREAK = "<!-- -->"
"""Parts a word in two for the machine, and not for the eye."""


def prose(text: str) -> str:
    """Words inside a line: no markup, no link, nobody is called."""
    return CALLING.sub(lambda found: found[0] + BREAK, SPECIAL.sub(r"\\\g<0>", text))


def code(text: str) -> str:
    """Words as code, in fences that they cannot break."""
    if not text.strip():
        return ""
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def fenced(lines: Iterable[str]) -> str:
    """A code block whose fence no line of it can end (CommonMark §4.5)."""
    body = list(lines)
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in body), 0)
    return "\n".join([f"{fence}text", *body, fence])


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
