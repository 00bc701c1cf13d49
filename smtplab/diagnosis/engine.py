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

SECTIONS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("The connection", connection.RULES),
    ("Greeting and EHLO", hello.RULES),
    ("STARTTLS", starttls.RULES),
    ("The TLS handshake", handshake.RULES),
    ("Certificates", certificates.RULES),
    ("Logging in", authentication.RULES),
    ("Refusals", refused.RULES),
    ("Recipients and outcome", recipients.RULES),
    ("The message", content.RULES),
    ("Time", slow.RULES),
    ("Slips of the server", irregular.RULES),
)
"""The headings, and the rules below each."""

RULES: tuple[Rule, ...] = tuple(rule for _, rules in SECTIONS for rule in rules)


def diagnose(transcript: Transcript) -> tuple[Finding, ...]:
    """All findings, the first failing stage first."""
    evidence = Evidence(transcript)
    found = [finding for rule in RULES for finding in rule.findings(evidence)]
    return tuple(sorted(found, key=lambda finding: finding.evidence[:1] or (0,)))
