"""From the record of a look to a report: nothing here touches the network."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from smtplab.client.events import Ended, StageChanged
from smtplab.client.outcome import Outcome
from smtplab.client.steps import Stage, StageStatus
from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.evidence import Evidence, Hello
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.probing.report import (
    AddressReport,
    InjectionReport,
    LinkReport,
    Mark,
    PortReport,
    StageReport,
)
from smtplab.protocol.events import ReplyReceived
from smtplab.protocol.extensions import Capabilities, compare
from smtplab.protocol.replies import Reply, ReplyClass
from smtplab.protocol.verbs import Verb
from smtplab.tls.certificates import read_certificate
from smtplab.tls.events import ChainChecked, TlsUp
from smtplab.transcript.entries import Transcript
from smtplab.wire.events import ConnectFailed, Opened
from smtplab.workbench.target import RELAY_PORT

SOON = 21
"""Days before a certificate expires from which on that is worth a word."""

OUT_OF_USE = ("1.0", "1.1")
"""Versions of TLS that nobody should take any more (RFC 8996)."""

EXPECTED_HERE = frozenset({"certificate-not-checked", "auth-after-tls-only"})
"""Findings that come of how we look, and not of the server."""

STRANGER = "not-smtp"
"""The rule that another service answers here: what it says further on is no SMTP either."""

MOST_NAMES = 4

MOST_SAID = 400
"""Characters of a line of the report."""


class Seen(NamedTuple):
    """Everything that the rows below read."""

    evidence: Evidence
    port: int
    versions: dict[str, bool]
    findings: tuple[Finding, ...]
    addresses: tuple[AddressReport, ...]
    chain: tuple[LinkReport, ...]
    outcome: Outcome
    injection: InjectionReport | None

    @property
    def before(self) -> Hello | None:
        """The EHLO in the clear."""
        return next((h for h in self.evidence.hellos if not h.encrypted), None)

    @property
    def inside(self) -> Hello | None:
        """The EHLO inside TLS."""
        return next((h for h in self.evidence.hellos if h.encrypted), None)

    @property
    def tls(self) -> TlsUp | None:
        """The handshake, if it was done."""
        return next((event for _, event in self.evidence.of(TlsUp)), None)

    @property
    def offers(self) -> Capabilities | None:
        """What counts in the end."""
        last = self.inside or self.before
        return last.offers if last is not None else None


def read(
    transcript: Transcript,
    now: datetime,
    *,
    host: str,
    port: int,
    security: str,
    more: Sequence[AddressReport] = (),
    versions: Mapping[str, bool] | None = None,
    injection: InjectionReport | None = None,
) -> PortReport:
    """The report on one port.

    `more` are addresses that were tried besides, `versions` the versions of TLS; `injection` is
    what became of a command in front of it.
    """
    evidence = Evidence(transcript)
    found = tuple(f for f in diagnose(transcript) if f.rule not in EXPECTED_HERE)
    if any(f.rule == STRANGER for f in found):
        found = tuple(f for f in found if f.severity is Severity.ERROR)
    if injection is not None and injection.finding is not None:
        found = (*found, injection.finding)
    checked = [event for _, event in evidence.of(ChainChecked)]
    seen = Seen(
        evidence,
        port,
        dict(versions or {}),
        found,
        (*_addresses(evidence), *more),
        tuple(_chain(checked[0], now)) if checked else (),
        next(event.outcome for _, event in evidence.of(Ended)),
        injection,
    )
    greetings = evidence.answers_to(Verb.GREETING)
    return PortReport(
        host,
        port,
        security,
        seen.addresses,
        tuple(_stages(seen)),
        greetings[0].reply.first_line if greetings else "",
        seen.before.offers if seen.before is not None else None,
        seen.inside.offers if seen.inside is not None else None,
        seen.tls,
        seen.versions,
        seen.chain,
        checked[0].problems if checked else (),
        found,
        seen.outcome,
    )


def _addresses(evidence: Evidence) -> Iterator[AddressReport]:
    for _, failed in evidence.of(ConnectFailed):
        yield AddressReport(failed.address, None, failed.reason)
    for _, opened in evidence.of(Opened):
        yield AddressReport(opened.address, opened.seconds)


def _chain(checked: ChainChecked, now: datetime) -> Iterator[LinkReport]:
    for der in checked.chain:
        certificate = read_certificate(der)
        if certificate is not None:
            yield LinkReport(certificate, (certificate.not_after - now).days)


# The stages. Each row says nothing (None) where the stage did not take place.


def _stages(seen: Seen) -> Iterator[StageReport]:
    is_stranger = any(finding.rule == STRANGER for finding in seen.findings)
    for row in ROWS:
        if is_stranger and row.name not in ("connect", "greeting"):
            yield StageReport(row.name, Mark.NOT_REACHED, "")
            continue
        text = row.text(seen)
        mine = [finding for finding in seen.findings if _row_of(seen, finding) == row.name]
        mark = _mark(seen, row, mine, reached=text is not None)
        why = mine[0].cause if mine and text is None else ""
        yield StageReport(row.name, mark, _bounded(text or why), _seconds(seen, row))


def _bounded(text: str) -> str:
    return text if len(text) <= MOST_SAID else f"{text[:MOST_SAID]} …"


class StageRow(NamedTuple):
    """One line of the report: stages of the session that it covers, and what it says."""

    name: str
    stages: tuple[Stage, ...]
    text: Callable[[Seen], str | None]
    rules: tuple[str, ...] = ()
    """Beginnings of the rules whose findings belong here, whatever the stage."""


def _mark(seen: Seen, row: StageRow, mine: Sequence[Finding], *, reached: bool) -> Mark:
    if row.name == "starttls" and seen.before and seen.tls is None and not _accepted(seen):
        # Between servers TLS is still a matter of luck; for handing mail in it is not.
        return Mark.NOTICE if seen.port == RELAY_PORT else Mark.BAD
    if row.name == "injection" and seen.injection is not None:
        return seen.injection.mark
    if any(f.severity is Severity.ERROR for f in mine) or _failed(seen, row):
        return Mark.BAD
    if row.name == "tls" and any(seen.versions.get(version) for version in OUT_OF_USE):
        return Mark.NOTICE
    if mine or (row.name == "certificate" and any(link.days_left < SOON for link in seen.chain)):
        return Mark.NOTICE
    return Mark.GOOD if reached else Mark.NOT_REACHED


def _accepted(seen: Seen) -> bool:
    """Whether the server said yes to STARTTLS."""
    answers = seen.evidence.answers_to(Verb.STARTTLS)
    return any(answer.reply.reply_class is ReplyClass.POSITIVE for answer in answers)


def _row_of(seen: Seen, finding: Finding) -> str:
    """The line that a finding belongs to."""
    for row in ROWS:
        if row.rules and finding.rule.startswith(row.rules):
            return row.name
    first = finding.evidence[0] if finding.evidence else 0
    stage = seen.evidence.transcript[first - 1].stage if first else ""
    stages = {s.value: row.name for row in ROWS for s in row.stages}
    return stages.get(stage, "")


def _failed(seen: Seen, row: StageRow) -> bool:
    return any(
        event.stage in row.stages and event.status is StageStatus.FAILED
        for _, event in seen.evidence.of(StageChanged)
    )


def _seconds(seen: Seen, row: StageRow) -> float | None:
    """From the beginning of the stage to its last entry."""
    names = {stage.value for stage in row.stages}
    times = [e.nanoseconds for e in seen.evidence.transcript if e.stage in names]
    return (times[-1] - times[0]) / 1e9 if times else None


def _connect(seen: Seen) -> str | None:
    shown = [
        f"{a.address} in {a.seconds * 1000:.1f} ms" if a.seconds is not None
        else f"{a.address}: {a.reason}" if a.address else a.reason
        for a in seen.addresses
    ]  # fmt: skip
    return "; ".join(shown) or None


def _greeting(seen: Seen) -> str | None:
    answers = seen.evidence.answers_to(Verb.GREETING)
    return _said(answers[0].reply) if answers else None


def _said(reply: Reply) -> str:
    return f"{reply.code or ''} {reply.first_line}".strip()


def _ehlo(seen: Seen) -> str | None:
    return _offer(_hello_at(seen, Stage.EHLO)) or _refusal(seen, Stage.EHLO)


def _hello_at(seen: Seen, stage: Stage) -> Hello | None:
    transcript = seen.evidence.transcript
    hellos = seen.evidence.hellos
    return next((h for h in hellos if transcript[h.number - 1].stage == stage.value), None)


def _offer(hello: Hello | None) -> str | None:
    if hello is None:
        return None
    words = [f"{word} {value}".strip() for word, value in hello.offers.offers.items()]
    return f"{hello.offers.domain or '(no name)'} offers {', '.join(words) or 'nothing'}"


def _refusal(seen: Seen, stage: Stage) -> str | None:
    for entry, event in seen.evidence.of(ReplyReceived):
        if entry.stage == stage.value:
            return _said(event.reply)
    return None


def _starttls(seen: Seen) -> str | None:
    answers = seen.evidence.answers_to(Verb.STARTTLS)
    if answers:
        return f"{answers[0].reply.code} {answers[0].reply.first_line}"
    if seen.before is not None:
        return "offered, but not tried" if seen.before.offers.has("STARTTLS") else "not offered"
    return None


def _handshake(seen: Seen) -> str | None:
    up = seen.tls
    if up is not None:
        taken = ", ".join(version for version, is_taken in seen.versions.items() if is_taken)
        return f"{up.version}, {up.cipher}" + (f"; takes {taken}" if taken else "")
    return None


def _injection(seen: Seen) -> str | None:
    return seen.injection.text if seen.injection is not None else None


def _certificate(seen: Seen) -> str | None:
    if not seen.chain:
        return None
    leaf = seen.chain[0]
    names = leaf.certificate.names[:MOST_NAMES]
    more = len(leaf.certificate.names) - len(names)
    named = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    held = leaf.certificate
    said = (
        f"for {named or 'no name'}, by {held.issuer}, until {held.not_after:%Y-%m-%d} "
        f"({days_in_words(leaf.days_left)}), {held.key} {held.key_bits} bits"
    )
    return "; ".join([said, *map(_link, seen.chain[1:])])


def _link(link: LinkReport) -> str:
    return f"{link.certificate.subject} ({days_in_words(link.days_left)})"


def days_in_words(left: int) -> str:
    """How long a certificate lasts; `left` are whole days, rounded down."""
    days = left if left >= 0 else -left - 1
    said = f"{days:,} day{'' if days == 1 else 's'}"
    return f"{said} left" if left >= 0 else f"expired {said} ago"


def _ehlo_inside(seen: Seen) -> str | None:
    inside = _hello_at(seen, Stage.EHLO_TLS)
    if inside is None:
        return _refusal(seen, Stage.EHLO_TLS)
    if seen.before is None:
        return _offer(inside)
    changes = [
        f"{d.keyword} {d.status}"
        for d in compare(seen.before.offers, inside.offers)
        if d.status != "same"
    ]
    return f"compared to before: {', '.join(changes) or 'the same'}"


def _auth(seen: Seen) -> str | None:
    offers = [
        (where, hello.offers.auth_mechanisms)
        for where, hello in (("in the clear", seen.before), ("inside TLS", seen.inside))
        if hello is not None
    ]
    if not offers:
        return None
    return "; ".join(f"{where} {' '.join(names) or 'none'}" for where, names in offers)


LIMITS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN", "REQUIRETLS")


def _limits(seen: Seen) -> str | None:
    offers = seen.offers
    if offers is None:
        return None
    size = offers.size_limit
    said = [f"messages up to {size:,} octets" if size else "no limit of size said"]
    said += [f"LIMITS {offers.offers['LIMITS']}"] if offers.has("LIMITS") else []
    missing = [word for word in LIMITS if not offers.has(word)]
    present = [word for word in LIMITS if offers.has(word)]
    return f"{'; '.join(said)}; has {', '.join(present) or 'nothing more'}" + (
        f"; lacks {', '.join(missing)}" if missing else ""
    )


ROWS: tuple[StageRow, ...] = (
    StageRow("connect", (Stage.CONNECT,), _connect, ("address-skipped",)),
    StageRow("greeting", (Stage.GREETING,), _greeting),
    StageRow("ehlo", (Stage.EHLO,), _ehlo),
    StageRow("starttls", (Stage.STARTTLS,), _starttls, ("starttls-",)),
    StageRow("tls", (Stage.TLS,), _handshake, ("tls-", "not-tls")),
    StageRow("injection", (), _injection, ("injection-",)),
    StageRow("certificate", (), _certificate, ("certificate-",)),
    StageRow("ehlo-tls", (Stage.EHLO_TLS,), _ehlo_inside, ("ehlo-changed",)),
    StageRow("auth", (Stage.AUTH,), _auth, ("auth-",)),
    StageRow("limits", (), _limits, ("size-",)),
    StageRow("quit", (Stage.QUIT,), lambda seen: _refusal(seen, Stage.QUIT), ("quit-",)),
)
"""The lines of a report, in the order of a session."""
