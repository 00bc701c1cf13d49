"""Whole sessions against a scripted server: exactly one outcome, whatever it says."""

import pytest

from smtplab.client.events import Decision, DecisionKind, Ended, StageChanged
from smtplab.client.outcome import Verdict
from smtplab.client.progress import Override
from smtplab.client.settings import Security
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.events import IrregularitySeen
from tests.fakes import CREDENTIALS, FIN, RST, SILENCE, Session, settings

D, R, F, X = Verdict.DEFERRED, Verdict.REJECTED, Verdict.FAILED, Verdict.IN_DOUBT
OK = Verdict.DELIVERED

PLAYBOOKS = [
    # what is answered to which verb, and what that makes of the session: verdict, stage, code
    ({}, OK, "content", 250),
    ({"greeting": b"554 go away\r\n"}, R, "greeting", 554),
    ({"greeting": b"421 busy\r\n"}, D, "greeting", 421),
    ({"greeting": b"220-one\r\n220 two\r\n"}, OK, "content", 250),
    ({"greeting": b"SSH-2.0-x\r\n"}, F, "greeting", None),
    ({"greeting": FIN}, F, "greeting", None),
    ({"greeting": RST}, F, "greeting", None),
    ({"greeting": SILENCE}, F, "greeting", None),
    ({"EHLO": b"500 what\r\n"}, OK, "content", 250),
    ({"EHLO": b"502 what\r\n", "HELO": b"502 what\r\n"}, R, "ehlo", 502),
    ({"EHLO": b"550 not you\r\n"}, R, "ehlo", 550),
    ({"EHLO": b"421 later\r\n"}, D, "ehlo", 421),
    ({"EHLO": FIN}, F, "ehlo", None),
    ({"EHLO": SILENCE}, F, "ehlo", None),
    ({"MAIL": b"451 later\r\n"}, D, "mail", 451),
    ({"MAIL": b"550 no\r\n"}, R, "mail", 550),
    ({"MAIL": b"354 what\r\n"}, F, "mail", 354),
    ({"MAIL": b"999 what\r\n"}, F, "mail", 999),
    ({"MAIL": RST}, F, "mail", None),
    ({"RCPT": b"450 later\r\n"}, D, "rcpt", 450),
    ({"RCPT": b"550 no\r\n"}, R, "rcpt", 550),
    ({"RCPT": b"251 will forward\r\n"}, OK, "content", 250),
    ({"RCPT": FIN}, F, "rcpt", None),
    ({"DATA": b"451 later\r\n"}, D, "data", 451),
    ({"DATA": b"554 no\r\n"}, R, "data", 554),
    ({"DATA": b"250 ok\r\n"}, F, "data", 250),
    ({"DATA": SILENCE}, F, "data", None),
    ({"content": b"451 later\r\n"}, D, "content", 451),
    ({"content": b"554 spam\r\n"}, R, "content", 554),
    ({"content": FIN}, X, "content", None),
    ({"content": RST}, X, "content", None),
    ({"content": SILENCE}, X, "content", None),
    ({"content": b"hello?\r\n", "QUIT": b"221 bye\r\n" + SILENCE}, X, "content", None),
    ({"content": b"250-ok\r\n550 no\r\n"}, R, "content", 550),
    ({"content": b"421 gone\r\n"}, D, "content", 421),
    ({"DATA": b"354 go\r\n552 too large\r\n", "content": FIN}, R, "content", 552),
    ({"DATA": b"354 go\r\n452 full\r\n", "content": RST}, D, "content", 452),
    ({"DATA": b"354 go\r\n552 too large\r\n", "content": SILENCE}, R, "content", 552),
    ({"DATA": b"354 go\r\n552 odd\r\n", "content": b"250 ok\r\n"}, OK, "content", 250),
    ({"DATA": b"354 go\r\n250 taken\r\n", "content": FIN}, X, "content", None),
    ({"MAIL": b"250 ok\r\n552 odd\r\n", "content": FIN}, X, "content", None),
    ({"QUIT": FIN}, OK, "content", 250),
    ({"QUIT": RST}, OK, "content", 250),
    ({"QUIT": SILENCE}, OK, "content", 250),
    ({"QUIT": b"500 what\r\n"}, OK, "content", 250),
]


@pytest.mark.parametrize(("answers", "verdict", "stage", "code"), PLAYBOOKS)
async def test_every_answer_at_every_stage_has_one_outcome(answers, verdict, stage, code):
    session = Session(settings(), **answers)
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage.value) == (verdict, stage)
    found = outcome.reply.code if outcome.reply is not None else None
    if code is not None:
        assert found == code
    assert outcome.reason
    ends = [event for event in session.events if isinstance(event, Ended)]
    assert [event.outcome for event in ends] == [outcome]


PARTIAL = [
    ((b"250 ok\r\n", b"550 no\r\n"), Verdict.PARTLY_DELIVERED, (OK, R)),
    ((b"550 no\r\n", b"250 ok\r\n"), Verdict.PARTLY_DELIVERED, (R, OK)),
    ((b"451 later\r\n", b"550 no\r\n"), D, (D, R)),
    ((b"550 no\r\n", b"551 no\r\n"), R, (R, R)),
    ((b"250 ok\r\n", b"250 ok\r\n"), OK, (OK, OK)),
]


@pytest.mark.parametrize(("replies", "verdict", "each"), PARTIAL)
async def test_each_recipient_has_a_result_of_its_own(replies, verdict, each):
    session = Session(settings(recipients=("a@b.test", "c@d.test")), RCPT=replies)
    outcome = await session.to_the_end()
    assert outcome.verdict is verdict
    assert tuple(r.verdict for r in outcome.recipients) == each
    assert [r.recipient for r in outcome.recipients] == ["a@b.test", "c@d.test"]
    assert ("DATA" in session.server.lines()) is (OK in each)


async def test_what_goes_over_the_wire():
    session = Session(settings(content=b"Subject: x\n\n.dot\nend"))
    await session.to_the_end()
    assert session.server.lines() == [
        "EHLO localhost",
        "MAIL FROM:<alice@fake.test> SIZE=25",
        "RCPT TO:<bob@fake.test>",
        "DATA",
        "Subject: x\r\n\r\n..dot\r\nend\r\n.",
        "QUIT",
    ]


async def test_helo_is_tried_only_when_ehlo_is_not_known():
    session = Session(settings(), EHLO=b"500 what\r\n")
    await session.to_the_end()
    assert session.server.lines()[:2] == ["EHLO localhost", "HELO localhost"]
    assert "SIZE=" not in session.server.lines()[2]


# By hand.


async def test_an_edited_line_counts_as_the_planned_one():
    session = Session(settings())
    await session.until("mail")
    await session.runner.step(b"MAIL FROM:<other@fake.test>")
    assert session.runner.stage is Stage.RCPT
    decisions = [e.kind for e in session.events if isinstance(e, Decision)]
    assert decisions == [DecisionKind.EDITED]
    await session.close()


async def test_another_line_does_not_advance_the_plan_and_may_fail():
    session = Session(settings())
    await session.until("mail")
    await session.runner.step(b"XYZZY")
    await session.runner.inject(b"NOOP")
    assert session.runner.stage is Stage.MAIL
    assert (await session.to_the_end()).verdict is OK


async def test_a_transaction_begun_by_hand_is_taken_over_and_rset_undoes_it():
    session = Session(settings())
    await session.until("mail")
    await session.runner.inject(b"MAIL FROM:<a@b.test>")
    assert session.runner.stage is Stage.RCPT
    await session.runner.inject(b"RSET")
    assert session.runner.stage is Stage.MAIL
    await session.close()


@pytest.mark.parametrize("line", [b"RSET", b"EHLO again.test", b"HELO again.test"])
async def test_what_undoes_a_transaction_makes_the_plan_begin_it_anew(line):
    session = Session(settings())
    await session.until("data")
    await session.runner.inject(line)
    assert session.runner.stage is Stage.MAIL
    outcome = await session.to_the_end()
    assert outcome.verdict is Verdict.DELIVERED
    assert [result.recipient for result in outcome.recipients] == ["bob@fake.test"]


async def test_raw_octets_wait_for_their_line_end():
    session = Session(settings())
    await session.until("mail")
    await session.runner.inject(b"NO", crlf=False)
    await session.runner.inject(b"OP")
    assert "NOOP" in session.server.lines()
    await session.close()


async def test_a_stage_that_is_left_out_is_marked():
    session = Session(settings(credentials=CREDENTIALS, auth_in_clear=True))
    await session.until("auth")
    assert await session.runner.skip()
    assert session.runner.progress.stages[Stage.AUTH] is StageStatus.SKIPPED
    assert (await session.to_the_end()).verdict is OK
    assert not any("AUTH" in line for line in session.server.lines())


async def test_what_the_server_waits_for_cannot_be_left_out():
    session = Session(settings())
    assert not await session.runner.skip()
    await session.until("content")
    assert not await session.runner.skip()
    await session.close()


@pytest.mark.parametrize(
    "stage", ["connect", "greeting", "ehlo", "mail", "rcpt", "data", "content"]
)
async def test_stopping_anywhere_is_an_outcome(stage):
    session = Session(settings())
    await session.until(stage)
    await session.runner.stop()
    await session.runner.stop()
    outcome = await session.close()
    assert outcome.verdict is Verdict.STOPPED
    assert outcome.stage.value == stage


async def test_a_421_that_nobody_asked_for_ends_the_session():
    session = Session(settings())
    await session.until("mail")
    session.server.answers["MAIL"] = (b"250 ok\r\n421 going down\r\n",)
    await session.runner.step()
    await session.runner.poll()
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.reply.code) == (D, 421)


async def test_a_reply_too_many_is_noticed_and_answers_nothing():
    session = Session(settings(), MAIL=b"250 ok\r\n250 ok\r\n", RCPT=b"550 no\r\n")
    outcome = await session.to_the_end()
    assert outcome.verdict is R
    kinds = {e.irregularity.kind for e in session.events if isinstance(e, IrregularitySeen)}
    assert "unasked-reply" in kinds


async def test_the_greeting_may_come_before_it_is_asked_for():
    session = Session(settings())
    await session.runner.step()
    for _ in range(3):
        await session.runner.poll()
    assert (await session.to_the_end()).verdict is OK


# Questions.


async def test_no_starttls_where_it_is_required_is_refused_before_anything_else():
    session = Session(settings(security=Security.STARTTLS, credentials=CREDENTIALS))
    await session.until("starttls")
    assert session.question.override is Override.IN_CLEAR
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage) == (Verdict.REFUSED, Stage.STARTTLS)
    assert session.server.lines() == ["EHLO localhost", "QUIT"]


async def test_no_password_in_the_clear_unless_told():
    session = Session(settings(credentials=CREDENTIALS), EHLO=b"250-x\r\n250 AUTH PLAIN\r\n")
    await session.until("auth")
    assert session.question.override is Override.AUTH_IN_CLEAR
    await session.runner.override(Override.AUTH_IN_CLEAR)
    assert (await session.to_the_end()).verdict is OK
    assert any(line.startswith("AUTH PLAIN ") for line in session.server.lines())


async def test_in_the_clear_a_mechanism_that_hides_the_password_is_taken():
    challenge = b"334 PDEuMkBmYWtlLnRlc3Q+\r\n"
    session = Session(settings(credentials=CREDENTIALS), AUTH=challenge)
    await session.until("auth")
    await session.runner.step()
    assert "AUTH CRAM-MD5" in session.server.lines()
    await session.close()


async def test_no_mechanism_in_common_can_be_gone_on_without():
    session = Session(settings(credentials=CREDENTIALS), EHLO=b"250-x\r\n250 AUTH NTLM\r\n")
    await session.until("auth")
    assert session.question.override is Override.WITHOUT_AUTH
    await session.runner.override(Override.WITHOUT_AUTH)
    assert (await session.to_the_end()).verdict is OK


async def test_a_refused_login_sends_no_mail():
    wishes = settings(credentials=CREDENTIALS, auth_in_clear=True, mechanism="PLAIN")
    session = Session(wishes, AUTH=b"535 5.7.8 no\r\n")
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage.value) == (R, "auth")
    assert not any(line.startswith("MAIL") for line in session.server.lines())


async def test_stages_are_marked_once_each_and_in_order():
    session = Session(settings())
    await session.to_the_end()
    done = [
        e.stage
        for e in session.events
        if isinstance(e, StageChanged) and e.status is StageStatus.DONE
    ]
    assert done == [s for s in Stage if s in done]
    assert len(set(done)) == len(done)
