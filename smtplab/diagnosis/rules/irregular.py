"""A rule for each kind of irregularity: what the server did that the standards do not allow."""

from collections.abc import Callable, Iterator

from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.events import IrregularitySeen
from smtplab.protocol.irregularities import KINDS

OWN_RULE = frozenset({"injected-after-starttls"})
"""Kinds that another rule explains better."""

GRAVE: dict[str, str] = {
    "unasked-reply": "Trust no later reply of this connection: each may belong to an earlier "
    "command. Look for a proxy in between; otherwise the server counts wrongly.",
    "codes-differ": "The graver code counts. Report it to whoever runs the server.",
    "not-a-reply": "Something in between may write into the connection, or another service "
    "answers. See the raw octets in the record.",
    "unexpected-code": "Go by the first digit, and only as far as it is a yes for this command. "
    "Report it to whoever runs the server.",
    "cut-off": "The end of the reply is missing, and with it what it meant: try again.",
    "class-mismatch": "The reply code counts, not the enhanced one. Report it to whoever runs the "
    "server.",
    "odd-challenge": "Compare the mechanism with what the server's documentation says; a proxy for "
    "logins may answer here.",
    "login-without-end": "Leave: a server that does not understand the * asks until the end of "
    "time. Report it to whoever runs it.",
    "starttls-inside-tls": "Do not send STARTTLS again. The server, or the proxy that does its "
    "TLS, has a fault in its offer.",
}
"""Kinds after which the meaning of a session is uncertain, and what to do; the others are slips."""

SLIP = "This is the server's slip; report it to whoever runs it."

INFORMATIVE = frozenset({"class-mismatch", "odd-challenge", "starttls-inside-tls"})
"""Grave enough for a remedy of their own, and yet no warning."""


def _find(kind: str) -> Callable[[Evidence], Iterator[Hit]]:
    def find(evidence: Evidence) -> Iterator[Hit]:
        seen = [
            (entry.number, event.irregularity)
            for entry, event in evidence.of(IrregularitySeen)
            if event.irregularity.kind == kind
        ]
        if seen:
            first = seen[0][1]
            detail = f" ({first.detail})" if first.detail else ""
            yield Hit(f"{first.meaning}{detail}", tuple(number for number, _ in seen))

    return find


def _rule(kind: str) -> Rule:
    grave = kind in GRAVE and kind not in INFORMATIVE
    return Rule(
        kind,
        Severity.WARNING if grave else Severity.INFO,
        _as_clause(KINDS[kind].meaning),
        GRAVE.get(kind, SLIP),
        KINDS[kind].clause,
        _find(kind),
    )


def _as_clause(sentence: str) -> str:
    """A sentence as part of a table: no capital, unless the word is all capitals, no full stop."""
    first = sentence[:1] if sentence[1:2].isupper() else sentence[:1].lower()
    return first + sentence[1:].rstrip(".")


RULES: tuple[Rule, ...] = tuple(_rule(kind) for kind in KINDS if kind not in OWN_RULE)
"""One for each kind, in the order of `KINDS`."""
