"""The dialogue and the findings as plain text, as `smtplab send` prints them."""

from collections.abc import Iterable, Iterator

from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.findings import Finding
from smtplab.transcript.arrows import render
from smtplab.transcript.entries import Transcript
from smtplab.transcript.escaping import escape
from smtplab.transcript.wording import word


def export(transcript: Transcript) -> bytes:
    """The whole session in UTF-8."""
    lines = [*dialogue(transcript), *summary(diagnose(transcript))]
    return "".join(line + "\n" for line in lines).encode()


def dialogue(transcript: Transcript) -> Iterator[str]:
    """What was said, a line each, with arrows."""
    for entry in transcript:
        yield from render(word(entry), encrypted=entry.encrypted, colour=False)


def summary(findings: Iterable[Finding]) -> Iterator[str]:
    """The findings, each behind an empty line."""
    for finding in findings:
        yield ""
        yield f"{finding.severity.value.upper()} {finding.rule}: {escape(finding.cause)}"
        yield f"  what to do: {escape(finding.change)}"
        yield f"  {finding.clause}; evidence: entry {', '.join(map(str, finding.evidence))}"
