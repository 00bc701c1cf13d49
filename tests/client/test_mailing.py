"""MAIL, RCPT, DATA and BDAT: what is said with which extensions, one by one or in one breath."""

import pytest

from smtplab.client.outcome import Verdict
from smtplab.client.progress import Override
from smtplab.client.settings import Envelope, Smtputf8
from smtplab.client.steps import Stage, StageStatus, Step
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.verbs import Verb
from tests.fakes import FIN, Session, settings

OK, R, D, X, F = (
    Verdict.DELIVERED,
    Verdict.REJECTED,
    Verdict.DEFERRED,
    Verdict.IN_DOUBT,
    Verdict.FAILED,
)
AUTO, ON, OFF = Smtputf8.AUTO, Smtputf8.ON, Smtputf8.OFF


def offering(*keywords: str) -> bytes:
    lines = ["fake.test", *keywords]
    return "".join(f"250-{line}\r\n" for line in lines[:-1]).encode() + (
        f"250 {lines[-1]}\r\n".encode()
    )


PLAIN = b"Subject: x\r\n\r\nhello\r\n"
EIGHT_BIT = "Subject: x\r\n\r\nhé\r\n".encode()
UTF8_HEADER = "Subject: é\r\n\r\nhello\r\n".encode()

PARAMETERS = [
    # offered, content, further wishes, envelope -> what stands behind the path
    ((), PLAIN, {}, {}, ""),
    (("SIZE 1000",), PLAIN, {}, {}, " SIZE=21"),
    (("SIZE",), b"a\n.b", {}, {}, " SIZE=7"),
    (("8BITMIME",), PLAIN, {}, {}, ""),
    (("8BITMIME",), EIGHT_BIT, {}, {}, " BODY=8BITMIME"),
    ((), EIGHT_BIT, {}, {}, ""),
    (("SMTPUTF8",), PLAIN, {}, {}, ""),
    (("SMTPUTF8",), EIGHT_BIT, {}, {}, ""),
    (("SMTPUTF8", "8BITMIME"), UTF8_HEADER, {}, {}, " BODY=8BITMIME SMTPUTF8"),
    (("SMTPUTF8",), UTF8_HEADER, {"smtputf8": OFF}, {}, ""),
    ((), PLAIN, {"smtputf8": ON}, {}, " SMTPUTF8"),
    ((), UTF8_HEADER, {"smtputf8": OFF}, {}, ""),
    (
        ("SIZE",),
        PLAIN,
        {},
        {"mail_parameters": (("RET", "HDRS"), ("size", "9"))},
        " RET=HDRS size=9",
    ),
]


@pytest.mark.parametrize(("offered", "content", "wishes", "envelope", "expected"), PARAMETERS)
async def test_parameters_of_mail(offered, content, wishes, envelope, expected):
    path = Envelope("alice@fake.test", ("bob@fake.test",), **envelope)
    session = Session(
        settings(content=content, envelope=path, **wishes), EHLO=offering("X", *offered)
    )
    assert (await session.to_the_end()).verdict is OK
    mail = next(line for line in session.server.lines() if line.startswith("MAIL"))
    assert mail == f"MAIL FROM:<alice@fake.test>{expected}"


async def test_an_address_in_utf8_is_declared():
    wishes = settings(recipients=("bób@fake.test",))
    session = Session(wishes, EHLO=offering("SMTPUTF8"))
    assert (await session.to_the_end()).verdict is OK
    assert "MAIL FROM:<alice@fake.test> SMTPUTF8" in session.server.lines()


@pytest.mark.parametrize(
    "wishes", [{"recipients": ("bób@fake.test",)}, {"content": UTF8_HEADER}], ids=str
)
async def test_where_utf8_is_needed_and_not_offered_we_stop_unless_told(wishes):
    session = Session(settings(**wishes))
    await session.until("mail")
    question = session.question
    assert question.outcome.verdict is Verdict.REFUSED
    assert "SMTPUTF8" in question.outcome.reason
    await session.runner.override(Override.WITHOUT_SMTPUTF8)
    assert (await session.to_the_end()).verdict is OK
    assert not any("SMTPUTF8" in line for line in session.server.lines())


async def test_parameters_of_rcpt():
    path = Envelope(
        "alice@fake.test",
        ("b+b=c@fake.test", "d@fake.test"),
        rcpt_parameters=(("NOTIFY", "SUCCESS,DELAY"), ("X", None)),
        orcpt=True,
    )
    session = Session(settings(envelope=path))
    await session.to_the_end()
    said = [line for line in session.server.lines() if line.startswith("RCPT")]
    assert said == [
        "RCPT TO:<b+b=c@fake.test> NOTIFY=SUCCESS,DELAY X ORCPT=rfc822;b+2Bb+3Dc@fake.test",
        "RCPT TO:<d@fake.test> NOTIFY=SUCCESS,DELAY X ORCPT=rfc822;d@fake.test",
    ]


# In one breath.

TWO = ("b@fake.test", "c@fake.test")
PIPELINING = offering("PIPELINING")


def pipelined(**answers) -> Session:
    return Session(settings(recipients=TWO, pipelining=True), EHLO=PIPELINING, **answers)


async def test_a_transaction_goes_out_in_one_breath_and_each_line_is_recorded():
    session = pipelined()
    await session.until("mail")
    step = session.runner.planned
    assert isinstance(step, Step)
    assert [s.verb for s in (step, *step.more)] == [Verb.MAIL, Verb.RCPT, Verb.RCPT, Verb.DATA]
    assert "3 lines more at once" in step.summary
    before = len(session.events)
    await session.runner.step()
    kinds = [
        event.verb
        for event in session.events[before:]
        if isinstance(event, CommandSent | ReplyReceived)
    ]
    verbs = [Verb.MAIL, Verb.RCPT, Verb.RCPT, Verb.DATA]
    assert kinds == [*verbs, *verbs]
    assert session.runner.stage is Stage.CONTENT
    assert (await session.to_the_end()).verdict is OK


REPLIES = [
    # the answers to MAIL, RCPT (twice), DATA -> verdict, stage, whether a lone dot was sent
    ("250", ("250", "550"), "354", Verdict.PARTLY_DELIVERED, "content", False),
    ("250", ("550", "551"), "554", R, "rcpt", False),
    ("250", ("550", "551"), "354", R, "rcpt", True),
    ("250", ("451", "550"), "354", D, "rcpt", True),
    ("550", ("503", "503"), "503", R, "mail", False),
    ("451", ("503", "503"), "354", D, "mail", True),
    ("250", ("250", "250"), "451", D, "data", False),
    ("250", ("250", "250"), "250", F, "data", False),
]


@pytest.mark.parametrize(("mail", "rcpt", "data", "verdict", "stage", "lone_dot"), REPLIES)
async def test_replies_are_matched_by_their_order(mail, rcpt, data, verdict, stage, lone_dot):
    session = pipelined(
        MAIL=f"{mail} m\r\n".encode(),
        RCPT=tuple(f"{code} r\r\n".encode() for code in rcpt),
        DATA=f"{data} d\r\n".encode(),
    )
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage.value) == (verdict, stage)
    assert (b"\r\n.\r\n" in session.server.heard) is lone_dot
    assert session.server.lines()[-1] == "QUIT"


async def test_a_connection_lost_among_the_replies():
    session = pipelined(RCPT=(b"250 ok\r\n", FIN))
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage.value) == (F, "rcpt")
    assert [r.verdict for r in outcome.recipients] == [F]


async def test_421_among_the_replies_ends_it():
    session = pipelined(RCPT=(b"421 gone\r\n",))
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage.value) == (D, "rcpt")


async def test_an_edited_line_goes_alone_and_the_rest_follows():
    session = pipelined()
    await session.until("mail")
    await session.runner.step(b"MAIL FROM:<z@fake.test>")
    step = session.runner.planned
    assert isinstance(step, Step)
    assert [s.verb for s in (step, *step.more)] == [Verb.RCPT, Verb.RCPT, Verb.DATA]
    assert (await session.to_the_end()).verdict is OK


async def test_without_the_offer_nothing_is_pipelined():
    session = Session(settings(recipients=TWO, pipelining=True))
    await session.until("mail")
    assert isinstance(session.runner.planned, Step)
    assert session.runner.planned.more == ()
    await session.close()


async def test_a_group_is_not_larger_than_buffers_take():
    many = tuple(f"r{n}@fake.test" for n in range(250))
    session = Session(settings(recipients=many, pipelining=True), EHLO=PIPELINING)
    await session.until("mail")
    sizes = []
    while session.runner.stage is not Stage.CONTENT:
        step = session.runner.planned
        assert isinstance(step, Step)
        sizes.append(1 + len(step.more))
        await session.runner.step()
    assert sizes == [100, 100, 52]
    outcome = await session.to_the_end()
    assert [r.recipient for r in outcome.recipients] == list(many)


# In pieces.

CHUNKING = offering("CHUNKING", "PIPELINING", "SIZE")
LONG = b"Subject: x\r\n\r\n.dot\r\nend"


async def test_a_message_in_pieces():
    session = Session(settings(content=LONG, chunk_size=10), EHLO=CHUNKING)
    outcome = await session.to_the_end()
    assert outcome.verdict is OK
    assert session.server.heard[3:] == [
        b"BDAT 10\r\n", b"Subject: x",
        b"BDAT 10\r\n", b"\r\n\r\n.dot\r\n",
        b"BDAT 5 LAST\r\n", b"end\r\n",
        b"QUIT\r\n",
    ]  # fmt: skip
    assert b"".join(e.raw for e in session.events if isinstance(e, ContentSent)) == LONG + b"\r\n"
    assert session.runner.progress.stages[Stage.DATA] is StageStatus.SKIPPED
    assert "SIZE=25" in session.server.lines()[1]


async def test_pieces_and_pipelining_together():
    wishes = settings(content=LONG, chunk_size=1000, pipelining=True)
    session = Session(wishes, EHLO=CHUNKING)
    assert (await session.to_the_end()).verdict is OK
    assert session.server.lines()[3] == "BDAT 25 LAST"


async def test_without_the_offer_the_message_goes_by_data():
    session = Session(settings(content=LONG, chunk_size=10))
    assert (await session.to_the_end()).verdict is OK
    assert "DATA" in session.server.lines()


async def test_an_empty_message_is_one_empty_piece():
    session = Session(settings(content=b"", chunk_size=10), EHLO=CHUNKING)
    assert (await session.to_the_end()).verdict is OK
    assert "BDAT 0 LAST" in session.server.lines()


PIECES = [
    ((b"452 later\r\n",), D),
    ((b"552 too large\r\n",), R),
    ((b"250 ok\r\n", b"554 spam\r\n"), R),
    ((FIN,), F),
    ((b"250 ok\r\n", b"250 ok\r\n", FIN), X),
    ((b"250 ok\r\n", b"250 ok\r\n", b"451 later\r\n"), D),
    ((b"250 ok\r\n", b"250 ok\r\n", b"999 what\r\n"), X),
]


@pytest.mark.parametrize(("replies", "verdict"), PIECES)
async def test_what_the_reply_to_a_piece_decides(replies, verdict):
    session = Session(settings(content=LONG, chunk_size=10), EHLO=CHUNKING, BDAT=replies)
    outcome = await session.to_the_end()
    assert (outcome.verdict, outcome.stage) == (verdict, Stage.CONTENT)


async def test_an_edited_bdat_still_brings_its_octets():
    session = Session(settings(content=LONG, chunk_size=1000), EHLO=CHUNKING)
    await session.until("content")
    await session.runner.step(b"bdat 25 last")
    assert (await session.to_the_end()).verdict is OK
    assert session.server.lines()[3] == "bdat 25 last"
