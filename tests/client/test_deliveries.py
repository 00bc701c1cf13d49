"""One reply a recipient in LMTP, and several messages over one connection."""

import pytest

from smtplab.client.deliveries import together
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.steps import Stage
from tests.fakes import FIN, SILENCE, Session, settings

OK, R, D, X, F, P = (
    Verdict.DELIVERED,
    Verdict.REJECTED,
    Verdict.DEFERRED,
    Verdict.IN_DOUBT,
    Verdict.FAILED,
    Verdict.PARTLY_DELIVERED,
)

THREE = ("a@fake.test", "b@fake.test", "c@fake.test")

LMTP = [
    # replies to RCPT, replies to the message -> verdict, each recipient
    (("250", "250", "250"), ("250", "250", "250"), OK, (OK, OK, OK)),
    (("250", "250", "250"), ("250", "550", "451"), P, (OK, R, D)),
    (("250", "550", "250"), ("250", "250"), P, (OK, R, OK)),
    (("250", "550", "250"), ("550", "451"), D, (R, R, D)),
    (("250", "250", "250"), ("550", "551", "552"), R, (R, R, R)),
    (("550", "250", "551"), ("250",), P, (R, OK, R)),
    (("250", "250", "250"), ("250", "999", "250"), X, (OK, X, OK)),
]


def replies(*codes: str) -> bytes:
    return b"".join(f"{code} said\r\n".encode() for code in codes)


@pytest.mark.parametrize(("rcpt", "content", "verdict", "results"), LMTP)
@pytest.mark.parametrize("chunk_size", [None, 1000])
async def test_each_recipient_has_its_reply(rcpt, content, verdict, results, chunk_size):
    session = Session(
        settings(recipients=THREE, lmtp=True, chunk_size=chunk_size),
        RCPT=tuple(replies(code) for code in rcpt),
        content=replies(*content),
        BDAT=replies(*content),
    )
    outcome = await session.to_the_end()
    assert session.server.lines()[0] == "LHLO localhost"
    assert outcome.verdict is verdict
    assert tuple(r.verdict for r in outcome.recipients) == results
    assert tuple(r.recipient for r in outcome.recipients) == THREE


async def test_the_reply_of_a_recipient_is_the_one_to_the_message():
    session = Session(settings(recipients=THREE[:2], lmtp=True), content=b"250 one\r\n250 two\r\n")
    outcome = await session.to_the_end()
    assert [r.reply.text for r in outcome.recipients if r.reply] == ["one", "two"]


async def test_what_was_not_told_any_more_is_in_doubt():
    session = Session(settings(recipients=THREE, lmtp=True), content=replies("250") + SILENCE)
    outcome = await session.to_the_end()
    assert outcome.verdict is X
    assert [r.verdict for r in outcome.recipients] == [OK, X, X]


async def test_lmtp_that_is_none_has_no_other_hello():
    session = Session(settings(lmtp=True), LHLO=b"500 what\r\n")
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage) == (R, Stage.EHLO)
    assert session.server.lines() == ["LHLO localhost", "QUIT"]


# Several messages.

MESSAGES = [
    # what is answered, to which the messages come; whether RSET was needed
    ({}, (OK, OK, OK), OK, 0),
    ({"content": (b"250 ok\r\n", b"550 spam\r\n", b"250 ok\r\n")}, (OK, R, OK), P, 0),
    ({"RCPT": (b"250 ok\r\n", b"550 no\r\n", b"250 ok\r\n")}, (OK, R, OK), P, 1),
    ({"MAIL": (b"451 no\r\n", b"250 ok\r\n")}, (OK, OK), P, 0),
    ({"DATA": (b"354 go\r\n", b"451 no\r\n", b"354 go\r\n")}, (OK, D, OK), P, 1),
    ({"content": b"550 spam\r\n"}, (R, R, R), R, 0),
    ({"content": (b"250 ok\r\n", FIN)}, (OK, X), X, 0),
    ({"MAIL": (b"250 ok\r\n", FIN)}, (OK,), P, 0),
    ({"RCPT": (b"250 ok\r\n", b"421 enough\r\n")}, (OK,), P, 0),
]


@pytest.mark.parametrize(("answers", "results", "verdict", "resets"), MESSAGES)
async def test_several_messages_over_one_connection(answers, results, verdict, resets):
    further = (b"Subject: 2\r\n\r\ntwo\r\n", b"Subject: 3\r\n\r\nthree\r\n")
    session = Session(settings(further=further), **answers)
    outcome = await session.to_the_end()
    assert outcome.verdict is verdict
    assert tuple(r.verdict for r in outcome.recipients) == results
    assert session.server.lines().count("RSET") == resets
    assert sum(line.startswith("EHLO") for line in session.server.lines()) == 1
    taken = sum(result is OK for result in results)
    assert outcome.reason.startswith(f"{taken} of 3 messages were delivered.")


async def test_each_message_is_the_one_whose_turn_it_is():
    session = Session(settings(content=b"one", further=(b"two", b"three")))
    await session.to_the_end()
    sent = [raw for raw in session.server.heard if raw.endswith(b"\r\n.\r\n")]
    assert sent == [b"one\r\n.\r\n", b"two\r\n.\r\n", b"three\r\n.\r\n"]


def outcome(verdict: Verdict) -> Outcome:
    return Outcome(verdict, Stage.CONTENT, verdict.value)


TOGETHER = [
    ((OK, OK), 2, OK),
    ((OK, OK), 3, P),
    ((OK, R), 2, P),
    ((P, R), 2, P),
    ((R, D), 2, R),
    ((D, R), 2, D),
    ((OK, X), 2, X),
    ((R, F), 3, R),
]


@pytest.mark.parametrize(("verdicts", "messages", "expected"), TOGETHER)
def test_there_is_one_outcome(verdicts, messages, expected):
    assert together([outcome(v) for v in verdicts], messages).verdict is expected
