"""Records to export: a played one with a clock that ticks, and real ones of the bundled server."""

import itertools
from typing import Any

from smtplab.client.settings import SessionSettings
from smtplab.transcript.entries import Event, Transcript
from smtplab.transcript.recorder import Recorder
from smtplab.transcript.redaction import Redactor
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target
from tests.fakes import NOON, Session

TICK = 1_000_000
"""Nanoseconds from one event to the next."""


def of_events(events: list[Event], *secrets: str, target: str = "fake.test:25") -> Transcript:
    """Those events as a record that began at noon."""
    transcript = Transcript(target, started=NOON)
    ticks = itertools.count(0, TICK)
    recorder = Recorder(transcript, Redactor(secrets), keep_keys=True, clock=lambda: next(ticks))
    for event in events:
        recorder(event)
    return transcript


async def played(wishes: SessionSettings, **answers: Any) -> Transcript:
    """A session against a scripted server; nothing in its record depends on the machine."""
    session = Session(wishes, **answers)
    await session.to_the_end()
    secrets = [wishes.credentials.password] if wishes.credentials else []
    return of_events(session.events, *secrets, target=f"{wishes.host}:{wishes.port}")


async def recorded(target: str, **options: Any) -> Transcript:
    """A session with the bundled server."""
    bench = Workbench(parse_target(target), Options(time_scale=0.01, **options))
    async with bench:
        while bench.outcome is None:
            await bench.step()
    return bench.transcript
