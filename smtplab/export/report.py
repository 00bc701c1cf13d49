"""What a report tells of a session, whatever it is written in: facts, stages, findings."""

from collections.abc import Iterator

from smtplab.client.events import StageChanged
from smtplab.client.outcome import Outcome
from smtplab.client.steps import LABELS, StageStatus
from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.findings import Finding
from smtplab.export.objects import outcome_of, timings_object
from smtplab.protocol.events import AuthExchanged, ReplyReceived
from smtplab.tls.certificates import read_certificate
from smtplab.tls.events import ChainChecked, TlsUp
from smtplab.transcript.entries import Transcript
from smtplab.transcript.escaping import escape
from smtplab.values import value
from smtplab.version import VERSION
from smtplab.wire.events import ConnectFailed, Opened


@value
class StageRow:
    """One stage: its name, what became of it, for how long, and the last reply in it."""

    label: str
    status: StageStatus
    seconds: float
    said: str


@value
class Report:
    """All texts are safe to show: what does not print is written as an escape.

    `outcome` is None when the record stops before the session's end. `facts` are pairs of a name
    and what is known.
    """

    outcome: Outcome | None
    verdict: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    stages: tuple[StageRow, ...]
    findings: tuple[Finding, ...]


def report_of(transcript: Transcript) -> Report:
    """The report of a session."""
    outcome = outcome_of(transcript)
    return Report(
        outcome,
        outcome.verdict.words if outcome else "not ended",
        escape(outcome.reason) if outcome else "The record stops before the end of the session.",
        tuple(_facts(transcript)),
        tuple(_stages(transcript)),
        diagnose(transcript),
    )


def milliseconds(seconds: float) -> str:
    """A time for people."""
    return f"{seconds * 1000:.1f} ms" if seconds < 10 else f"{seconds:.1f} s"


def _facts(transcript: Transcript) -> Iterator[tuple[str, str]]:
    yield "Target", escape(transcript.target)
    yield from _connection(transcript)
    yield from _tls(transcript)
    for _, exchanged in transcript.of(AuthExchanged):
        yield "Login", escape(exchanged.message.mechanism)
        break
    if transcript.started is not None:
        yield "Began", transcript.started.isoformat(" ", "seconds")
    yield "Took", milliseconds(timings_object(transcript)["total"])
    yield "Written by", f"smtplab {VERSION}"


def _connection(transcript: Transcript) -> Iterator[tuple[str, str]]:
    for _, failed in transcript.of(ConnectFailed):
        yield "No connection", escape(f"{failed.address or failed.host}:{failed.port}")
    for _, opened in transcript.of(Opened):
        yield "Connected to", escape(f"{opened.address}:{opened.port}")


def _tls(transcript: Transcript) -> Iterator[tuple[str, str]]:
    ups = [event for _, event in transcript.of(TlsUp)]
    checks = [event for _, event in transcript.of(ChainChecked)]
    yield "TLS", escape(f"{ups[-1].version}, {ups[-1].cipher}") if ups else "none"
    if not checks:
        return
    leaf = read_certificate(checks[-1].chain[0]) if checks[-1].chain else None
    if leaf is not None:
        yield "Certificate for", escape(", ".join(leaf.names) or leaf.subject)
        yield "Valid", f"{leaf.not_before:%Y-%m-%d} to {leaf.not_after:%Y-%m-%d}"
    for problem in checks[-1].problems:
        yield "Certificate", escape(f"{problem.severity}: {problem.text}")


def _stages(transcript: Transcript) -> Iterator[StageRow]:
    last = {event.stage: event.status for _, event in transcript.of(StageChanged)}
    said = {entry.stage: event.reply for entry, event in transcript.of(ReplyReceived)}
    seconds = timings_object(transcript)
    for stage, status in last.items():
        reply = said.get(stage.value)
        words = f"{reply.code or ''} {reply.first_line}".strip() if reply is not None else ""
        yield StageRow(LABELS[stage][0], status, seconds.get(stage.value, 0.0), escape(words))
