"""Rules on STARTTLS: not offered, refused, spoilt, or not followed by TLS."""

from collections.abc import Iterator

from smtplab.client.events import Ended
from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.protocol.events import IrregularitySeen, ReplyReceived
from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import TlsFailed
from smtplab.transcript.entries import Transcript


def missing(transcript: Transcript) -> Iterator[Finding]:
    """TLS was required, and the server did not offer it."""
    tried = any(event.verb is Verb.STARTTLS for _, event in transcript.of(ReplyReceived))
    for entry, event in transcript.of(Ended):
        outcome = event.outcome
        refused = outcome.verdict is Verdict.REFUSED and outcome.stage is Stage.STARTTLS
        if refused and not tried:
            hellos = [e.number for e, r in transcript.of(ReplyReceived) if r.verb is Verb.EHLO]
            yield Finding(
                "starttls-missing",
                Severity.ERROR,
                "The server did not offer STARTTLS, and you asked for TLS. Nothing was sent in the "
                "clear.",
                "Ask the server from another network: if it offers STARTTLS there, somebody on the "
                "way removes it. Port 465 with TLS from the start cannot be stripped.",
                "RFC 3207 §6",
                (*hellos[-1:], entry.number),
            )


def refused(transcript: Transcript) -> Iterator[Finding]:
    """STARTTLS was offered, but not granted."""
    for entry, event in transcript.of(ReplyReceived):
        if event.verb is Verb.STARTTLS and event.reply.reply_class is not ReplyClass.POSITIVE:
            yield Finding(
                "starttls-refused",
                Severity.ERROR,
                f"The server refused STARTTLS: {event.reply.code} {event.reply.first_line}",
                "A 454 is a fault of the server that may pass; its log tells why.",
                "RFC 3207 §4",
                (entry.number,),
            )


def injection(transcript: Transcript) -> Iterator[Finding]:
    """Octets came in the clear behind the 220."""
    for entry, event in transcript.of(IrregularitySeen):
        if event.irregularity.kind == "injected-after-starttls":
            yield Finding(
                "starttls-injection",
                Severity.ERROR,
                "Octets followed the 220 to STARTTLS in the clear. A client that keeps them takes "
                "an attacker's words for the server's.",
                "Do not use this connection. Find out what stands between: a proxy, a virus "
                "scanner, an attacker.",
                "RFC 3207 §4.2, CVE-2011-0411",
                (entry.number,),
            )
            return


def not_tls(transcript: Transcript) -> Iterator[Finding]:
    """The handshake met something that is no TLS, or failed for another reason than trust."""
    for entry, event in transcript.of(TlsFailed):
        if event.verify_code:
            continue
        plain = bool(event.not_tls)
        yield Finding(
            "not-tls" if plain else "tls-failed",
            Severity.ERROR,
            "The server answered the ClientHello with something other than TLS."
            if plain
            else f"The TLS handshake failed: {event.reason}.",
            "Use STARTTLS (port 587 or 25) instead of TLS from the start (port 465)."
            if plain
            else "Compare the TLS versions and ciphers that both sides allow.",
            "RFC 8314 §3.3",
            (entry.number,),
        )
