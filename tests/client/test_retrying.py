"""What is tried again, for whom, how often and after how long."""

import asyncio

import pytest

from smtplab.client.events import Decision, DecisionKind, Ended
from smtplab.client.outcome import Outcome, RecipientResult, Verdict
from smtplab.client.retrying import for_these, over_all, still_open
from smtplab.client.settings import TimeLimits
from smtplab.client.steps import Stage
from smtplab.wire.events import ConnectFailed, Opened
from tests.fakes import FIN, RST, SILENCE, Session, settings

OK, R, D, X, F, P = (
    Verdict.DELIVERED,
    Verdict.REJECTED,
    Verdict.DEFERRED,
    Verdict.IN_DOUBT,
    Verdict.FAILED,
    Verdict.PARTLY_DELIVERED,
)

TWICE = (300.0, 900.0)
AT_ONCE = (0.001, 0.001)

ATTEMPTS = [
    # what is answered -> connections made, the verdict in the end
    ({}, 1, OK),
    ({"greeting": (b"421 busy\r\n", b"220 hi\r\n")}, 2, OK),
    ({"greeting": (b"421 busy\r\n",)}, 3, D),
    ({"greeting": (FIN, b"220 hi\r\n")}, 2, OK),
    ({"MAIL": (b"451 later\r\n", b"250 ok\r\n")}, 2, OK),
    ({"MAIL": (RST, b"250 ok\r\n")}, 2, OK),
    ({"RCPT": (b"450 grey\r\n", b"450 grey\r\n", b"250 ok\r\n")}, 3, OK),
    ({"RCPT": SILENCE}, 3, F),
    ({"DATA": (FIN, b"354 go\r\n")}, 2, OK),
    ({"content": (b"451 later\r\n", b"250 ok\r\n")}, 2, OK),
    ({"content": (b"451 later\r\n", b"550 no\r\n")}, 2, R),
    ({"MAIL": b"550 no\r\n"}, 1, R),
    ({"content": b"554 spam\r\n"}, 1, R),
    ({"content": FIN}, 1, X),
    ({"content": SILENCE}, 1, X),
    ({"DATA": b"250 what\r\n"}, 1, F),
    ({"greeting": b"SSH-2.0-x\r\n"}, 1, F),
]


@pytest.mark.parametrize(("answers", "connections", "verdict"), ATTEMPTS)
async def test_only_what_may_go_better_is_tried_again(answers, connections, verdict):
    session = Session(settings(retries=AT_ONCE), **answers)
    outcome = await session.to_the_end()
    assert outcome.verdict is verdict
    retried = [e for e in session.events if isinstance(e, Decision)]
    assert [e.kind for e in retried] == [DecisionKind.RETRIED] * (connections - 1)
    assert sum(isinstance(e, Ended) for e in session.events) == 1


HOSTS = [
    # what is answered, the hosts, those that were connected to, the verdict
    ({}, ("a.test", "b.test"), ["a.test"], OK),
    ({}, ("absent1.test", "b.test"), ["b.test"], OK),
    ({}, ("absent1.test", "absent2.test"), [], F),
    (
        {"greeting": (b"421 busy\r\n", b"220 hi\r\n")},
        ("a.test", "b.test"),
        ["a.test", "b.test"],
        OK,
    ),
    ({"greeting": b"450 no\r\n"}, ("a.test", "b.test"), ["a.test", "b.test"], D),
    ({"greeting": b"554 no\r\n"}, ("a.test", "b.test"), ["a.test"], R),
    ({"MAIL": b"451 later\r\n"}, ("a.test", "b.test"), ["a.test"], D),
    ({"content": FIN}, ("a.test", "b.test"), ["a.test"], X),
]


@pytest.mark.parametrize(("answers", "hosts", "reached", "verdict"), HOSTS)
async def test_another_host_is_tried_where_one_is_absent_or_busy(answers, hosts, reached, verdict):
    host, *others = hosts
    session = Session(settings(host=host, alternatives=tuple(others)), **answers)
    outcome = await session.to_the_end()
    assert outcome.verdict is verdict
    assert [e.host for e in session.events if isinstance(e, Opened)] == reached
    notes = [e.note for e in session.events if isinstance(e, Decision)]
    assert all(note.startswith("the next server is ") for note in notes)


async def test_a_retry_begins_with_the_best_host_again():
    wishes = settings(host="absent.test", alternatives=("b.test",), retries=AT_ONCE)
    session = Session(wishes, MAIL=(b"451 later\r\n", b"250 ok\r\n"))
    assert (await session.to_the_end()).verdict is OK
    tried = [e.host for e in session.events if isinstance(e, Opened | ConnectFailed)]
    assert tried == ["absent.test", "b.test"] * 2


async def test_whoever_stops_wants_no_other_host():
    session = Session(settings(alternatives=("b.test",)), greeting=b"421 busy\r\n")
    await session.until("greeting")
    await session.runner.stop()
    assert (await session.close()).verdict is Verdict.STOPPED


async def test_only_those_who_are_still_open_are_tried_again():
    session = Session(
        settings(
            recipients=("a@fake.test", "b@fake.test", "c@fake.test"),
            retries=AT_ONCE,
        ),
        RCPT=(b"250 ok\r\n", b"450 grey\r\n", b"550 no\r\n", b"250 ok\r\n"),
    )
    outcome = await session.to_the_end()
    said = [line for line in session.server.lines() if line.startswith("RCPT")]
    assert said[3:] == ["RCPT TO:<b@fake.test>"]
    assert outcome.verdict is P
    assert {r.recipient[0]: r.verdict for r in outcome.recipients} == {"a": OK, "b": OK, "c": R}


async def test_the_pause_is_planned_and_scaled_and_can_be_refused():
    limits = TimeLimits(scale=0.001)
    session = Session(settings(retries=TWICE, limits=limits), MAIL=b"451 later\r\n")
    while session.runner.progress.pause == 0.0:
        await session.runner.step()
    assert session.runner.stage is Stage.CONNECT
    assert session.runner.progress.pause == pytest.approx(0.3)
    assert "wait 0.3 s, then try again" in session.runner.planned.summary
    assert session.runner.ended is None
    outcome = await session.close()
    assert outcome.verdict is Verdict.STOPPED


async def test_whoever_stops_during_the_pause_gets_no_connection_more():
    session = Session(settings(retries=(0.3,), limits=TimeLimits()), MAIL=b"451 later\r\n")
    while session.runner.progress.pause == 0.0:
        await session.runner.step()
    opened = sum(isinstance(event, Opened) for event in session.events)
    waiting = asyncio.ensure_future(session.runner.step())
    await asyncio.sleep(0)
    assert session.runner.waiting is not None
    assert session.runner.waiting.what == "the moment to try again"
    await session.runner.stop()
    await waiting
    assert sum(isinstance(event, Opened) for event in session.events) == opened
    outcome = await session.close()
    assert outcome.verdict is Verdict.STOPPED


def result(name: str, verdict: Verdict) -> RecipientResult:
    return RecipientResult(f"{name}@fake.test", verdict)


def test_nobody_is_left_when_nothing_can_be_hoped_for():
    wishes = settings(recipients=("a@fake.test", "b@fake.test"))
    for verdict, lost, left in ((R, True, 0), (X, True, 0), (F, False, 0), (F, True, 2), (D, 0, 2)):
        found = still_open(wishes, Outcome(verdict, Stage.MAIL, ""), lost=bool(lost))
        assert len(found) == left
    partly = Outcome(P, Stage.CONTENT, "", None, (result("a", OK), result("b", R)))
    assert still_open(wishes, partly, lost=False) == ()


OVER_ALL = [
    ((OK,), (OK,), OK, OK),
    ((OK,), (R,), R, P),
    ((R,), (OK,), OK, P),
    ((R,), (D,), D, D),
    ((OK,), (X,), X, X),
    ((), (R,), R, R),
]


@pytest.mark.parametrize(("former", "last", "verdict", "expected"), OVER_ALL)
def test_all_attempts_make_one_outcome(former, last, verdict, expected):
    wishes = for_these(settings(), tuple(f"n{i}@fake.test" for i in range(len(last))))
    outcome = Outcome(
        verdict, Stage.CONTENT, "", None, tuple(result(f"n{i}", v) for i, v in enumerate(last))
    )
    merged = over_all(tuple(result("f", v) for v in former), wishes, outcome)
    assert merged.verdict is expected
    assert [r.verdict for r in merged.recipients] == [*former, *last]
