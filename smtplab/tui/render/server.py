"""The other side: what the bundled server saw, and which fault it played."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.content import Content

from smtplab.scenarios.model import Scenario
from smtplab.server.events import (
    Closed,
    CommandRead,
    Connected,
    FaultFired,
    Listening,
    MessageAccepted,
    Noted,
    ReplySaid,
    ServerEvent,
    TlsBroken,
    TlsStarted,
)
from smtplab.tui import glyphs
from smtplab.tui.render.text import Part, content, hanging, stack

EMPTY = "This is a real server: only its own log tells what it saw."


def server(scenario: Scenario | None, events: Sequence[ServerEvent], width: int) -> Content:
    """The scenario, and everything that its server reported."""
    if scenario is None:
        return content((EMPTY, "note"))
    played = [event for event in events if isinstance(event, FaultFired)]
    count = f"{len(played)} time{'' if len(played) == 1 else 's'}"
    head = content((scenario.title, "title"), (f"  {scenario.id}", "dim"))
    fired = content((f"  a rule was played {count}", "warning" if played else "dim"))
    lines = [head + fired, content()]
    for event in events:
        label, parts = _worded(event)
        lines += hanging(content(label), content(*parts), width, 8)
    return stack(lines)


Worded = tuple[Part, list[Part]]
"""Who said it, and the text."""

NOBODY: Part = ("", "dim")
ODD: Part = (" !", "warning")


def _worded(event: ServerEvent) -> Worded:
    wording = WORDINGS.get(type(event))
    return wording(event) if wording is not None else (NOBODY, [(event.kind, "dim")])


def _command(event: CommandRead) -> Worded:
    text = f"{glyphs.gutter(event.encrypted)} {event.line}"
    return (f" C {glyphs.SENT} ", "title"), [(text, "client")]


def _reply(event: ReplySaid) -> Worded:
    more = f"  and {len(event.lines) - 1} more lines" if len(event.lines) > 1 else ""
    first = event.lines[0] if event.lines else ""
    text = f"{glyphs.gutter(event.encrypted)} {first}"
    return (f" S {glyphs.RECEIVED} ", "text"), [(text, "server"), (more, "dim")]


def _message(event: MessageAccepted) -> Worded:
    to = ", ".join(event.recipients)
    return NOBODY, [(f"message accepted for {to}: {event.size:,} octets", "good")]


def _broken(event: TlsBroken) -> Worded:
    text = f"handshake failed with “{event.certificate}”: {event.reason}"
    return ODD, [(text, "error")]


def _fault(event: FaultFired) -> Worded:
    return ODD, [(f"fault: rule {event.rule + 1} at {event.stage}: {event.what}", "warning")]


WORDINGS: dict[type, Callable[[Any], Worded]] = {
    Listening: lambda e: (NOBODY, [(f"listening on {e.host}:{e.port}", "dim")]),
    Connected: lambda e: (NOBODY, [(f"connection {e.session} from {e.peer}", "dim")]),
    CommandRead: _command,
    ReplySaid: _reply,
    FaultFired: _fault,
    MessageAccepted: _message,
    TlsStarted: lambda e: (
        NOBODY,
        [(f"{e.version} is up, with the certificate “{e.certificate}”", "tls")],
    ),
    TlsBroken: _broken,
    Noted: lambda e: (NOBODY, [(e.text, "note")]),
    Closed: lambda e: (NOBODY, [(f"connection over: {e.how}", "dim")]),
}
"""Each event of the server in words; a test holds this to the list of events."""
