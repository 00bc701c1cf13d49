"""Transcripts of sessions against a scripted server, and what the rules find in them."""

from typing import Any

from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.findings import Finding
from smtplab.transcript.entries import Transcript
from smtplab.transcript.recorder import Recorder
from smtplab.transcript.redaction import Redactor
from tests.fakes import Session, settings


async def transcript_of(wishes: dict[str, Any], **answers: Any) -> Transcript:
    """The record of one automatic session."""
    session = Session(settings(**wishes), **answers)
    await session.to_the_end()
    transcript = Transcript("fake")
    recorder = Recorder(transcript, Redactor())
    for event in session.events:
        recorder(event)
    return transcript


async def findings_of(wishes: dict[str, Any], **answers: Any) -> dict[str, Finding]:
    """The findings by rule."""
    return {f.rule: f for f in diagnose(await transcript_of(wishes, **answers))}
