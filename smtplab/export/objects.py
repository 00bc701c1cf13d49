"""The facts of a session under the names that scripts rely on; docs/command-line.md lists them."""

from typing import Any

from smtplab.client.events import Ended
from smtplab.client.outcome import Outcome
from smtplab.diagnosis.findings import Finding
from smtplab.protocol.replies import Reply
from smtplab.tls.certificates import read_certificate
from smtplab.tls.events import ChainChecked, TlsUp
from smtplab.transcript.entries import Transcript


def outcome_of(transcript: Transcript) -> Outcome | None:
    """How the session ended; None when the record stops before its end."""
    return next((event.outcome for _, event in transcript.of(Ended)), None)


def session_object(transcript: Transcript, findings: tuple[Finding, ...]) -> dict[str, Any]:
    """What `send --json` prints about a session; without an end its outcome is null."""
    outcome = outcome_of(transcript)
    return {
        "outcome": outcome.verdict.value if outcome else None,
        "stage": outcome.stage.value if outcome else last_stage(transcript),
        "reason": outcome.reason if outcome else None,
        "reply": reply_object(outcome.reply) if outcome else None,
        "recipients": [
            {
                "recipient": result.recipient,
                "outcome": result.verdict.value,
                "reply": reply_object(result.reply),
            }
            for result in (outcome.recipients if outcome else ())
        ],
        "findings": [finding_object(finding) for finding in findings],
        "tls": tls_object(transcript),
        "timings": timings_object(transcript),
    }


def last_stage(transcript: Transcript) -> str | None:
    """The stage that the record stops at."""
    return transcript[-1].stage if len(transcript) else None


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


def tls_object(transcript: Transcript) -> dict[str, Any] | None:
    """The facts of TLS; None when there was no handshake that got as far as a certificate."""
    checks = [event for _, event in transcript.of(ChainChecked)]
    ups = [event for _, event in transcript.of(TlsUp)]
    if not ups and not checks:
        return None
    chain = [read_certificate(der) for der in checks[-1].chain] if checks else []
    return {
        "version": ups[-1].version if ups else None,
        "cipher": ups[-1].cipher if ups else None,
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


def timings_object(transcript: Transcript) -> dict[str, float]:
    """Seconds spent at each stage, and in all."""
    spent: dict[str, float] = {}
    before = 0
    for entry in transcript:
        spent[entry.stage] = spent.get(entry.stage, 0.0) + (entry.nanoseconds - before) / 1e9
        before = entry.nanoseconds
    return {**{stage: round(s, 6) for stage, s in spent.items()}, "total": round(before / 1e9, 6)}
