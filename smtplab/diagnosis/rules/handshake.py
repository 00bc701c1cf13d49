"""Rules on the TLS handshake: what it failed of, and what is weak about one that succeeded."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.replies import readable
from smtplab.protocol.verbs import Verb
from smtplab.tls.alerts import meaning
from smtplab.tls.events import AlertSeen, TlsFailed, TlsUp


class Failure(NamedTuple):
    """One way in which handshakes fail: OpenSSL's words, or the server's alerts, for it."""

    rule: str
    words: str
    alerts: tuple[int, ...]
    about: str
    cause: str
    change: str
    clause: str


FAILURES: tuple[Failure, ...] = (
    Failure("tls-version", r"unsupported protocol|alert protocol version|version too low|"
            r"no protocols available|inappropriate fallback", (70, 86),
            "no version of TLS in common",
            "the two sides have no version of TLS in common",
            "Bring the older side up to date: TLS 1.2 and 1.3 are in use, all before is switched "
            "off.", "RFC 8996 §4, §5"),
    Failure("tls-client-certificate", r"certificate required|peer did not return a certificate",
            (116,), "the server wants a certificate of the client",
            "the server wants a certificate of the client, and got none",
            "Ask whoever runs the server for a client certificate, or for a port without that "
            "demand.", "RFC 8446 §4.4.2.4"),
    Failure("tls-server-name", r"unrecognized name", (112,),
            "the server has no certificate for that name",
            "the server has no certificate for the name that was asked for (SNI)",
            "Dial the name that the provider gives, not an alias or an address; or name it with "
            "--server-name.", "RFC 6066 §3"),
    Failure("tls-weak-key", r"dh key too small|ee key too small|ca key too small|ca md too weak|"
            r"ee md too weak|bad ecpoint", (), "keys or signatures of the server are too weak",
            "the server's keys or signatures are too weak for this machine's rules",
            "The server's owner has to make new keys: RSA of 2048 bits, or an elliptic curve; a "
            "Diffie-Hellman group of 2048 bits.", "RFC 9325 §4.5"),
    Failure("tls-cipher", r"handshake failure|no shared cipher|insufficient security|"
            r"no ciphers available|no suitable", (40, 71), "no cipher or signature in common",
            "the two sides have no cipher, curve or signature in common",
            "Compare what both sides allow; often the server has a key of a kind that it offers no "
            "cipher for, or only ciphers that are switched off by now.", "RFC 8446 §6.2"),
    Failure("tls-server-fault", r"internal error", (80,), "the server has a fault of its own",
            "the server reports a fault of its own (internal_error)",
            "Only its log tells why: often the certificate or its key cannot be read.",
            "RFC 8446 §6.2"),
    Failure("tls-closed", r"closed the connection|eof|connection reset", (),
            "the connection ends within the handshake",
            "the connection ended before the handshake was done",
            "The server's log tells why. Filters in between do that as well: try from another "
            "network.", "RFC 8446 §6.1"),
)  # fmt: skip
"""Read from the top: the first that fits is the finding."""


def _failed(evidence: Evidence) -> list[tuple[int, TlsFailed]]:
    """The handshakes that failed for another reason than trust."""
    return [(e.number, event) for e, event in evidence.of(TlsFailed) if not event.verify_code]


def _alert_before(evidence: Evidence, number: int) -> tuple[int, AlertSeen] | None:
    found = None
    for entry, event in evidence.of(AlertSeen):
        if entry.number <= number and _is_fatal(event):
            found = entry.number, event
    return found


def _is_fatal(event: AlertSeen) -> bool:
    return not event.from_client and event.level == FATAL and event.description != CLOSE_NOTIFY


FATAL = 2
CLOSE_NOTIFY = 0


def _classified(evidence: Evidence) -> list[tuple[str, Hit]]:
    """Each failed handshake with the rule that it belongs to."""
    judged = [_judge(evidence, number, event) for number, event in _failed(evidence)]
    ups = [entry.number for entry, _ in evidence.of(TlsUp)]
    late = [
        e.number for e, a in evidence.of(AlertSeen) if _is_fatal(a) and ups and e.number > ups[0]
    ]
    if late and not judged:
        # In TLS 1.3 a client is done before the server has looked at the client's certificate.
        judged.append(_judge(evidence, late[0], TlsFailed("the server ended it with an alert")))
    return judged


def _judge(evidence: Evidence, number: int, event: TlsFailed) -> tuple[str, Hit]:
    if event.not_tls:
        return "not-tls", _not_tls(evidence, number, event)
    alert = _alert_before(evidence, number)
    shown = (number,) if alert is None else tuple(sorted({alert[0], number}))
    for failure in FAILURES:
        by_alert = alert is not None and alert[1].description in failure.alerts
        if by_alert or re.search(failure.words, event.reason):
            return failure.rule, Hit(f"The TLS handshake failed: {failure.cause}.", shown)
    said = f" {meaning(alert[1].description)}" if alert is not None else ""
    return "tls-failed", Hit(f"The TLS handshake failed: {event.reason}.{said}", shown)


def _not_tls(evidence: Evidence, number: int, event: TlsFailed) -> Hit:
    words = readable(event.not_tls[:60].strip())
    cause = f"The server answered the ClientHello with something other than TLS: '{words}'."
    agreed = [a for a in evidence.answers_to(Verb.STARTTLS) if a.reply.code == READY]
    if agreed:
        cause += " It had said 220 to STARTTLS."
        return Hit(cause, (agreed[-1].number, number), change=BROKEN_STARTTLS, clause="RFC 3207 §4")
    if re.match(rb"\d\d\d[ -]", event.not_tls):
        cause += " That is SMTP in clear text: this port wants STARTTLS."
    return Hit(cause, (number,))


READY = 220
"""The reply to STARTTLS behind which the handshake begins."""

BROKEN_STARTTLS = (
    "The server's owner has to mend its TLS, or what stands in front of it: a proxy may answer "
    "STARTTLS and not do it. Port 465 may work meanwhile."
)


def _kind(rule: str) -> Rule:
    """The rule of a row of `FAILURES`."""
    row = next(failure for failure in FAILURES if failure.rule == rule)
    return Rule(rule, Severity.ERROR, row.about, row.change, row.clause, _of(rule))


def _of(rule: str) -> Callable[[Evidence], Iterator[Hit]]:
    """What looks for the failures that were classified as this."""

    def find(evidence: Evidence) -> Iterator[Hit]:
        for classified, hit in evidence.once("handshakes", _classified):
            if classified == rule:
                yield hit

    return find


def silence(evidence: Evidence) -> Iterator[Hit]:
    """The handshake did not come to an end in time."""
    ended = evidence.ended_as(Verdict.FAILED)
    if ended is not None and ended[1].stage is Stage.TLS and "not done within" in ended[1].reason:
        yield Hit(ended[1].reason, (ended[0],))


def old_version(evidence: Evidence) -> Iterator[Hit]:
    """A version of TLS that is no longer thought safe."""
    for entry, event in evidence.of(TlsUp):
        if event.version not in ("TLS 1.2", "TLS 1.3"):
            yield Hit(f"The connection runs on {event.version}, which is out of use since 2021.",
                      (entry.number,))  # fmt: skip


def no_forward_secrecy(evidence: Evidence) -> Iterator[Hit]:
    """A key exchange by RSA: who steals the key later can read what was recorded before."""
    for entry, event in evidence.of(TlsUp):
        if not event.cipher.startswith(("TLS_", "ECDHE", "DHE")):
            cause = (
                f"The cipher is {event.cipher}: whoever gets the server's key some day can decrypt "
                "what was recorded before."
            )
            yield Hit(cause, (entry.number,))


RULES: tuple[Rule, ...] = (
    Rule("not-tls", Severity.ERROR, "clear text comes where TLS was expected",
         "Use STARTTLS (port 587 or 25) instead of TLS from the start (port 465).",
         "RFC 8314 §3.3", _of("not-tls")),
    *(_kind(failure.rule) for failure in FAILURES),
    Rule("tls-failed", Severity.ERROR, "the handshake fails for another reason",
         "Compare the TLS versions and ciphers that both sides allow.",
         "RFC 8446 §6.2", _of("tls-failed")),
    Rule("tls-silence", Severity.ERROR, "the handshake is not done in time",
         "The port may want clear text first (STARTTLS), or a filter swallows the handshake: try "
         "the other port, and from another network.", "RFC 8314 §3.3", silence),
    Rule("tls-old", Severity.WARNING, "TLS 1.1 or older is in use",
         "The server's owner should allow TLS 1.2 and 1.3.", "RFC 8996", old_version),
    Rule("tls-no-forward-secrecy", Severity.INFO, "the cipher has no forward secrecy",
         "The server's owner should prefer ECDHE, or allow TLS 1.3.",
         "RFC 9325 §4.1", no_forward_secrecy),
)  # fmt: skip
"""What may go wrong, then what is weak."""
