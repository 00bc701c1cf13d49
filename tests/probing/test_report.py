"""What a report works out of itself."""

import dataclasses

import pytest

from smtplab.diagnosis.findings import Finding, Severity
from smtplab.probing.report import AddressReport, Mark, PortReport, StageReport
from smtplab.protocol.extensions import Capabilities
from tests.diagnosis.events_of import DELIVERED


def report(*stages: StageReport, **fields: object) -> PortReport:
    values: dict[str, object] = {field.name: () for field in dataclasses.fields(PortReport)}
    values |= {
        "stages": stages,
        "before": None,
        "inside": None,
        "versions": {},
        "outcome": DELIVERED.outcome,
    }
    return PortReport(**{**values, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "family"), [("192.0.2.1", "IPv4"), ("2001:db8::1", "IPv6"), ("", "")]
)
def test_families(address, family):
    assert AddressReport(address, 0.1).family == family


def test_the_worst_stage_marks_the_port():
    good, note, bad = (StageReport(m.value, m, "") for m in (Mark.GOOD, Mark.NOTICE, Mark.BAD))
    assert report().mark is Mark.GOOD
    assert report(good, StageReport("x", Mark.NOT_REACHED, "")).mark is Mark.GOOD
    assert report(good, note).mark is Mark.NOTICE
    assert report(note, bad).mark is Mark.BAD


def test_a_port_has_answered_when_one_address_has():
    silent = AddressReport("192.0.2.1", None, "no answer")
    assert not report(addresses=(silent,)).answered
    assert report(addresses=(silent, AddressReport("192.0.2.2", 0.0))).answered


def test_the_offer_inside_tls_counts():
    before, inside = Capabilities("a"), Capabilities("b")
    assert report(before=before).offers is before
    assert report(before=before, inside=inside).offers is inside


def test_a_port_is_silent_when_it_was_waited_for_in_vain():
    waited = Finding("no-reply", Severity.ERROR, "", "", "", ())
    here = (AddressReport("192.0.2.1", 0.1),)
    silent = {"addresses": here, "findings": (waited,), "security": "starttls", "greeting": ""}
    assert report(**silent).is_silent
    for change in (
        {"addresses": ()},
        {"findings": ()},
        {"security": "implicit"},
        {"greeting": "220 x"},
    ):
        assert not report(**{**silent, **change}).is_silent
