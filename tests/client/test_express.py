"""Messages in one piece make the very record that the same messages make step by step."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from smtplab.client import express
from smtplab.client.connection import BLOCK
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.runner import Runner
from smtplab.client.settings import SessionSettings, TimeLimits
from smtplab.client.steps import Stage
from smtplab.transcript.entries import Event
from tests.fakes import FIN, RST, SILENCE, Session, settings

PIPELINED = b"250-fake.test\r\n250-SIZE 1000000\r\n250 PIPELINING\r\n"
OK, GO = b"250 ok\r\n", b"354 go\r\n"

Answers = dict[str, bytes | tuple[bytes, ...]]


def several(count: int = 4, **wishes) -> SessionSettings:
    contents = [b"Subject: %d\r\n\r\nhello\r\n" % number for number in range(count)]
    return settings(**{"content": contents[0], "further": tuple(contents[1:]), **wishes})


async def done(
    wishes: SessionSettings, answers: Answers, way: Callable[[Runner], Awaitable[None]]
) -> tuple[Outcome, list[Event], list[bytes], int]:
    """A session done in a way: how it ended, its record, what the server heard; and the calls."""
    session = Session(wishes, **answers)
    calls = 0
    while session.runner.ended is None:
        await way(session.runner)
        calls += 1
    return await session.close(), session.events, session.server.heard, calls


async def same(
    wishes: SessionSettings, answers: Answers, patience: float = 0.05
) -> tuple[Outcome, int]:
    """Does it in both ways, which have to agree; how it ended, and how many calls were saved.

    Some answers leave us without a reply. A busy machine may be as late as that: where the two ways
    differ, both are done again with a lot of patience.
    """
    wishes = replace(wishes, limits=TimeLimits.all(patience))
    *by_steps, steps = await done(wishes, answers, Runner.step)
    *in_pieces, pieces = await done(wishes, answers, Runner.hurry)
    if in_pieces != by_steps and patience < 2:
        return await same(wishes, answers, 2)
    assert in_pieces == by_steps
    return in_pieces[0], steps - pieces


REPLIES: list[Answers] = [
    {},
    {"MAIL": (OK, b"451 4.3.0 later\r\n", OK)},
    {"MAIL": (OK, OK, b"550 5.7.1 no\r\n", OK)},
    {"MAIL": (OK, b"421 4.3.2 bye\r\n")},
    {"RCPT": (OK, OK, b"550 5.1.1 unknown\r\n", OK)},
    {"RCPT": b"450 4.2.1 later\r\n"},
    {"DATA": (GO, b"451 later\r\n", GO)},
    {"DATA": (GO, b"250 what?\r\n", GO)},
    {"content": (OK, b"451 4.3.0 later\r\n", OK)},
    {"content": (OK, b"554 5.6.0 no\r\n", OK)},
    {"content": (OK, b"299 what?\r\n", OK)},
    {"content": (OK, b"250-two\r\n250 lines\r\n", OK)},
    {"content": (OK, b"250 5.0.0 two minds\r\n", OK)},
    {"content": (OK, b"250 ok\r\n421 bye\r\n")},
    {"content": (OK, b"250 ok\r\n250 ok again\r\n", OK)},
    {"content": (OK, b"hello\r\n250 ok\r\n", OK)},
    {"content": (OK, "250 schön\r\n".encode(), OK)},
    {"content": (OK, b"250 " + b"x" * 600 + b"\r\n", OK)},
    {"content": (OK, b"250 no carriage return\n", OK)},
    {"content": (OK, FIN)},
    {"RCPT": (OK, OK, RST)},
    {"DATA": (GO, FIN)},
    {"MAIL": (OK, b"250 ok\r\n250 unasked\r\n", OK)},
    {"MAIL": (OK, SILENCE)},
    {"content": (OK, b"250 half a li" + SILENCE)},
]

WISHES = [
    {},
    {"recipients": ("bob@fake.test", "carol@fake.test")},
    {"pipelining": True},
    {"pipelining": True, "recipients": ("bob@fake.test", "carol@fake.test", "dan@fake.test")},
]


@pytest.mark.parametrize("answers", REPLIES)
@pytest.mark.parametrize("wishes", WISHES)
async def test_the_record_is_that_of_the_steps(wishes, answers):
    hello = {"EHLO": PIPELINED} if "pipelining" in wishes else {}
    outcome, saved = await same(several(**wishes), {**hello, **answers})
    assert saved >= 0
    assert answers or (outcome.verdict is Verdict.DELIVERED and saved >= 5)


STRANGE = [
    *(b"%d x\r\n" % code for code in (200, 250, 251, 354, 421, 451, 550)),
    *(b"250 %s\r\n" % text for text in (b"2.0.0 ok", b"5.1.1 no", b"2.x", b"\xff", b"\t")),
    OK, GO, OK, GO, b"250-x\r\n250 y\r\n", b"250 x\r\n354 y\r\n", b"hm\r\n", FIN, RST,
]  # fmt: skip


@hypothesis_settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            verb: st.lists(st.sampled_from(STRANGE), min_size=1, max_size=4).map(tuple)
            for verb in ("MAIL", "RCPT", "DATA", "content", "RSET")
        },
    ),
    st.sampled_from(WISHES),
)
def test_whatever_the_server_answers(answers, wishes):
    asyncio.run(same(several(**wishes), {"EHLO": PIPELINED, **answers}))


LONG = b"Subject: x\r\n\r\n" + b"x" * BLOCK + b"\r\n"

NOT_USUAL: list[tuple[dict[str, object], Answers]] = [
    ({"chunk_size": 100}, {"EHLO": b"250-fake.test\r\n250 CHUNKING\r\n"}),
    ({"lmtp": True, "recipients": ("a@b", "c@d")}, {"content": OK * 2}),
    ({"stop_after": Stage.RCPT}, {}),
    ({"drop_after_send": Stage.DATA}, {}),
    ({"content": LONG, "further": (LONG, LONG)}, {}),
    ({"raw_content": True, "content": b"x\r\n.\r\n", "further": (b"y\r\n.\r\n",)}, {}),
    ({"further": ()}, {}),
    ({"content": "Subject: ü\r\n\r\n".encode(), "further": (b"x",)}, {}),
]


@pytest.mark.parametrize(("wishes", "answers"), NOT_USUAL)
async def test_what_is_not_usual_goes_step_by_step(wishes, answers):
    _, saved = await same(several(**wishes), answers)
    assert saved == 0


async def test_mail_is_said_anew_for_a_message_of_another_kind():
    header = b"Subject: x\r\n\r\n"
    contents = [header + text for text in (b"a\r\n", b"b\r\n", b"\xff\r\n", b"ccc\r\n", b"d\r\n")]
    wishes = settings(content=contents[0], further=tuple(contents[1:]))
    await same(wishes, {})
    *_, heard, _ = await done(wishes, {}, Runner.hurry)
    mails = [line for line in heard if line.startswith(b"MAIL")]
    sizes = [int(line.split(b"SIZE=")[1].split()[0]) for line in mails]
    assert sizes == [len(content) for content in contents]
    assert [b"8BITMIME" in line for line in mails] == [False, False, True, False, False]


async def test_a_message_that_needs_a_question_ends_the_run():
    contents = b"Subject: x\r\n\r\n", "Subject: ü\r\n\r\n".encode(), b"Subject: x\r\n\r\n"
    outcome, saved = await same(several(content=contents[0], further=contents[1:]), {})
    assert outcome.verdict is not Verdict.DELIVERED
    assert saved > 0


async def test_a_step_left_out_by_the_user_stays_left_out():
    session = Session(several())
    await session.until("mail")
    await session.runner.skip()
    assert not express.suits(session.runner._performer)
    await session.close()
