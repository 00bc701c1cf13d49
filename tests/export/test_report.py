"""The facts of a report."""

from smtplab.client.steps import StageStatus
from smtplab.export.report import milliseconds, report_of
from tests.export.records import of_events, played, recorded
from tests.fakes import CREDENTIALS, settings


async def test_a_delivered_session():
    wishes = settings(credentials=CREDENTIALS, auth_in_clear=True, mechanism="PLAIN")
    report = report_of(await played(wishes))
    facts = dict(report.facts)
    assert report.verdict == "delivered"
    assert facts["Target"] == "fake.test:25"
    assert facts["Connected to"] == "192.0.2.1:25"
    assert facts["TLS"] == "none"
    assert facts["Login"] == "PLAIN"
    assert facts["Began"] == "2026-01-01 12:00:00+00:00"
    rules = [finding.rule for finding in report.findings]
    assert rules == ["password-in-clear"]


async def test_stages_with_their_last_reply():
    report = report_of(await played(settings(), RCPT=b"550 5.1.1 \x1bno\r\n"))
    (row,) = (one for one in report.stages if one.label == "RCPT TO")
    assert (row.status, row.said) == (StageStatus.FAILED, "550 5.1.1 \\x1bno")
    assert row.seconds > 0


async def test_a_bad_certificate():
    report = report_of(await recorded("scenario:certificates/expired"))
    told = [value for name, value in report.facts if name == "Certificate"]
    assert len(told) == 1
    assert "expired" in told[0]
    assert dict(report.facts)["TLS"] == "none"
    assert "localhost" in dict(report.facts)["Certificate for"]


async def test_nobody_listens():
    report = report_of(await recorded("127.0.0.1:1", recipients=("a@b.c",), sender="d@e.f"))
    assert dict(report.facts)["No connection"] == "127.0.0.1:1"


def test_a_record_without_an_end():
    report = report_of(of_events([]))
    assert (report.outcome, report.verdict) == (None, "not ended")
    assert report.stages == ()


def test_times_for_people():
    assert [milliseconds(s) for s in (0, 0.00123, 1.5, 12.34)] == [
        "0.0 ms",
        "1.2 ms",
        "1500.0 ms",
        "12.3 s",
    ]
