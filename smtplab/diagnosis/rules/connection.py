"""Rules on the connection: none, none that speaks SMTP, one that falls silent or is cut."""

import re
from collections.abc import Iterator

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.replies import readable
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import TlsFailed, TlsUp
from smtplab.wire.events import Closed, ConnectFailed, Ending, Opened

RELAY_PORT = 25
IMPLICIT_TLS_PORT = 465

Failures = list[tuple[int, ConnectFailed]]


def _failures(evidence: Evidence) -> Failures:
    return [(entry.number, event) for entry, event in evidence.of(ConnectFailed)]


def _none_opened(evidence: Evidence) -> Failures:
    return [] if evidence.of(Opened) else _failures(evidence)


def _swallowed(event: ConnectFailed) -> bool:
    return event.port == RELAY_PORT and event.reason.startswith("no answer within")


def host_unknown(evidence: Evidence) -> Iterator[Hit]:
    """The name has no address."""
    for number, event in _none_opened(evidence)[-1:]:
        if not event.address:
            yield Hit(f"No connection to {event.host}:{event.port}: {event.reason}.", (number,))


def no_connection(evidence: Evidence) -> Iterator[Hit]:
    """No address answered."""
    failures = _none_opened(evidence)
    for _, event in failures[-1:]:
        if event.address and not _swallowed(event):
            numbers = tuple(number for number, _ in failures)
            change = OWN_ADDRESS if re.search(NOT_OURS, event.reason, re.IGNORECASE) else ""
            cause = f"No connection to {event.host}:{event.port}: {event.reason}."
            yield Hit(cause, numbers, change)


NOT_OURS = r"assign requested address|requested address is not valid"
"""How systems tell of an address, to connect from, that is none of their own."""

OWN_ADDRESS = "The address given with --source has to be one of this machine's own."


def port_blocked(evidence: Evidence) -> Iterator[Hit]:
    """Port 25 swallows what is sent to it."""
    failures = _none_opened(evidence)
    for _, event in failures[-1:]:
        if event.address and _swallowed(event):
            cause = (
                f"Nothing came back from {event.host} port 25: not a refusal, silence. Most "
                "providers of homes and clouds block that port on the way out."
            )
            yield Hit(cause, tuple(number for number, _ in failures))


def address_skipped(evidence: Evidence) -> Iterator[Hit]:
    """Some addresses of the name did not answer, and a later one did."""
    opened = evidence.of(Opened)
    before = [f for f in _failures(evidence) if opened and f[0] < opened[0][0].number]
    if before:
        shown = ", ".join(event.address for _, event in before)
        cause = f"{opened[0][1].address} answered, but {shown} did not: {before[0][1].reason}."
        yield Hit(cause, tuple(number for number, _ in before))


SERVICES: tuple[tuple[str, str, str], ...] = (
    (r"HTTP/\d|<!doctype|<html", "a web server (HTTP)", "Mail is handed in on port 587 or 465."),
    (r"SSH-\d", "a login server (SSH)", "Mail is handed in on port 587 or 465."),
    (r"\* (OK|BYE|PREAUTH)\b", "an IMAP server", "IMAP reads mail. To send, use port 587 or 465."),
    (r"\+OK|-ERR", "a POP3 server", "POP3 fetches mail. To send, use port 587 or 465."),
    (r'"IMPLEMENTATION"', "a ManageSieve server", "To send mail, use port 587 or 465."),
    (r"RFB \d", "a remote desktop (VNC)", "Mail is handed in on port 587 or 465."),
    (r"\\x15\\x03|\\x16\\x03", "TLS itself",
     "This port wants TLS from the first octet: --tls implicit, or smtps:// before the host."),
)  # fmt: skip
"""How other services begin -> which service that is, and where to go instead."""


def not_smtp(evidence: Evidence) -> Iterator[Hit]:
    """The first thing the server said is no SMTP."""
    for answer in evidence.answers[:1]:
        reply = answer.reply
        if answer.verb is not Verb.GREETING or reply.code is not None:
            continue
        words = readable(reply.raw[:80].strip())
        for pattern, service, change in SERVICES:
            if re.match(pattern, words, re.IGNORECASE):
                cause = f"Here answers {service}, no mail server. Its first words: '{words}'."
                yield Hit(cause, (answer.number,), change)
                return
        cause = f"The server's first words are no SMTP greeting: '{words}'."
        yield Hit(cause, (answer.number,))


def ftp(evidence: Evidence) -> Iterator[Hit]:
    """A file server greets with 220 as well."""
    for answer in evidence.answers[:1]:
        text = answer.reply.text
        if re.search(r"\bftp\b|ftpd|filezilla", text, re.IGNORECASE) and "SMTP" not in text:
            yield Hit(f"The greeting is that of a file server: {text[:80]!r}.", (answer.number,))


def no_reply(evidence: Evidence) -> Iterator[Hit]:
    """The session ended because nothing came in time."""
    ended = evidence.ended_as(Verdict.FAILED)
    if ended is None or "time limit" not in ended[1].reason or _waits_for_tls(evidence):
        return
    number, outcome = ended
    if outcome.stage is Stage.GREETING:
        cause = f"{outcome.reason} A server that speaks SMTP in clear text speaks first."
        yield Hit(cause, (number,), "Try --tls implicit; if that is silent too, wait and try "
                  "again, or ask whoever runs the server whether it puts your address "
                  "off.")  # fmt: skip
    else:
        yield Hit(outcome.reason, (number,))


def _waits_for_tls(evidence: Evidence) -> bool:
    ended = evidence.ended_as(Verdict.FAILED)
    at_greeting = ended is not None and ended[1].stage is Stage.GREETING
    return at_greeting and evidence.port == IMPLICIT_TLS_PORT and not evidence.of(TlsUp)


def tls_port(evidence: Evidence) -> Iterator[Hit]:
    """We waited in clear text on port 465."""
    ended = evidence.ended
    if ended is not None and _waits_for_tls(evidence):
        cause = (
            "No greeting came in clear text on port 465. There the server waits for a ClientHello, "
            "and each side waits for the other."
        )
        yield Hit(cause, (ended[0],))


def closed_at_greeting(evidence: Evidence) -> Iterator[Hit]:
    """The server hung up before it had said a word."""
    ended = evidence.ended_as(Verdict.FAILED)
    if evidence.answers or ended is None or ended[1].stage is not Stage.GREETING:
        return
    for entry, event in evidence.of(Closed):
        if event.ending in BROKEN:
            how = "reset" if event.ending is Ending.RESET else "closed"
            yield Hit(f"The connection was {how} before the server had greeted.", (entry.number,))


def lost(evidence: Evidence) -> Iterator[Hit]:
    """The peer ended the connection in the middle of the session."""
    if evidence.ended is not None and not evidence.ended_as(Verdict.FAILED):
        return
    said_good_bye = [entry.number for entry, _ in evidence.commands(Verb.QUIT)]
    for entry, event in evidence.of(Closed):
        if event.ending not in BROKEN or any(number < entry.number for number in said_good_bye):
            continue
        if _handshake_failed(evidence, entry.number):
            continue  # that tells why
        if not any(True for _ in closed_at_greeting(evidence)):
            yield Hit(BROKEN[event.ending], (entry.number,))


def _handshake_failed(evidence: Evidence, end: int) -> bool:
    """Whether the connection that ended there had already failed at TLS."""
    opened = max((e.number for e, _ in evidence.of(Opened) if e.number < end), default=0)
    return any(opened < e.number < end for e, _ in evidence.of(TlsFailed))


BROKEN: dict[Ending, str] = {
    Ending.FIN: "The server closed the connection in the middle of the session.",
    Ending.RESET: "The connection was reset in the middle of the session.",
    Ending.CUT: "The connection was cut without TLS's good-bye; anybody on the way can do that.",
}


def no_close_notify(evidence: Evidence) -> Iterator[Hit]:
    """All was said, and TLS ended without its good-bye."""
    if evidence.ended is None or evidence.ended_as(Verdict.FAILED, Verdict.IN_DOUBT):
        return
    for entry, event in evidence.of(Closed):
        if event.ending is Ending.CUT:
            cause = (
                "The server ended the connection without TLS's close_notify. Here nothing was "
                "missing; but a cut connection looks the same."
            )
            yield Hit(cause, (entry.number,))


def quit_unanswered(evidence: Evidence) -> Iterator[Hit]:
    """QUIT was not answered with 221."""
    for entry, _ in evidence.commands(Verb.QUIT)[-1:]:
        answers = [a for a in evidence.answers_to(Verb.QUIT) if a.number > entry.number]
        if evidence.ended is None or (answers and answers[0].reply.code == GOOD_BYE):
            continue
        said = f"with {answers[0].reply.code}" if answers else "with nothing"
        cause = f"The server answered QUIT {said} in place of 221. What was delivered stays so."
        yield Hit(cause, (entry.number, *(a.number for a in answers[:1])))


GOOD_BYE = 221

LATER = "Try again; if it always ends at the same stage, look at what was sent there."

RULES: tuple[Rule, ...] = (
    Rule("host-unknown", Severity.ERROR, "the host's name has no address",
         "Check the spelling of the name, and that this machine can look names up.",
         "RFC 5321 §5.1", host_unknown),
    Rule("no-connection", Severity.ERROR, "no address of the host answers on that port",
         "Check the port (25, 465, 587), that the server runs, and any firewall between.",
         "RFC 5321 §5.1", no_connection),
    Rule("port-blocked", Severity.ERROR, "port 25 swallows every packet",
         "Hand mail in on port 587 or 465, which are meant for that; or ask your provider to open "
         "port 25.", "RFC 6409 §3.1", port_blocked),
    Rule("address-skipped", Severity.WARNING, "an address of the host fails, a later one answers",
         "Have the address that is dead taken out of DNS, or mend the way to it (often IPv6): each "
         "connection waits for it.", "RFC 5321 §5.1", address_skipped),
    Rule("not-smtp", Severity.ERROR, "another service answers: HTTP, SSH, IMAP, POP3, TLS itself",
         "Check the port: another service answers here, or the port expects TLS at once.",
         "RFC 5321 §3.1", not_smtp),
    Rule("ftp-on-port", Severity.ERROR, "a file server's 220 looks like a greeting",
         "Check the port: 21 is FTP; mail is handed in on port 587 or 465.", "RFC 959 §5.4", ftp),
    Rule("no-reply", Severity.ERROR, "no reply came within the time limit",
         "The server may be overloaded, or the port may expect TLS from the first octet.",
         "RFC 5321 §4.5.3.2", no_reply),
    Rule("tls-expected", Severity.ERROR, "clear text on port 465, where TLS comes first",
         "Use --tls implicit, or smtps:// before the host.", "RFC 8314 §3.3", tls_port),
    Rule("closed-at-greeting", Severity.ERROR, "the server hangs up without a word",
         "Servers do that to addresses that they do not like, and ports that want TLS to clear "
         "text: try --tls implicit, another network, another address.",
         "RFC 5321 §3.1", closed_at_greeting),
    Rule("connection-lost", Severity.ERROR, "the connection ends in the middle of the session",
         LATER, "RFC 5321 §3.8", lost),
    Rule("no-close-notify", Severity.INFO, "TLS ends without its good-bye",
         "This is the server's slip; report it to whoever runs it.",
         "RFC 8446 §6.1", no_close_notify),
    Rule("quit-unanswered", Severity.INFO, "QUIT gets no 221",
         "Nothing has to be sent again. This is the server's slip.",
         "RFC 5321 §4.1.1.10", quit_unanswered),
)  # fmt: skip
"""In the order of a session."""
