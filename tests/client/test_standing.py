"""Ends of a connection that come unasked, and the marks of the stages."""

from itertools import pairwise

import pytest

from smtplab.client.events import StageChanged
from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage, StageStatus
from smtplab.wire.events import Closed, Ending
from tests.fakes import FIN, RST, Session, settings


async def test_a_421_between_two_steps_defers():
    session = Session(settings(), EHLO=b"250 hi\r\n421 4.3.2 going down\r\n")
    outcome = await session.to_the_end()
    assert outcome.verdict is Verdict.DEFERRED
    assert "unasked: 421 4.3.2 going down" in outcome.reason


@pytest.mark.parametrize(("end", "ending"), [(FIN, Ending.FIN), (RST, Ending.RESET)])
async def test_how_it_was_lost_is_recorded(end, ending):
    session = Session(settings(), MAIL=end)
    outcome = await session.to_the_end()
    assert outcome.verdict is Verdict.FAILED
    assert session.runner.progress.lost
    assert [e.ending for e in session.events if isinstance(e, Closed)] == [ending]


async def test_accepted_recipients_are_no_delivered_ones():
    session = Session(settings(recipients=("a@b.test", "c@d.test")), DATA=FIN)
    outcome = await session.to_the_end()
    assert [r.verdict for r in outcome.recipients] == [Verdict.FAILED, Verdict.FAILED]
    session = Session(settings(recipients=("a@b.test",)), DATA=b"451 later\r\n")
    outcome = await session.to_the_end()
    assert [r.verdict for r in outcome.recipients] == [Verdict.DEFERRED]


async def test_a_stage_is_marked_only_when_that_is_new():
    session = Session(settings(recipients=("a@b.test", "c@d.test", "e@f.test")))
    await session.to_the_end()
    marks = [e.status for e in session.events if isinstance(e, StageChanged) and e.stage is RCPT]
    assert all(before is not after for before, after in pairwise(marks))
    assert marks[-1] is StageStatus.DONE


RCPT = Stage.RCPT


async def test_a_lost_good_bye_changes_nothing():
    session = Session(settings(), QUIT=RST)
    outcome = await session.to_the_end()
    assert outcome.verdict is Verdict.DELIVERED
    assert session.runner.progress.stages[Stage.QUIT] is StageStatus.WARNING
