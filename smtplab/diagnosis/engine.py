"""Runs the rules over a transcript. `RULES` is the whole list, in the order of the stages."""

from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Finding, Rule
from smtplab.diagnosis.rules import (
    authentication,
    certificates,
    connection,
    content,
    handshake,
    hello,
    irregular,
    recipients,
    refused,
    slow,
    starttls,
)
from smtplab.transcript.entries import Transcript

RULES: tuple[Rule, ...] = (
    *connection.RULES,
    *hello.RULES,
    *starttls.RULES,
    *handshake.RULES,
    *certificates.RULES,
    *authentication.RULES,
    *refused.RULES,
    *recipients.RULES,
    *content.RULES,
    *slow.RULES,
    *irregular.RULES,
)


def diagnose(transcript: Transcript) -> tuple[Finding, ...]:
    """All findings, the first failing stage first."""
    evidence = Evidence(transcript)
    found = [finding for rule in RULES for finding in rule.findings(evidence)]
    return tuple(sorted(found, key=lambda finding: finding.evidence[:1] or (0,)))
