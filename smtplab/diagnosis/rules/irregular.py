"""One rule for all irregularities: each kind once, with the entries that show it."""

from collections.abc import Iterator

from smtplab.diagnosis.findings import Finding, Severity
from smtplab.protocol.events import IrregularitySeen
from smtplab.protocol.irregularities import Irregularity
from smtplab.transcript.entries import Transcript

OWN_RULE = frozenset({"injected-after-starttls"})
"""Kinds that another rule explains better."""

GRAVE = frozenset({"unasked-reply", "codes-differ", "not-a-reply", "unexpected-code", "cut-off"})
"""Kinds after which the meaning of a session is uncertain; the others are slips."""


def irregular(transcript: Transcript) -> Iterator[Finding]:
    """What the server did that the standards do not allow."""
    seen: dict[str, list[int]] = {}
    first: dict[str, Irregularity] = {}
    for entry, event in transcript.of(IrregularitySeen):
        kind = event.irregularity.kind
        seen.setdefault(kind, []).append(entry.number)
        first.setdefault(kind, event.irregularity)
    for kind, evidence in seen.items():
        if kind in OWN_RULE:
            continue
        irregularity = first[kind]
        detail = f" ({irregularity.detail})" if irregularity.detail else ""
        yield Finding(
            kind,
            Severity.WARNING if kind in GRAVE else Severity.INFO,
            f"{irregularity.meaning}{detail}",
            "This is the server's slip; report it to whoever runs it.",
            irregularity.clause,
            tuple(evidence),
        )
