"""Transcripts of sessions against a scripted server, and what the rules find in them."""

from collections.abc import Iterable
from typing import Any

from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.findings import Finding
from smtplab.transcript.entries import Event, Transcript
from smtplab.transcript.recorder import Recorder
from smtplab.transcript.redaction import Redactor
from tests.fakes import Session, settings

HEADERS = (
    b"From: alice@fake.test\r\nTo: bob@fake.test\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
    b"Message-ID: <1@fake.test>\r\nSubject: x\r\n"
)
COMPLETE = HEADERS + b"\r\nhello\r\n"
"""A message that has nothing wrong with it."""


async def transcript_of(wishes: dict[str, Any], **answers: Any) -> Transcript:
    """The record of one automatic session."""
    session = Session(settings(**{"content": COMPLETE, **wishes}), **answers)
    await session.to_the_end()
    return record(session.events)


async def findings_of(wishes: dict[str, Any], **answers: Any) -> dict[str, Finding]:
    """The findings by rule."""
    return by_rule(await transcript_of(wishes, **answers))


def record(events: Iterable[Event | float]) -> Transcript:
    """The record of these events; a number lets so many seconds pass."""
    now = [0]
    transcript = Transcript("fake")
    recorder = Recorder(transcript, Redactor(), clock=lambda: now[0])
    for event in events:
        if isinstance(event, int | float):
            now[0] += int(event * 1e9)
        else:
            recorder(event)
    return transcript


def by_rule(transcript: Transcript) -> dict[str, Finding]:
    """What the rules find, by rule."""
    return {finding.rule: finding for finding in diagnose(transcript)}
