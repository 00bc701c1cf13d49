"""Rules on the server's certificates: each problem of the chain, and what to do about it."""

from collections.abc import Iterator

from smtplab.diagnosis.findings import Finding, Severity
from smtplab.tls.events import ChainChecked
from smtplab.transcript.entries import Transcript

RULE_OF: dict[str, tuple[str, str]] = {
    "expired": (
        "certificate-expired",
        "The server's owner has to renew the certificate, or to reload the server after renewal.",
    ),
    "not-yet-valid": (
        "certificate-not-yet-valid",
        "Check the clock of this machine; otherwise the certificate was made with a wrong date.",
    ),
    "name-mismatch": (
        "certificate-name-mismatch",
        "Dial a name that stands in the certificate, or have it issued again with this name.",
    ),
    "self-signed": (
        "certificate-untrusted",
        "Have it signed by an authority that clients trust, or give this one with --ca-file if you "
        "know that it is the right one.",
    ),
    "untrusted-root": (
        "certificate-untrusted",
        "Use a certificate of a known authority, or trust this one with --ca-file.",
    ),
    "unknown-issuer": (
        "certificate-untrusted",
        "The server may have forgotten to send the intermediate certificate; or trust its "
        "authority with --ca-file.",
    ),
}
"""Problem of the chain -> rule and remedy."""

OTHER = "The server's owner has to have the certificate issued again without this fault."


def refused(transcript: Transcript) -> Iterator[Finding]:
    """Each problem of the chain, once a rule."""
    for entry, event in transcript.of(ChainChecked):
        seen: set[str] = set()
        for problem in event.problems:
            rule, change = RULE_OF.get(problem.code, (f"certificate-{problem.code}", OTHER))
            if rule in seen:
                continue
            seen.add(rule)
            severity = Severity.ERROR if problem.severity == "error" else Severity.WARNING
            yield Finding(rule, severity, problem.text, change, "RFC 9525 §6", (entry.number,))
