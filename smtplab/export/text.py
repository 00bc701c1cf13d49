"""The dialogue and the findings as plain text, as `smtplab send` prints them."""

from collections.abc import Iterable, Iterator

from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.findings import Finding
from smtplab.protocol.events import IrregularitySeen, ReplyReceived
from smtplab.tls.events import ChainChecked
from smtplab.transcript.arrows import render
from smtplab.transcript.entries import Entry, Transcript
from smtplab.transcript.escaping import escape
from smtplab.transcript.wording import word

SHOWN = 3
"""Lines of evidence that are quoted of one finding."""


def export(transcript: Transcript) -> bytes:
    """The whole session in UTF-8."""
    lines = [*dialogue(transcript), *summary(diagnose(transcript), transcript)]
    return "".join(line + "\n" for line in lines).encode()


def dialogue(transcript: Transcript) -> Iterator[str]:
    """What was said, a line each, with arrows."""
    for entry in transcript:
        yield from _lines(entry)


def summary(findings: Iterable[Finding], transcript: Transcript) -> Iterator[str]:
    """The findings, each behind an empty line, with what they were read off."""
    for finding in findings:
        yield ""
        yield f"{finding.severity.value.upper()} {finding.rule}: {escape(finding.cause)}"
        yield f"  what to do: {escape(finding.change)}"
        yield f"  {finding.clause}"
        seen = [line for entry in _seen(finding, transcript) for line in _lines(entry)]
        for line in seen[:SHOWN]:
            yield f"  seen: {line}"
        if len(seen) > SHOWN:
            left = len(seen) - SHOWN
            yield f"  and {left} line{'s' if left > 1 else ''} more"


def _seen(finding: Finding, transcript: Transcript) -> Iterator[Entry]:
    """The entries that a finding was read off, except where they say the same as the finding."""
    for number in finding.evidence:
        entry: Entry | None = transcript[number - 1]
        if entry is not None and isinstance(entry.event, IrregularitySeen):
            before = (transcript[at] for at in range(number - 2, -1, -1))
            entry = next((one for one in before if isinstance(one.event, ReplyReceived)), None)
        if entry is not None and not isinstance(entry.event, ChainChecked):
            yield entry


def _lines(entry: Entry) -> Iterable[str]:
    return render(word(entry), encrypted=entry.encrypted, colour=False)
