"""Rules on logging in."""

from collections.abc import Iterator

from smtplab.client.events import Ended
from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.protocol.events import ReplyReceived
from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Transcript

AUTH_VERBS = (Verb.AUTH, Verb.AUTH_RESPONSE)

CAUSES: dict[int, tuple[str, str]] = {
    535: (
        "user name or password is wrong, or this way of logging in is switched off for the account",
        "Check both; many providers want an application password, or OAuth, instead.",
    ),
    534: (
        "the mechanism is too weak for the server, or the account needs an application password",
        "Choose another mechanism with --auth, or make an application password.",
    ),
    530: ("the server wants something first, most often TLS", "Use STARTTLS or port 465."),
    538: ("the mechanism needs TLS", "Use STARTTLS or port 465."),
    504: ("the server does not know this mechanism", "Choose one that it offers with --auth."),
    454: ("the server cannot check passwords at the moment", "Try again later."),
}
"""What is usually behind a refusal, and what to do (RFC 4954 §6)."""

UNKNOWN = ("the server did not say more", "Look at the text of the reply and at the server's log.")


def refused(transcript: Transcript) -> Iterator[Finding]:
    """The server did not let us in."""
    for entry, event in transcript.of(ReplyReceived):
        reply = event.reply
        if event.verb not in AUTH_VERBS:
            continue
        if reply.reply_class not in (ReplyClass.TRANSIENT, ReplyClass.PERMANENT):
            continue
        cause, change = CAUSES.get(reply.code or 0, UNKNOWN)
        temporary = reply.reply_class is ReplyClass.TRANSIENT
        yield Finding(
            "auth-temporary" if temporary else "auth-refused",
            Severity.WARNING if temporary else Severity.ERROR,
            f"The login was refused ({reply.code} {reply.first_line}): {cause}.",
            change,
            "RFC 4954 §6",
            (entry.number,),
        )


def in_clear(transcript: Transcript) -> Iterator[Finding]:
    """We declined to log in: no mechanism in common, or a password would go out readable."""
    for entry, event in transcript.of(Ended):
        outcome = event.outcome
        if outcome.verdict is Verdict.REFUSED and outcome.stage is Stage.AUTH:
            yield Finding(
                "auth-declined",
                Severity.ERROR,
                outcome.reason,
                "Log in inside TLS; where the network is your own, --auth-in-clear says so.",
                "RFC 4954 §4",
                (entry.number,),
            )
