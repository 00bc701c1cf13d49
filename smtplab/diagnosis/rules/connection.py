"""Rules on the connection: none, none that speaks SMTP, one that falls silent or is cut."""

from collections.abc import Iterator

from smtplab.client.events import Ended
from smtplab.client.outcome import Verdict
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.protocol.events import ReplyReceived
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Transcript
from smtplab.wire.events import Closed, ConnectFailed, Ending, Opened


def no_connection(transcript: Transcript) -> Iterator[Finding]:
    """No address answered."""
    failures = list(transcript.of(ConnectFailed))
    if not failures or any(True for _ in transcript.of(Opened)):
        return
    _, last = failures[-1]
    unknown = not last.address
    yield Finding(
        "host-unknown" if unknown else "no-connection",
        Severity.ERROR,
        f"No connection to {last.host}:{last.port}: {last.reason}.",
        "Check the spelling of the name, and that this machine can look names up."
        if unknown
        else "Check the port (25, 465, 587), that the server runs, and any firewall between.",
        "RFC 5321 §5.1",
        tuple(entry.number for entry, _ in failures),
    )


def not_smtp(transcript: Transcript) -> Iterator[Finding]:
    """The first thing the server said is no SMTP."""
    for entry, event in transcript.of(ReplyReceived):
        if event.verb is Verb.GREETING and event.reply.code is None:
            yield Finding(
                "not-smtp",
                Severity.ERROR,
                f"The server's first words are no SMTP greeting: {event.reply.first_line[:80]!r}.",
                "Check the port: another service answers here, or the port expects TLS at once.",
                "RFC 5321 §3.1",
                (entry.number,),
            )
        return


def silence(transcript: Transcript) -> Iterator[Finding]:
    """The session ended because nothing came in time."""
    for entry, event in transcript.of(Ended):
        if event.outcome.verdict is Verdict.FAILED and "time limit" in event.outcome.reason:
            yield Finding(
                "no-reply",
                Severity.ERROR,
                event.outcome.reason,
                "The server may be overloaded, or the port may expect TLS from the first octet.",
                "RFC 5321 §4.5.3.2",
                (entry.number,),
            )


def service_closing(transcript: Transcript) -> Iterator[Finding]:
    """A 421: the server ends the session for now."""
    for entry, event in transcript.of(ReplyReceived):
        if event.reply.code == SERVICE_CLOSING:
            yield Finding(
                "service-closing",
                Severity.WARNING,
                f"The server closed the session for now: 421 {event.reply.first_line}",
                "Nothing is lost: connect again later, and less often if it speaks of a rate.",
                "RFC 5321 §3.8",
                (entry.number,),
            )


SERVICE_CLOSING = 421


def lost(transcript: Transcript) -> Iterator[Finding]:
    """The peer ended the connection in the middle of the session."""
    doubtful = any(e.outcome.verdict is Verdict.IN_DOUBT for _, e in transcript.of(Ended))
    if doubtful or any(e.outcome.verdict is not Verdict.FAILED for _, e in transcript.of(Ended)):
        return
    for entry, event in transcript.of(Closed):
        if event.ending in BROKEN:
            yield Finding(
                "connection-lost",
                Severity.ERROR,
                BROKEN[event.ending],
                "Try again; if it always ends at the same stage, look at what was sent there.",
                "RFC 5321 §3.8",
                (entry.number,),
            )


BROKEN: dict[Ending, str] = {
    Ending.FIN: "The server closed the connection in the middle of the session.",
    Ending.RESET: "The connection was reset in the middle of the session.",
    Ending.CUT: "The connection was cut without TLS's good-bye; anybody on the way can do that.",
}
