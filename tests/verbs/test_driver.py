"""The driver over a real workbench with the bundled server: by hand, automatic, and between."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager

import pytest

from smtplab.client.events import Decision, DecisionKind, ReplyForged
from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.tls.events import HandshakeMessage
from smtplab.tls.handshake import decode
from smtplab.verbs.driver import Driver, NotNow
from smtplab.verbs.pace import SPEEDS
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

PATIENCE = 20.0

SILENT_AT_EHLO = """\
title: Silence
severity: info
story: It says nothing more.
rules:
  - at: ehlo
    do: [hang: quiet]
"""


@asynccontextmanager
async def opened(target: str = "scenario:honest", **options):
    bench = Workbench(parse_target(target), Options(**options), keep_secrets=True)
    await bench.open()
    driver = Driver(bench)
    try:
        async with asyncio.timeout(PATIENCE):
            yield driver
    finally:
        await driver.close()


async def steps(driver: Driver, count: int) -> None:
    for _ in range(count):
        await driver.send(driver.proposal)


async def until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110  # the session has no event for each of these
        await asyncio.sleep(0)


def said(driver: Driver) -> list[bytes]:
    return [event.raw for _, event in driver.bench.transcript.of(CommandSent)]


async def test_by_hand_from_connect_to_quit():
    async with opened() as driver:
        assert not driver.is_open
        seen = []
        while driver.step_planned is not None:
            seen.append(driver.step_planned.stage)
            await driver.send(driver.proposal)
        assert seen == [stage for stage in Stage if stage is not Stage.XCLIENT]
        assert driver.bench.outcome.verdict is Verdict.DELIVERED
        assert driver.bench.outcome.verdict.words == "delivered"
        assert not driver.is_open
        for late in (driver.send(""), driver.run(), driver.abort(), driver.skip()):
            with pytest.raises(NotNow):
                await late


async def test_an_edited_line_advances_and_an_injected_one_does_not():
    async with opened() as driver:
        await steps(driver, 2)
        await driver.send("EHLO somebody.example")
        assert driver.step_planned.stage is Stage.STARTTLS
        await driver.send("NOOP")
        await driver.send(r"NOOP\r\nNOOP\r\n" + "\\")
        assert driver.step_planned.stage is Stage.STARTTLS
        assert said(driver) == [b"EHLO somebody.example\r\n", b"NOOP\r\n", b"NOOP\r\nNOOP\r\n"]
        kinds = [event.kind for _, event in driver.bench.transcript.of(Decision)]
        assert kinds == [DecisionKind.EDITED, DecisionKind.INJECTED, DecisionKind.INJECTED]


async def test_a_placeholder_logs_in_and_the_proposal_hides_the_secret():
    async with opened() as driver:
        await driver.run(Stage.AUTH, at_once=True)
        assert "{secret}" in driver.proposal
        assert driver.revealing is None
        driver.reveal = True
        assert "{secret}" not in driver.proposal
        assert driver.revealing is not None
        driver.reveal = False
        # Spelled differently, so that it is an edited line that carries the placeholder.
        await driver.send(driver.proposal.replace("AUTH", "auth"))
        assert driver.step_planned.stage is Stage.MAIL


async def test_nothing_can_be_said_before_there_is_a_connection_or_into_a_handshake():
    async with opened() as driver:
        with pytest.raises(NotNow, match="press Enter to connect"):
            await driver.send("EHLO me")
        await steps(driver, 4)
        assert driver.step_planned.stage is Stage.TLS
        with pytest.raises(NotNow, match="TLS handshake comes next"):
            await driver.inject("NOOP")


async def test_what_cannot_be_left_out_is_said_and_what_can_is_left_out():
    async with opened() as driver:
        with pytest.raises(NotNow, match="cannot be left out"):
            await driver.skip()
        await driver.run(Stage.AUTH, at_once=True)
        await driver.skip()
        assert driver.step_planned.stage is Stage.MAIL
        assert driver.bench.stages[Stage.AUTH] is StageStatus.SKIPPED


async def test_a_line_typed_in_place_of_the_message_goes_out_without_waiting():
    async with opened() as driver:
        await driver.run(Stage.CONTENT, at_once=True)
        await driver.inject("Subject: one")
        await driver.send(driver.proposal)
        assert driver.bench.outcome is None
        assert b"Subject: one\r\n" in b"".join(said(driver))
        assert len(list(driver.bench.transcript.of(ContentSent))) == 1


async def test_automatic_runs_to_the_end_at_any_speed():
    async with opened() as driver:
        driver.change_speed(+99)
        assert SPEEDS[driver.speed].name == "max"
        await driver.toggle_automatic()
        assert driver.bench.outcome.verdict is Verdict.DELIVERED
        assert not driver.automatic


async def test_the_speed_has_ends():
    async with opened() as driver:
        driver.change_speed(-99)
        assert driver.speed == 0
        driver.change_speed(+1)
        assert driver.speed == 1


async def test_automatic_is_switched_off_during_a_rest():
    async with opened() as driver:
        driver.speed = 0
        async with asyncio.TaskGroup() as group:
            group.create_task(driver.toggle_automatic())
            await until(lambda: driver.automatic)
            await driver.toggle_automatic()
        assert not driver.automatic
        assert driver.bench.outcome is None
        assert driver.pause.text == ""


async def test_run_to_a_stage_and_on_to_the_one_behind():
    async with opened() as driver:
        await driver.run(Stage.EHLO, at_once=True)
        assert driver.step_planned.stage is Stage.EHLO
        assert driver.stage_after() is Stage.STARTTLS
        await driver.run(driver.stage_after(), at_once=True)
        assert driver.step_planned.stage is Stage.STARTTLS
        await driver.run(Stage.QUIT, at_once=True)
        assert driver.stage_after() is None


async def test_breakpoints_stop_once_and_can_be_taken_away():
    async with opened() as driver:
        driver.toggle_breakpoint("mail")
        driver.toggle_breakpoint("data")
        driver.toggle_breakpoint("data")
        await driver.run(at_once=True)
        assert driver.step_planned.stage is Stage.MAIL
        assert driver.pause.breakpoint
        assert driver.pause.text == "breakpoint mail"
        await driver.run(at_once=True)
        assert driver.bench.outcome.verdict is Verdict.DELIVERED


async def test_a_finding_stops_the_automatic_mode():
    async with opened("scenario:envelope/rcpt-451") as driver:
        await driver.run(at_once=True)
        assert driver.bench.outcome is None
        assert driver.pause.text
        assert not driver.pause.breakpoint
        assert not driver.automatic


async def test_a_question_is_the_users_to_answer():
    async with opened("scenario:certificates/wrong-host") as driver:
        await driver.run(at_once=True)
        assert driver.question is not None
        assert driver.step_planned is None
        assert driver.proposal == driver.question.default == ":abort"
        refused = (driver.run(), driver.send("NOOP"), driver.send(":nonsense"), driver.inject("x"))
        for late in refused:
            with pytest.raises(NotNow):
                await late
        assert driver.bench.outcome is None
        await driver.send(" :c ")
        assert driver.question is None
        await driver.run(at_once=True)
        assert "mail.other.test" in driver.pause.text  # said once more, then it goes on
        await driver.run(at_once=True)
        assert driver.bench.outcome.verdict is Verdict.DELIVERED
        with pytest.raises(NotNow, match="no question"):
            await driver.answer(":c")


async def test_the_safe_answer_is_taken_on_enter_and_by_abort():
    for answer in (lambda d: d.send(d.proposal), lambda d: d.abort()):
        async with opened("scenario:certificates/wrong-host") as driver:
            await driver.run(at_once=True)
            await answer(driver)
            assert driver.bench.outcome.verdict is Verdict.REFUSED
            assert driver.question is None


@pytest.fixture
def silent(tmp_path):
    path = tmp_path / "silent.yaml"
    path.write_text(SILENT_AT_EHLO)
    return f"scenario:{path}"


async def test_abort_and_close_do_not_wait_for_a_reply(silent):
    async with opened(silent) as driver:
        await steps(driver, 2)
        assert driver.waited == 0
        work = asyncio.ensure_future(driver.send(driver.proposal))
        await until(lambda: driver.bench.waiting is not None)
        assert driver.waited >= 0
        await driver.send(driver.proposal)  # impatience sends nothing
        assert not await driver.poll()
        await driver.abort()
        await asyncio.gather(work, return_exceptions=True)
        assert driver.bench.outcome.verdict is Verdict.STOPPED
        assert said(driver) == [b"EHLO [127.0.0.1]\r\n"]
    async with opened(silent) as driver:
        await steps(driver, 2)
        work = asyncio.ensure_future(driver.send(driver.proposal))
        await until(lambda: driver.bench.waiting is not None)
        await driver.close()
        await asyncio.gather(work, return_exceptions=True)
        assert driver.bench.outcome is not None
        assert driver.bench.lab is None


async def test_the_clock_of_a_wait_starts_with_the_wait(silent):
    now = [100.0]
    async with opened(silent) as opened_driver:
        driver = Driver(opened_driver.bench, clock=lambda: now[0])
        await steps(driver, 2)
        work = asyncio.ensure_future(driver.send(driver.proposal))
        await until(lambda: driver.bench.waiting is not None)
        assert driver.waited == 0
        now[0] += 7
        assert driver.waited == 7
        await driver.abort()
        await asyncio.gather(work, return_exceptions=True)
        assert driver.waited == 0


def unasked(driver: Driver) -> list[int | None]:
    found = driver.bench.transcript.of(ReplyReceived)
    return [event.reply.code for _, event in found if event.verb is None]


SPEAKS_UP = """\
title: It speaks unasked
severity: info
story: A 421 behind the reply to EHLO.
rules:
  - at: ehlo
    do: [pass: loud, reply: "421 4.3.2 going down", close: fin]
"""


async def test_what_is_said_unasked_is_picked_up(tmp_path):
    path = tmp_path / "unasked.yaml"
    path.write_text(SPEAKS_UP)
    async with opened(f"scenario:{path}", base="plain") as driver:
        assert not await driver.poll()
        await steps(driver, 3)
        while not (replies := unasked(driver)):
            await driver.poll()
            await asyncio.sleep(0)
        assert replies == [421]


# Into a step, forged replies, delays, predictions, breakpoints of every kind.


async def test_the_handshake_goes_flight_by_flight():
    async with opened() as driver:
        await steps(driver, 4)
        seen = []
        while driver.step_planned.stage is Stage.TLS:
            await driver.step_into()
            seen.append(
                [
                    decode(event.data).label
                    for _, event in driver.bench.transcript.of(HandshakeMessage)
                ]
            )
        assert seen[0] == ["ClientHello"]
        assert "Certificate" in seen[1]
        assert not any("Finished" in labels and len(labels) < 5 for labels in seen)
        assert seen[-1].count("Finished") == 2
        assert driver.step_planned.stage is Stage.EHLO_TLS
        assert driver.next_part == ""


@pytest.mark.parametrize("finish", [False, True])
async def test_the_message_goes_line_by_line(finish):
    async with opened(base="plain", auth=False) as driver:
        driver.use_content(b"Subject: x\r\n\r\none\r\n.two\r\n")
        await driver.run(Stage.CONTENT, at_once=True)
        await driver.step_into()
        assert driver.next_part == "5 octets: one"
        await driver.step_into()
        assert driver.next_part == "7 octets: ..two"
        if finish:
            await driver.send(driver.proposal)
        else:
            await driver.step_into()
            assert driver.next_part == "3 octets: ."
            await driver.step_into()
        assert driver.next_part == ""
        assert driver.bench.lab.inbox.one().content == b"Subject: x\r\n\r\none\r\n.two\r\n"
        assert driver.step_planned.stage is Stage.QUIT


async def test_into_a_step_without_parts_is_the_whole_step():
    async with opened() as driver:
        await driver.step_into()
        assert driver.step_planned.stage is Stage.GREETING


async def test_an_abort_ends_a_step_that_one_is_inside():
    async with opened() as driver:
        await steps(driver, 4)
        await driver.step_into()
        await driver.abort()
        assert driver.bench.outcome.verdict is Verdict.STOPPED
        assert driver.next_part == ""


@pytest.mark.parametrize(
    ("stage", "forged", "verdict"),
    [
        (Stage.MAIL, "451 4.7.1 later", Verdict.DEFERRED),
        (Stage.RCPT, "550 5.1.1 nobody", Verdict.REJECTED),
        (Stage.CONTENT, "554 5.7.1 spam", Verdict.REJECTED),
        (Stage.MAIL, "421 4.3.2 going", Verdict.DEFERRED),
    ],
)
async def test_the_plan_follows_a_forged_reply_and_both_stay_in_the_record(stage, forged, verdict):
    async with opened() as driver:
        await driver.run(stage, at_once=True)
        driver.forge(forged)
        assert driver.bench.runner.forged.code == int(forged[:3])
        await driver.run(at_once=True)
        while driver.step_planned is not None:
            await driver.run_step()
        assert driver.bench.outcome.verdict is verdict
        ((entry, event),) = driver.bench.transcript.of(ReplyForged)
        assert event.reply.code == int(forged[:3])
        true = driver.bench.transcript[entry.number - 2].event
        assert isinstance(true, ReplyReceived)
        assert true.reply.code in (250, 354)
        assert driver.bench.runner.forged is None


@pytest.mark.parametrize("text", ["hello", "45", "250-more", "250 one\\r\\n250 two", ""])
async def test_what_is_no_reply_cannot_be_forged(text):
    async with opened() as driver:
        await driver.run_step()
        with pytest.raises(NotNow, match="is no reply"):
            driver.forge(text)


async def test_a_delay_is_recorded_and_the_step_follows():
    async with opened() as driver:
        with pytest.raises(NotNow):
            await driver.delay(0.01)
        await steps(driver, 2)
        await driver.delay(0.01)
        (decision,) = (event for _, event in driver.bench.transcript.of(Decision))
        assert (decision.kind, decision.note) == (DecisionKind.DELAYED, "0.01 s")
        assert said(driver) == [b"EHLO [127.0.0.1]\r\n"]


async def test_guesses_before_each_reply():
    async with opened() as driver:
        driver.predictions.on = True
        assert not driver.asks_for_guess
        await driver.run_step()
        assert driver.asks_for_guess
        await driver.send("2")
        await driver.send("500")
        assert driver.predictions.score == "1 of 2 right"
        assert said(driver) == [b"EHLO [127.0.0.1]\r\n"]
        await driver.send(driver.proposal)
        assert driver.predictions.total == 2


@pytest.mark.parametrize(
    ("text", "stage"),
    [("reply 451", Stage.QUIT), ("send RCPT", Stage.RCPT), ("text /error in proc/", Stage.QUIT)],
)
async def test_the_automatic_mode_stops_at_breakpoints_of_every_kind(text, stage):
    async with opened("scenario:envelope/rcpt-451") as driver:
        driver.toggle_breakpoint(text)
        await driver.run(at_once=True)
        assert driver.pause.breakpoint
        assert driver.pause.text.startswith(f"breakpoint {text.split()[0]}")
        assert driver.bench.current_stage is stage
        with pytest.raises(NotNow, match="no breakpoint"):
            driver.toggle_breakpoint("nonsense")
