"""Saved sessions: JSON Lines, a header and then one entry a line, lossless both ways.

Octets of SMTP are written as text of one character an octet, so that a person can read the file;
octets of TLS as base64.
"""

import base64
import dataclasses
import json
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.transcript.escaping import json_text

FORMAT = 1
"""Raised when a reader of the former format would misread the new one."""

BINARY = frozenset({"Segment.data", "HandshakeMessage.data", "ChainChecked.chain"})
"""Fields whose octets are written as base64."""


class TranscriptError(Exception):
    """A file that is no transcript, or not one that this version reads; the text says where."""


def _all_events(union: Any) -> Iterator[type]:
    for member in typing.get_args(union):
        if isinstance(member, types.UnionType):
            yield from _all_events(member)
        else:
            yield member


EVENTS: dict[str, type] = {event.__name__: event for event in _all_events(Event)}


# Writing.


def dump(transcript: Transcript) -> Iterator[str]:
    """The lines of the file, without line ends."""
    started = transcript.started.isoformat() if transcript.started is not None else None
    header = {"smtplab": "transcript", "format": FORMAT}
    yield json_text({**header, "target": transcript.target, "started": started})
    for entry in transcript:
        yield json_text(encode_entry(entry))


def save(transcript: Transcript, path: Path) -> None:
    """Writes the file; OSError when that cannot be done."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in dump(transcript))


def encode_entry(entry: Entry) -> dict[str, Any]:
    """One entry as plain values."""
    kind = type(entry.event).__name__
    head = {
        "number": entry.number,
        "nanoseconds": entry.nanoseconds,
        "stage": entry.stage,
        "encrypted": entry.encrypted,
        "event": kind,
    }
    fields = _fields(entry.event, kind)
    return head | {f"event_{name}" if name in head else name: fields[name] for name in fields}


def _fields(value: Any, kind: str) -> dict[str, Any]:
    return {
        field.name: _encode(getattr(value, field.name), f"{kind}.{field.name}")
        for field in dataclasses.fields(value)
    }


def _encode(value: Any, where: str) -> Any:
    if isinstance(value, bytes):
        binary = where in BINARY
        return base64.b64encode(value).decode() if binary else value.decode("latin-1")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_encode(item, where) for item in value]
    if dataclasses.is_dataclass(value):
        return _fields(value, type(value).__name__)
    return value


# Reading.


OnCut = Callable[[int], None]
"""Told the number of a last line that was cut off; the line is then left out."""


def load(path: Path, on_cut: OnCut | None = None) -> Transcript:
    """Reads a file; TranscriptError names the line that cannot be read."""
    with path.open("rb") as file:
        return parse(file, on_cut)


def parse(lines: Iterable[str | bytes], on_cut: OnCut | None = None) -> Transcript:
    """Reads the lines of a file.

    A file ends in the middle of a line when its writer was killed, or the disk was full. With
    `on_cut` that is told and no error, as long as the header is there.
    """
    transcript = Transcript()
    number = 0
    for number, line in enumerate(lines, start=1):
        try:
            _take_line(transcript, line, number)
        except TranscriptError:
            if on_cut is None or number == 1 or _is_whole(line):
                raise
            on_cut(number)
    if number == 0:
        raise TranscriptError("line 1: the file is empty")
    return transcript


def _is_whole(line: str | bytes) -> bool:
    """Only the last line of a file can be without its line end."""
    return line[-1:] in ("\n", b"\n")


def _take_line(transcript: Transcript, line: str | bytes, number: int) -> None:
    value = _object(line, number)
    if number == 1:
        transcript.target, transcript.started = _header(value)
    else:
        transcript.entries.append(decode_entry(value, number))


def _object(line: str | bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line.decode() if isinstance(line, bytes) else line)
    except UnicodeDecodeError as error:
        raise TranscriptError(f"line {number}: this is no text: {error}") from error
    except (ValueError, RecursionError) as error:
        raise TranscriptError(f"line {number}: this is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise TranscriptError(f"line {number}: an object was expected")
    return value


def _header(value: dict[str, Any]) -> tuple[str, datetime | None]:
    if value.get("smtplab") != "transcript":
        raise TranscriptError("line 1: this is no smtplab transcript")
    if value.get("format") != FORMAT:
        raise TranscriptError(
            f"line 1: format {value.get('format')!r}; this version reads {FORMAT}"
        )
    started = value.get("started")
    try:
        return str(value.get("target", "")), datetime.fromisoformat(started) if started else None
    except (TypeError, ValueError) as error:
        raise TranscriptError(f"line 1: 'started' is no time: {error}") from error


MISFITS = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What comes of values that are of another kind than a field's."""


def decode_entry(value: dict[str, Any], line: int) -> Entry:
    """One entry from plain values; `line` is named when that cannot be done."""
    event = EVENTS.get(str(value.get("event")))
    if event is None:
        raise TranscriptError(f"line {line}: no event is called {value.get('event')!r}")
    try:
        return Entry(
            int(value["number"]),
            int(value["nanoseconds"]),
            str(value["stage"]),
            bool(value["encrypted"]),
            _decode_fields(event, value | _own_fields(value)),
        )
    except MISFITS as error:
        raise TranscriptError(f"line {line}: {type(error).__name__} at {error}") from error


def _own_fields(value: dict[str, Any]) -> dict[str, Any]:
    """The fields of the event whose names an entry has as well, under their own names."""
    return {name.removeprefix("event_"): value[name] for name in value if name.startswith("event_")}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode_fields(kind: Any, value: dict[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(
        **{
            field.name: _decode(
                hints[field.name], value[field.name], f"{kind.__name__}.{field.name}"
            )
            for field in dataclasses.fields(kind)
        }
    )


def _decode(hint: Any, value: Any, where: str) -> Any:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        if value is None:
            return None
        hint = next(member for member in typing.get_args(hint) if member is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        return _decode_tuple(typing.get_args(hint), value, where)
    if hint is bytes:
        return base64.b64decode(value) if where in BINARY else value.encode("latin-1")
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if dataclasses.is_dataclass(hint):
        return _decode_fields(hint, value)
    cast: Callable[[Any], Any] = hint
    return cast(value)


def _decode_tuple(items: tuple[Any, ...], value: list[Any], where: str) -> tuple[Any, ...]:
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(_decode(items[0], item, where) for item in value)
    return tuple(_decode(hint, item, where) for hint, item in zip(items, value, strict=True))
