"""Rules on the envelope and the message: refused for now, refused for good, or in doubt."""

import re
from collections.abc import Iterator

from smtplab.client.events import Ended
from smtplab.client.outcome import Verdict
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.protocol.events import ReplyReceived
from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Entry, Transcript

ENVELOPE = (Verb.MAIL, Verb.RCPT, Verb.DATA, Verb.CONTENT)

GREYLISTING = re.compile(r"gr[ae]y[- ]?list|try again (in|after) \d+ ?(s|sec|min)", re.IGNORECASE)
"""How servers word it; there is no code of its own for greylisting (RFC 6647 §5)."""

CLOSING = 421


def _refusals(
    transcript: Transcript, reply_class: ReplyClass
) -> Iterator[tuple[Entry, ReplyReceived]]:
    for entry, event in transcript.of(ReplyReceived):
        closing = event.reply.code == CLOSING
        if event.verb in ENVELOPE and event.reply.reply_class is reply_class and not closing:
            yield entry, event


def _what(event: ReplyReceived) -> str:
    named = {
        Verb.MAIL: "the sender",
        Verb.RCPT: "a recipient",
        Verb.DATA: "the message, before it was sent",
        Verb.CONTENT: "the message",
    }
    return named[event.verb] if event.verb is not None else "something"


def greylisted(transcript: Transcript) -> Iterator[Finding]:
    """The server puts strangers off for some minutes."""
    for entry, event in _refusals(transcript, ReplyClass.TRANSIENT):
        if GREYLISTING.search(event.reply.text):
            yield Finding(
                "greylisted",
                Severity.WARNING,
                f"Greylisting: the server wants to see whether you come back. {event.reply.code} "
                f"{event.reply.first_line}",
                "Send the same again after some minutes, from the same address, to the same "
                "recipient. A mail server does so by itself.",
                "RFC 6647 §2",
                (entry.number,),
            )


def temporary(transcript: Transcript) -> Iterator[Finding]:
    """Refused with a 4xx."""
    for entry, event in _refusals(transcript, ReplyClass.TRANSIENT):
        if not GREYLISTING.search(event.reply.text):
            yield Finding(
                "temporary-refusal",
                Severity.WARNING,
                f"The server refused {_what(event)} for now: {event.reply.code} "
                f"{event.reply.first_line}",
                "Keep the message and try again later; only a 5xx is final.",
                "RFC 5321 §4.2.1",
                (entry.number,),
            )


def permanent(transcript: Transcript) -> Iterator[Finding]:
    """Refused with a 5xx."""
    for entry, event in _refusals(transcript, ReplyClass.PERMANENT):
        yield Finding(
            "refused",
            Severity.ERROR,
            f"The server refused {_what(event)} for good: {event.reply.code} "
            f"{event.reply.first_line}",
            "The same again will not help: change what the reply complains of.",
            "RFC 5321 §4.2.1",
            (entry.number,),
        )


def in_doubt(transcript: Transcript) -> Iterator[Finding]:
    """Lost after the final dot."""
    for entry, event in transcript.of(Ended):
        if event.outcome.verdict is Verdict.IN_DOUBT:
            yield Finding(
                "in-doubt",
                Severity.ERROR,
                event.outcome.reason,
                "Ask the recipient before you send it again; a mail server would send it again and "
                "risk a duplicate, since that is better than a loss.",
                "RFC 1047, RFC 5321 §4.5.3.2.6",
                (entry.number,),
            )
