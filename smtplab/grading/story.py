"""The transcript of a case as lines to show: both sides, in order, passwords hidden."""

from collections.abc import Iterator

from msgspec import Struct

from smtplab.grading.dialogue import Command, Content, Dialogue, Reply, Response
from smtplab.grading.playing import Connection, Played
from smtplab.grading.reading import read_tape
from smtplab.server.session_log import HIDDEN, Hider, SessionLog
from smtplab.tls.events import TlsFailed, TlsUp
from smtplab.transcript.escaping import escape

LONGEST = 200
"""Characters of a line that are kept."""

MOST_LINES = 200
"""Lines of a connection that are kept: the first ones."""


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that one side said, or a remark."""

    connection: int
    side: str
    """client, server, or lab for a remark."""
    text: str
    tls: bool = False


def story(played: Played) -> list[Line]:
    """Everything that was said, and what the scenario did."""
    found: list[Line] = []
    hider = Hider([played.password] if played.password else [])
    for connection in played.connections:
        lines = _lines(connection, hider)
        number = connection.dialogue.number
        found += [Line(connection=number, side=s, text=_cut(t), tls=x) for s, t, x in lines]
        found += [
            Line(connection=number, side="lab", text=_cut(text))
            for text in _remarks(played, connection)
        ]
    return found


def told(log: SessionLog, password: str = "") -> list[str]:
    """A connection as lines of text: C and S for the two sides, an asterisk for remarks."""
    dialogue = read_tape(log.number, log.tape)
    connection = Connection(dialogue, log, 0.0, None)
    marks = {"client": "C:", "server": "S:"}
    lines = _lines(connection, Hider([password] if password else []))
    found = [f"{marks.get(side, '*')} {_cut(text)}" for side, text, _ in lines]
    return [*found, f"* the connection ended: {log.closed or 'it was still open'}"]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


def _lines(connection: Connection, hider: Hider) -> list[tuple[str, str, bool]]:
    dialogue = connection.dialogue
    lines: list[tuple[str, str, bool]] = []
    for line in _of_turns(dialogue, hider):
        if len(lines) == MOST_LINES:
            lines.append(("lab", "the rest is left out", False))
            break
        lines.append(line)
    if dialogue.unfinished_reply:
        lines.append(("server", _text(dialogue.unfinished_reply), dialogue.encrypted))
    return lines


def _of_turns(dialogue: Dialogue, hider: Hider) -> Iterator[tuple[str, str, bool]]:
    tried_auth = False
    for turn in dialogue.turns:
        if isinstance(turn, Command):
            tried_auth |= turn.verb == "AUTH"
            yield "client", hider.hide(_text(turn.line), may_be_secret=tried_auth), turn.encrypted
        elif isinstance(turn, Response):
            yield "client", HIDDEN, turn.encrypted
        elif isinstance(turn, Reply):
            for line in turn.raw.splitlines():
                yield "server", _text(line), turn.encrypted
        else:
            yield from _of_content(turn)


def _of_content(content: Content) -> Iterator[tuple[str, str, bool]]:
    end = "" if content.ended else ", without its end"
    yield "client", f"(a message of {len(content.raw)} octets{end})", content.encrypted


def _remarks(played: Played, connection: Connection) -> Iterator[str]:
    tls = connection.log.tls
    if isinstance(tls, TlsUp):
        yield f"TLS: {tls.version}"
    elif isinstance(tls, TlsFailed):
        yield f"TLS failed: {tls.reason}"
    for stage in dict.fromkeys(fault.stage for fault in played.faults(connection)):
        yield f"the scenario had its say at: {stage}"
    for error in connection.log.errors:
        yield f"an error in the lab, please report it: {error}"
    yield f"the connection ended: {connection.log.closed or 'it was still open'}"


def _text(octets: bytes) -> str:
    return escape(octets.decode("utf-8", "backslashreplace"))
