"""The rules as a whole: none fires on a good session, each cites what is there."""

import pytest

from smtplab.diagnosis.engine import RULES, diagnose
from smtplab.diagnosis.findings import Severity
from tests.diagnosis.conftest import findings_of, transcript_of
from tests.fakes import FIN


async def test_a_good_session_has_no_findings():
    assert await findings_of({}) == {}


async def test_evidence_points_into_the_record_and_the_first_failure_comes_first():
    transcript = await transcript_of({}, EHLO=b"250 x\n", MAIL=b"451 later\r\n", QUIT=FIN)
    found = diagnose(transcript)
    assert [f.rule for f in found] == ["bare-lf", "temporary-refusal", "quit-unanswered"]
    for finding in found:
        assert all(1 <= number <= len(transcript) for number in finding.evidence)
        assert finding.cause
        assert finding.change
        assert finding.clause


def test_rules_are_listed_once_each():
    assert len(set(RULES)) == len(RULES)


@pytest.mark.parametrize("severity", list(Severity))
def test_severities_have_names(severity):
    assert severity.value in ("error", "warning", "info")
