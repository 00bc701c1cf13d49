"""The automatic mode over a session: how far it goes, and why it stops."""

import asyncio

import pytest

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.workbench.automatic import Automatic, StopReason
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target


def session(scenario: str) -> Workbench:
    return Workbench(parse_target(f"scenario:{scenario}"), Options(base="plain", auth=False))


STOPS = [
    ("honest", None, None, "The session is over."),
    ("honest", Stage.MAIL, None, ""),
    ("honest", None, "data", "breakpoint data"),
    ("honest", None, "reply 354", "breakpoint reply 354"),
    ("envelope/rcpt-451", None, None, "The server refused"),
]


@pytest.mark.parametrize(("scenario", "until", "point", "text"), STOPS)
async def test_why_it_stops(scenario, until, point, text) -> None:
    async with session(scenario) as bench:
        automatic = Automatic(bench)
        if point:
            automatic.breakpoints.toggle(point)
        reason = await automatic.run(until=until)
        assert reason.text.startswith(text)
        assert bool(reason.text) is bool(text)
        assert reason.breakpoint is bool(point)
        assert until is None or bench.current_stage is until


async def test_it_goes_on_from_where_it_stopped() -> None:
    async with session("honest") as bench:
        automatic = Automatic(bench)
        automatic.breakpoints.toggle("mail")
        assert (await automatic.run()).breakpoint
        assert not (await automatic.run()).breakpoint
        assert bench.outcome is not None
        assert bench.outcome.verdict is Verdict.DELIVERED


async def test_a_pause_ends_a_rest_and_does_no_step() -> None:
    async with session("honest") as bench:
        automatic = Automatic(bench)
        running = asyncio.ensure_future(automatic.run(pace=lambda step: 60.0))
        await asyncio.sleep(0)
        automatic.pause()
        assert await running == StopReason("")
        assert bench.current_stage is Stage.CONNECT
        assert not (await automatic.run()).breakpoint, "an old pause holds nothing up"
        assert bench.outcome is not None
