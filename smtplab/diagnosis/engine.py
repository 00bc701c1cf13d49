"""Runs the rules over a transcript. `RULES` is the whole list, in the order of the stages."""

from collections.abc import Callable, Iterable

from smtplab.diagnosis.findings import Finding
from smtplab.diagnosis.rules import (
    authentication,
    certificates,
    connection,
    irregular,
    message,
    starttls,
)
from smtplab.transcript.entries import Transcript

Rule = Callable[[Transcript], Iterable[Finding]]

RULES: tuple[Rule, ...] = (
    connection.no_connection,
    connection.not_smtp,
    connection.silence,
    connection.service_closing,
    connection.lost,
    starttls.missing,
    starttls.refused,
    starttls.injection,
    starttls.not_tls,
    certificates.refused,
    authentication.in_clear,
    authentication.refused,
    message.greylisted,
    message.temporary,
    message.permanent,
    message.in_doubt,
    irregular.irregular,
)


def diagnose(transcript: Transcript) -> tuple[Finding, ...]:
    """All findings, the first failing stage first."""
    found = [finding for rule in RULES for finding in rule(transcript)]
    return tuple(sorted(found, key=lambda finding: finding.evidence[:1] or (0,)))
