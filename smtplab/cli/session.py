"""One automatic session on the command line: as text while it runs, or as one JSON object."""

from pathlib import Path
from typing import Any

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, has_colour, say, say_json
from smtplab.client.outcome import Outcome
from smtplab.diagnosis.findings import Finding
from smtplab.protocol.replies import Reply
from smtplab.scenarios.library import UnknownScenario
from smtplab.scenarios.reader import ScenarioError
from smtplab.tls.certificates import read_certificate
from smtplab.tls.events import ChainChecked
from smtplab.transcript import files
from smtplab.transcript.arrows import render
from smtplab.transcript.entries import Entry, Transcript
from smtplab.transcript.wording import escape, word
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options, OptionsError
from smtplab.workbench.questions import Question
from smtplab.workbench.target import Target, TargetError

BAD_REQUEST = (TargetError, OptionsError, OSError, UnicodeError)
"""What reading a target and the options of a session raises; `report_bad_input` tells of each."""


async def run_session(
    target: Target, options: Options, *, as_json: bool, record: str | None
) -> int:
    """Runs a session to its end; the exit code tells the outcome."""
    bench = Workbench(target, options, on_entry=None if as_json else _narrate)
    try:
        await bench.open()
    except (OptionsError, UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    try:
        await _to_the_end(bench)
    finally:
        await bench.close()
    outcome = bench.outcome
    assert outcome is not None
    if as_json:
        say_json(as_object(bench, outcome))
    else:
        _summarise(bench.findings())
    return save_record(bench.transcript, record) or exit_codes.of_outcome(outcome)


def report_bad_input(error: Exception) -> int:
    """One clear line, or one a problem, and the exit code that fits."""
    for line in str(error).splitlines():
        complain(line)
    if isinstance(error, UnknownScenario | OSError | UnicodeError):
        return exit_codes.NO_INPUT
    return exit_codes.BAD_DATA if isinstance(error, ScenarioError) else exit_codes.USAGE


async def _to_the_end(bench: Workbench) -> None:
    """Automatic, without a person: nothing stops it, and questions get the safe answer."""
    while bench.planned is not None:
        if isinstance(bench.planned, Question):
            await bench.answer(bench.planned.default)
        else:
            await bench.step()


def _narrate(entry: Entry) -> None:
    for line in render(word(entry), encrypted=entry.encrypted, colour=has_colour()):
        say(line)


def _summarise(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        say("")
        say(f"{finding.severity.value.upper()} {finding.rule}: {escape(finding.cause)}")
        say(f"  what to do: {escape(finding.change)}")
        say(f"  {finding.clause}; evidence: entry {', '.join(map(str, finding.evidence))}")


def save_record(transcript: Transcript, record: str | None) -> int:
    """Saves a transcript where the user wants it; the exit code."""
    if record is None:
        return exit_codes.OK
    try:
        files.save(transcript, Path(record))
    except OSError as error:
        complain(f"cannot save the record: {error}")
        return exit_codes.CANNOT_CREATE
    return exit_codes.OK


# The JSON object; its names are a public contract.


def as_object(bench: Workbench, outcome: Outcome) -> dict[str, Any]:
    """What `--json` prints about a session."""
    return {
        "outcome": outcome.verdict.value,
        "stage": outcome.stage.value,
        "reason": outcome.reason,
        "reply": reply_object(outcome.reply),
        "recipients": [
            {
                "recipient": result.recipient,
                "outcome": result.verdict.value,
                "reply": reply_object(result.reply),
            }
            for result in outcome.recipients
        ],
        "findings": [finding_object(finding) for finding in bench.findings()],
        "tls": tls_object(bench),
        "timings": timings_object(bench),
    }


def reply_object(reply: Reply | None) -> dict[str, Any] | None:
    """A reply: code, enhanced status code, text."""
    if reply is None:
        return None
    enhanced = str(reply.enhanced) if reply.enhanced is not None else None
    return {"code": reply.code, "enhanced": enhanced, "text": reply.text}


def finding_object(finding: Finding) -> dict[str, Any]:
    """A finding under its public names."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "cause": finding.cause,
        "change": finding.change,
        "clause": finding.clause,
        "evidence": list(finding.evidence),
    }


def tls_object(bench: Workbench) -> dict[str, Any] | None:
    """The facts of TLS; None when there was no handshake that got as far as a certificate."""
    checks = [event for _, event in bench.transcript.of(ChainChecked)]
    up = bench.tls
    if up is None and not checks:
        return None
    chain = [read_certificate(der) for der in checks[-1].chain] if checks else []
    return {
        "version": up.version if up else None,
        "cipher": up.cipher if up else None,
        "server_name": checks[-1].name if checks else None,
        "certificates": [
            {
                "subject": c.subject,
                "issuer": c.issuer,
                "names": list(c.names),
                "not_before": c.not_before.isoformat(),
                "not_after": c.not_after.isoformat(),
                "sha256": c.sha256,
            }
            for c in chain
            if c is not None
        ],
        "problems": [
            {"code": p.code, "severity": p.severity, "text": p.text}
            for p in (checks[-1].problems if checks else ())
        ],
    }


def timings_object(bench: Workbench) -> dict[str, float]:
    """Seconds spent at each stage, and in all."""
    spent: dict[str, float] = {}
    before = 0
    for entry in bench.transcript:
        spent[entry.stage] = spent.get(entry.stage, 0.0) + (entry.nanoseconds - before) / 1e9
        before = entry.nanoseconds
    return {**{stage: round(s, 6) for stage, s in spent.items()}, "total": round(before / 1e9, 6)}
