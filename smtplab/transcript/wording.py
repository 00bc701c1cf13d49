"""Each entry as plain lines of text with roles. The front ends only colour what stands here.

All text is safe to show: control characters of the peer are written as escapes.
"""

from collections.abc import Callable, Iterable
from typing import Any

from smtplab.client.events import Decision, DecisionKind, Ended, ReplyForged, StageChanged
from smtplab.client.outcome import Verdict
from smtplab.protocol.events import (
    AuthExchanged,
    CommandSent,
    ContentSent,
    IrregularitySeen,
    ReplyReceived,
    Span,
)
from smtplab.protocol.replies import Reply
from smtplab.tls import alerts
from smtplab.tls.events import (
    AlertSeen,
    ChainChecked,
    HandshakeMessage,
    KeyLine,
    RecordUnreadable,
    TlsFailed,
    TlsUp,
)
from smtplab.transcript.entries import Entry
from smtplab.transcript.escaping import escape
from smtplab.values import value
from smtplab.wire.events import Closed, ConnectFailed, Ending, Opened, Segment

CLIENT, SERVER, LAB = "C", "S", ""

Spans = tuple[tuple[str, str], ...]


@value
class Line:
    """One line to show: whose it is, and its text in runs of (text, role).

    Roles: client, server, code2 to code5, code (none of these), note, tls, plain, secret, error,
    warning, dim. A `divider` runs across the whole width.
    """

    side: str
    spans: Spans
    divider: bool = False

    @property
    def text(self) -> str:
        """The line without its roles."""
        return "".join(text for text, _ in self.spans)


def word(entry: Entry) -> tuple[Line, ...]:
    """The lines of an entry; none for what is only of use to the machinery."""
    wording = WORDINGS.get(type(entry.event))
    return tuple(wording(entry.event)) if wording is not None else ()


def role_of(reply: Reply) -> str:
    """The role of a reply's code."""
    digit = (reply.code or 0) // 100
    return f"code{digit}" if 2 <= digit <= 5 else "code"


def _note(text: str, role: str = "note") -> list[Line]:
    return [Line(LAB, ((escape(text), role),))]


# SMTP.


def _command(event: CommandSent) -> Iterable[Line]:
    raw = event.raw.removesuffix(b"\n").removesuffix(b"\r")
    for number, line in enumerate(raw.split(b"\r\n")):
        yield Line(CLIENT, _with_secrets(line, event.secrets) if number == 0 else _plain(line))


def _plain(line: bytes) -> Spans:
    return ((escape(line), "client"),)


def _with_secrets(line: bytes, secrets: tuple[Span, ...]) -> Spans:
    spans: list[tuple[str, str]] = []
    at = 0
    for start, end in secrets:
        spans.append((escape(line[at:start]), "client"))
        hidden = line[start:end]
        masked = "•" * min(len(hidden), 12) if hidden.strip(b"*") == b"" else escape(hidden)
        spans.append((masked, "secret"))
        at = end
    spans.append((escape(line[at:]), "client"))
    return tuple(span for span in spans if span[0])


def _reply(event: ReplyReceived) -> Iterable[Line]:
    reply = event.reply
    role = role_of(reply)
    unasked: Spans = () if event.verb is not None else (("  (nobody asked)", "warning"),)
    for line in reply.raw.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n"):
        code, rest = (line[:3], line[3:]) if line[:3].isdigit() else (b"", line)
        spans: Spans = ((code.decode("ascii"), role), (escape(rest), "server"))
        yield Line(SERVER, tuple(span for span in spans if span[0]) + unasked)


def _irregularity(event: IrregularitySeen) -> Iterable[Line]:
    irregularity = event.irregularity
    detail = f" ({irregularity.detail})" if irregularity.detail else ""
    return _note(f"odd: {irregularity.meaning}{detail} {irregularity.clause}", "warning")


def _auth(event: AuthExchanged) -> Iterable[Line]:
    message = event.message
    if not message.from_client and not message.data:
        return []
    shown = " ".join(
        "•" * min(len(part.data), 12) if part.secret else escape(part.data) or part.label
        for part in message.parts
    )
    return _note(f"{message.mechanism}: base64 for  {shown}", "dim")


def _content(event: ContentSent) -> Iterable[Line]:
    lines = event.raw.removesuffix(b"\r\n").split(b"\r\n", SHOWN_LINES + 1)
    body = lines[:SHOWN_LINES]
    for line in body:
        yield Line(CLIENT, _plain(line[:WIDEST]))
    left = event.raw.count(b"\r\n") - len(body)
    if left > 1:
        yield Line(
            CLIENT, ((f"… {left - 1:,} more lines, {len(event.raw):,} octets in all", "dim"),)
        )
    if left >= 1:
        yield Line(CLIENT, ((".", "client"),))


SHOWN_LINES = 30
"""Lines of a message that are shown among the entries; the Message pane has all."""
WIDEST = 1000


# TLS.


def _handshake(event: HandshakeMessage) -> Iterable[Line]:
    from smtplab.tls.handshake import message_name  # a session without TLS does without it

    side, role = (CLIENT, "client") if event.from_client else (SERVER, "server")
    return [Line(side, ((message_name(event.data), role), (f"  {len(event.data)} bytes", "dim")))]


def _alert(event: AlertSeen) -> Iterable[Line]:
    side = CLIENT if event.from_client else SERVER
    level = "fatal" if event.level == FATAL else "warning"
    name = alerts.describe(event.level, event.description)
    role = "dim" if event.description == CLOSE_NOTIFY else "error"
    return [Line(side, ((f"Alert: {name}", role), (f"  {level}", "dim")))]


FATAL = 2
CLOSE_NOTIFY = 0


def _unreadable(event: RecordUnreadable) -> Iterable[Line]:
    side = CLIENT if event.from_client else SERVER
    return [Line(side, ((f"TLS record, {event.length} bytes: {event.reason}", "dim"),))]


def _tls_up(event: TlsUp) -> Iterable[Line]:
    return _note(f"{event.version} · {event.cipher} · the handshake is done", "tls")


def _tls_failed(event: TlsFailed) -> Iterable[Line]:
    if event.not_tls:
        return _note(f"no TLS: the server answered {escape(event.not_tls)}", "error")
    return _note(f"TLS failed: {event.reason}", "error")


def _chain(event: ChainChecked) -> Iterable[Line]:
    if not event.problems:
        return _note(f"certificate is good for {event.name}", "dim")
    lines: list[Line] = []
    for problem in event.problems:
        role = "error" if problem.severity == "error" else "warning"
        lines += _note(f"certificate: {problem.text}", role)
    if not event.binding:
        lines += _note("you chose to go on without the check", "warning")
    return lines


# The connection and the session.


def _opened(event: Opened) -> Iterable[Line]:
    where = f"{event.address}:{event.port}"
    return _note(f"TCP connected to {where} in {event.seconds * 1000:.1f} ms")


def _connect_failed(event: ConnectFailed) -> Iterable[Line]:
    where = event.address or event.host
    return _note(f"{where}:{event.port}: {event.reason}", "error")


def _closed(event: Closed) -> Iterable[Line]:
    return _note(*CLOSED[event.ending])


CLOSED: dict[Ending, tuple[str, str]] = {
    Ending.FIN: ("connection closed by the server", "note"),
    Ending.RESET: ("connection reset", "error"),
    Ending.CUT: ("connection cut: TLS ended without close_notify", "warning"),
    Ending.TIMEOUT: ("gave up waiting", "error"),
    Ending.LOCAL: ("connection closed", "note"),
}


def _decision(event: Decision) -> Iterable[Line]:
    text = DECISIONS[event.kind]
    return _note(f"{text}: {event.note}" if event.note else text)


DECISIONS: dict[DecisionKind, str] = {
    DecisionKind.EDITED: "you edited the planned line",
    DecisionKind.INJECTED: "you sent a line of your own",
    DecisionKind.SKIPPED: "you left this stage out",
    DecisionKind.STOPPED: "you stopped the session",
    DecisionKind.ANSWERED: "you chose to go on",
    DecisionKind.DELAYED: "you let time pass",
    DecisionKind.RETRIED: "trying again, as you asked",
}


def _forged(event: ReplyForged) -> Iterable[Line]:
    yield Line(
        LAB, (("you put another reply in its place; the plan follows this one:", "warning"),)
    )
    for line in _reply(ReplyReceived(event.reply, None)):
        yield Line(line.side, (*line.spans[:-1], ("  (forged by you)", "warning")))


def _ended(event: Ended) -> Iterable[Line]:
    role = "code2" if event.outcome.verdict is Verdict.DELIVERED else "error"
    verdict = event.outcome.verdict.words
    return _note(f"{verdict}: {event.outcome.reason}", role)


def _silent(event: object) -> Iterable[Line]:
    return ()


WORDINGS: dict[type, Callable[[Any], Iterable[Line]]] = {
    Opened: _opened,
    ConnectFailed: _connect_failed,
    Segment: _silent,
    Closed: _closed,
    CommandSent: _command,
    ReplyReceived: _reply,
    IrregularitySeen: _irregularity,
    AuthExchanged: _auth,
    ContentSent: _content,
    HandshakeMessage: _handshake,
    AlertSeen: _alert,
    RecordUnreadable: _unreadable,
    KeyLine: _silent,
    TlsUp: _tls_up,
    TlsFailed: _tls_failed,
    ChainChecked: _chain,
    StageChanged: _silent,
    Decision: _decision,
    ReplyForged: _forged,
    Ended: _ended,
}
"""How each event is put into words; a test holds this table to the list of events."""
