"""The whole session as one JSON value; docs/command-line.md lists its names."""

from typing import Any

from smtplab.client.events import StageChanged
from smtplab.diagnosis.engine import diagnose
from smtplab.export.objects import session_object, timings_object
from smtplab.transcript.entries import Entry, Transcript
from smtplab.transcript.escaping import json_text
from smtplab.transcript.wording import CLIENT, SERVER, word
from smtplab.version import VERSION

FORMAT = 1
"""Raised when a reader of the former value would misread the new one."""

SIDES = {CLIENT: "client", SERVER: "server"}


def export(transcript: Transcript) -> bytes:
    """One value in UTF-8, indented."""
    return json_text(as_object(transcript), indent=2).encode() + b"\n"


def as_object(transcript: Transcript) -> dict[str, Any]:
    """The value: what `send --json` prints, and besides it the stages and the dialogue."""
    started = transcript.started
    return {
        "smtplab": "session",
        "format": FORMAT,
        "version": VERSION,
        "target": transcript.target,
        "started": started.isoformat() if started is not None else None,
        **session_object(transcript, diagnose(transcript)),
        "stages": stage_objects(transcript),
        "dialogue": [entry_object(entry) for entry in transcript if word(entry)],
    }


def stage_objects(transcript: Transcript) -> list[dict[str, Any]]:
    """What became of each stage, in the order in which they were first reached."""
    last = {event.stage.value: event for _, event in transcript.of(StageChanged)}
    seconds = timings_object(transcript)
    return [
        {
            "stage": stage,
            "status": event.status.value,
            "seconds": seconds.get(stage, 0.0),
            "note": event.note,
        }
        for stage, event in last.items()
    ]


def entry_object(entry: Entry) -> dict[str, Any]:
    """One thing that happened, in words."""
    lines = word(entry)
    return {
        "entry": entry.number,
        "seconds": round(entry.nanoseconds / 1e9, 6),
        "stage": entry.stage,
        "encrypted": entry.encrypted,
        "event": type(entry.event).__name__,
        "side": SIDES.get(lines[0].side, "lab"),
        "lines": [line.text for line in lines],
    }
