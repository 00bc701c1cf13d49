"""What `smtplab probe` found, as text, as Markdown and as JSON."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from smtplab.cli.output import has_colour
from smtplab.export.markdown import code, findings_section, prose
from smtplab.export.objects import finding_object
from smtplab.export.report import milliseconds
from smtplab.probing.report import Mark, PortReport, StageReport
from smtplab.protocol.extensions import Capabilities, compare
from smtplab.transcript.arrows import paint
from smtplab.transcript.escaping import escape

WIDTH = 78
LABEL = 24
"""Columns in front of the text: mark, stage, time."""

SIGNS: dict[Mark, tuple[str, str]] = {
    Mark.GOOD: ("ok", "code2"),
    Mark.NOTICE: ("note", "warning"),
    Mark.BAD: ("BAD", "error"),
    Mark.NOT_REACHED: ("-", "dim"),
}

TITLES = {"implicit": "TLS from the first octet", "starttls": "clear text, then STARTTLS"}


NO_END = "did not come to an end"


def _shown(one: PortReport) -> list[StageReport]:
    """The stages worth a line: of a port that does not answer only the attempt to connect."""
    stages = one.stages if one.answered else one.stages[:1]
    return [stage for stage in stages if stage.mark is not Mark.NOT_REACHED]


# Text.


def text_of(found: list[PortReport]) -> Iterator[str]:
    """The report for people; a port that does not answer takes one line."""
    for number, one in enumerate(found):
        if number:
            yield ""
        yield f"{escape(one.host)} port {one.port}, {TITLES[one.security]}"
        for stage in _shown(one):
            yield from _stage(stage)
        for finding in one.findings if one.answered else ():
            yield ""
            yield f"{finding.severity.value.upper()} {finding.rule}: {escape(finding.cause)}"
            yield f"  what to do: {escape(finding.change)}"
            yield f"  {finding.clause}"


def _stage(stage: StageReport) -> list[str]:
    sign, role = SIGNS[stage.mark]
    took = f"{stage.seconds * 1000:.0f} ms" if stage.seconds is not None else ""
    head = f"  {stage.stage:11} {took:>8} "
    lines = textwrap.wrap(
        escape(stage.text) or NO_END,
        WIDTH - LABEL - 4,
        break_long_words=False,
        break_on_hyphens=False,
    )
    painted = paint(f"{sign:4}", role, has_colour())
    return [f"{painted}{head}{lines[0]}", *(" " * (LABEL + 3) + line for line in lines[1:])]


# Markdown. Nothing that a server said can become markup: see `export.markdown`.


def markdown_of(target: str, found: Sequence[PortReport]) -> Iterator[str]:
    """The report to paste somewhere, line by line."""
    yield f"## What answers at {code(escape(target))}"
    for one in found:
        yield ""
        verdict = one.mark.value if one.answered else "no connection"
        yield f"### Port {one.port}, {TITLES[one.security]}: {verdict}"
        yield from _table(("stage", "verdict", "time", "seen"), _stage_rows(one))
        if one.before is not None and one.inside is not None:
            yield from _table(
                ("EHLO offers", "in the clear", "inside TLS", "change"), _changes(one)
            )
        if one.chain:
            yield from _table(("certificate", "until", "days left", "key"), _chain_rows(one))
        if one.answered and one.findings:
            yield ""
            yield from findings_section("#### Findings", one.findings, with_evidence=False)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _stage_rows(one: PortReport) -> Iterator[tuple[str, ...]]:
    for stage in _shown(one):
        took = milliseconds(stage.seconds) if stage.seconds is not None else ""
        verdict = f"**{stage.mark.value}**" if stage.mark is Mark.BAD else stage.mark.value
        yield stage.stage, verdict, took, prose(escape(stage.text) or NO_END)


def _changes(one: PortReport) -> Iterator[tuple[str, ...]]:
    for change in compare(one.before, one.inside):
        sides = [
            "no" if value is None else prose(escape(value)) or "yes"
            for value in (change.before, change.after)
        ]
        status = "" if change.status == "same" else f"**{change.status}**"
        yield prose(escape(change.keyword)), *sides, status


def _chain_rows(one: PortReport) -> Iterator[tuple[str, ...]]:
    for link in one.chain:
        held = link.certificate
        until = f"{held.not_after:%Y-%m-%d}"
        key = f"{held.key} {held.key_bits} bits"
        yield prose(escape(held.subject or ", ".join(held.names))), until, str(link.days_left), key


# The JSON object; its names are a public contract.


def as_object(one: PortReport) -> dict[str, Any]:
    """What `--json` prints about a port."""
    return {
        "host": one.host,
        "port": one.port,
        "security": one.security,
        "verdict": one.mark.value if one.answered else "no connection",
        "addresses": [
            {"address": a.address, "family": a.family, "seconds": a.seconds, "reason": a.reason}
            for a in one.addresses
        ],
        "stages": [
            {
                "stage": s.stage,
                "verdict": s.mark.value,
                "text": escape(s.text),
                "seconds": s.seconds,
            }
            for s in one.stages
        ],
        "greeting": escape(one.greeting),
        "ehlo": _offer(one.before),
        "ehlo_tls": _offer(one.inside),
        "changes": _changed(one),
        "tls": {"version": one.tls.version, "cipher": one.tls.cipher, "versions": one.versions}
        if one.tls
        else None,
        "certificates": _certificates(one),
        "problems": [
            {"code": p.code, "severity": p.severity, "text": p.text} for p in one.problems
        ],
        "findings": [finding_object(finding) for finding in one.findings],
    }


def _offer(offers: Capabilities | None) -> dict[str, Any] | None:
    if offers is None:
        return None
    return {
        "name": escape(offers.domain),
        "extensions": {escape(word): escape(value) for word, value in offers.offers.items()},
        "auth": [escape(name) for name in offers.auth_mechanisms],
        "size": offers.size_limit,
    }


def _changed(one: PortReport) -> dict[str, str]:
    if one.before is None or one.inside is None:
        return {}
    changes = compare(one.before, one.inside)
    return {escape(c.keyword): c.status for c in changes if c.status != "same"}


def _certificates(one: PortReport) -> list[dict[str, Any]]:
    return [
        {
            "subject": link.certificate.subject,
            "issuer": link.certificate.issuer,
            "names": list(link.certificate.names),
            "not_before": link.certificate.not_before.isoformat(),
            "not_after": link.certificate.not_after.isoformat(),
            "days_left": link.days_left,
            "sha256": link.certificate.sha256,
        }
        for link in one.chain
    ]
