"""The rules as a whole: none fires on a good session, each cites what is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.diagnosis.engine import RULES, diagnose
from smtplab.diagnosis.findings import Severity
from smtplab.protocol.events import IrregularitySeen, ReplyReceived
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.verbs import Verb
from smtplab.wire.events import Opened
from tests.diagnosis.conftest import findings_of, record, transcript_of
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


HOSTILE = st.lists(st.sampled_from([b"250", b"550", b"421", b"-", b" ", b"\r\n", b"\n", b"\r"]))
"""Pieces of replies, in any order."""


@given(HOSTILE, st.binary(max_size=60), st.sampled_from([Verb.GREETING, Verb.EHLO, Verb.RCPT]))
def test_no_reply_upsets_the_rules_or_gets_through_unescaped(pieces, octets, verb):
    parser = ReplyParser()
    replies = parser.receive_data(b"".join(pieces) + octets + b"\r\n")
    events = [ReplyReceived(reply, verb) for reply in replies]
    odd = [IrregularitySeen(one) for reply in replies for one in reply.irregularities]
    transcript = record([Opened("fake.test", 25, "192.0.2.1", 0.0), *events, *odd])
    for finding in diagnose(transcript):
        assert finding.cause.isprintable()
        assert finding.change.isprintable()
