"""Rules on the message as it went over the wire, held against what the server had offered."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from email.errors import MessageError
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parseaddr

from smtplab.client.events import Ended
from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.diagnosis.evidence import Evidence, is_no
from smtplab.diagnosis.findings import Hit, Rule, Severity, merged
from smtplab.diagnosis.refusals.row import said
from smtplab.diagnosis.refusals.table import reason_for
from smtplab.protocol.events import CommandSent, ContentSent
from smtplab.protocol.message_data import TEXT_LINE_LIMIT
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb

CRLF = b"\r\n"
END = CRLF + b"." + CRLF
HEADERS_LOOKED_AT = 1 << 16
"""Octets in front of a message among which its headers are looked for."""


def long_line(evidence: Evidence) -> Iterator[Hit]:
    """A line is longer than 998 octets."""
    for entry, event in evidence.messages:
        longest = max(map(len, event.raw.split(b"\r\n")))
        if longest > TEXT_LINE_LIMIT + 1:
            cause = f"A line of the message has {longest:,} octets; {TEXT_LINE_LIMIT} is the limit."
            yield Hit(cause, (entry.number,))


def lone_line_end(evidence: Evidence) -> Iterator[Hit]:
    """CR or LF alone: servers disagree on what such a line is."""
    for entry, event in evidence.messages:
        whole = event.raw.count(b"\r\n")
        if event.raw.count(b"\r") != whole or event.raw.count(b"\n") != whole:
            cause = (
                "The message has a CR or LF that is not part of a CR LF. Servers differ in what "
                "they make of it, and so messages can be smuggled in."
            )
            yield Hit(cause, (entry.number,))


def early_dot(evidence: Evidence) -> Iterator[Hit]:
    """The message ended before its end."""
    for entry, event in evidence.messages:
        at = -len(CRLF) if event.raw.startswith(END[len(CRLF) :]) else event.raw.find(END)
        if at != -1 and at + len(END) < len(event.raw):
            cause = (
                f"A line with nothing but a dot stands after {at + len(CRLF):,} octets: there the "
                "message ended for the server, and the rest was read as commands."
            )
            yield Hit(cause, (entry.number,))


def nul(evidence: Evidence) -> Iterator[Hit]:
    """A NUL in the message."""
    for entry, event in evidence.messages:
        if b"\0" in event.raw:
            yield Hit("The message holds NUL octets; many servers drop or refuse them.",
                      (entry.number,))  # fmt: skip


def _lacks(evidence: Evidence, keyword: str) -> bool:
    return evidence.offers is not None and not evidence.offers.has(keyword)


def eight_bit(evidence: Evidence) -> Iterator[Hit]:
    """Octets above 127 to a server that did not say it can take them."""
    for entry, event in evidence.messages:
        if not event.raw.isascii() and _lacks(evidence, "8BITMIME"):
            cause = "The message has octets above 127, and the server did not offer 8BITMIME."
            yield Hit(cause, (evidence.hellos[-1].number, entry.number))


def utf8_address(evidence: Evidence) -> Iterator[Hit]:
    """An address beyond ASCII to a server that did not offer SMTPUTF8."""
    for entry, event in evidence.commands(Verb.MAIL, Verb.RCPT):
        if not event.raw.isascii() and _lacks(evidence, "SMTPUTF8"):
            cause = (
                f"{event.verb.value} has an address with letters beyond ASCII, and the server did "
                "not offer SMTPUTF8."
            )
            yield Hit(cause, (evidence.hellos[-1].number, entry.number))
    for entry, ended in evidence.of(Ended):
        if ended.outcome.verdict is Verdict.REFUSED and ended.outcome.stage is Stage.MAIL:
            yield Hit(ended.outcome.reason, (evidence.hellos[-1].number, entry.number))


def too_large(evidence: Evidence) -> Iterator[Hit]:
    """The message is larger than SIZE allows."""
    limit = evidence.offers.size_limit if evidence.offers is not None else None
    sizes = [(entry.number, len(event.raw)) for entry, event in evidence.messages]
    sizes += [
        (entry.number, int(declared[1]))
        for entry, event in evidence.commands(Verb.MAIL)
        if (declared := re.search(rb"\bSIZE=(\d{1,15})", event.raw, re.IGNORECASE))
    ]
    over = [(number, size) for number, size in sizes if limit is not None and size > limit]
    for number, size in over[:1]:
        cause = f"The message has {size:,} octets, and EHLO offered SIZE {limit:,}."
        yield Hit(cause, (evidence.hellos[-1].number, number))


Headers = dict[str, list[str]]


def _headers(raw: bytes) -> Headers:
    """The headers of a message by lower-case name; none where they cannot be read."""
    try:
        read = BytesHeaderParser(policy=compat32).parsebytes(raw[:HEADERS_LOOKED_AT])
    except (MessageError, ValueError):
        return {}
    found: Headers = {}
    for name, value in read.items():
        found.setdefault(name.lower(), []).append(str(value))
    return found


def _headers_of(evidence: Evidence, number: int, event: ContentSent) -> Headers:
    """The headers of a message, read once."""
    return evidence.once(("headers", number), lambda _: _headers(event.raw))


def missing_headers(evidence: Evidence) -> Iterator[Hit]:
    """A header stands there more than once; or the message was refused, and one is missing."""
    refused = any(is_no(answer.reply) for answer in evidence.answers_to(Verb.CONTENT))
    for entry, event in evidence.messages:
        headers = _headers_of(evidence, entry.number, event)
        # Servers for submission add what is missing, and whoever types a message leaves it out.
        needed = ("from", "date") if refused else ()
        wrong = [f"{name.title()}: is missing" for name in needed if name not in headers]
        wrong += [
            f"{n.title()}: stands {len(headers[n])} times" for n in ONCE if _often(headers, n)
        ]
        if wrong:
            yield Hit(f"The headers are not complete: {', '.join(wrong)}.", (entry.number,))


ONCE = ("from", "date", "subject", "message-id", "to", "sender")


def _often(headers: Headers, name: str) -> bool:
    return len(headers.get(name, ())) > 1


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().lower().rstrip(".")


def from_differs(evidence: Evidence) -> Iterator[Hit]:
    """From: and the envelope's sender are of different domains."""
    senders = evidence.commands(Verb.MAIL)
    for entry, event in evidence.messages:
        at = bisect_left(senders, entry.number, key=lambda sent: sent[0].number) - 1
        path = re.search(rb"<([^>]*)>", senders[at][1].raw) if at >= 0 else None
        reverse = path[1].decode("utf-8", "replace") if path else ""
        headers = _headers_of(evidence, entry.number, event)
        shown = [a for _, a in getaddresses(headers.get("from", [])) if "@" in a]
        if "@" in reverse and shown and _domain(shown[0]) != _domain(reverse):
            cause = (
                f"From: is {shown[0]}, the envelope's sender {reverse}. SPF speaks for the second "
                "only, so DMARC needs a DKIM signature of the first one's domain."
            )
            yield Hit(cause, (senders[at][0].number, entry.number))


def sender_is_not_user(evidence: Evidence) -> Iterator[Hit]:
    """The sender was refused, and it is another address than the one that logged in."""
    refused = [a for a in evidence.answers_to(Verb.MAIL) if _is_about_sender(a.reply)]
    user = evidence.user
    for entry, event in evidence.commands(Verb.MAIL) if refused and "@" in user else ():
        path = re.search(rb"<([^>]*)>", event.raw)
        sender = path[1].decode("utf-8", "replace") if path else ""
        after = bisect_left(refused, entry.number, key=lambda answer: answer.number)
        if after < len(refused) and sender.lower() != parseaddr(user)[1].lower():
            cause = f"You logged in as {user}, and the sender that was refused is {sender or '<>'}."
            yield Hit(cause, (entry.number, refused[after].number))


PERMANENT = 500

OTHER_REASONS = frozenset(
    {"message-too-large", "server-full", "smtputf8-refused", "parameter-refused", "out-of-order",
     "command-unknown"}
)  # fmt: skip
"""Of a no to MAIL: the sender is not what it is about."""


def _is_about_sender(reply: Reply) -> bool:
    if (reply.code or 0) < PERMANENT:
        return False
    reason = reason_for(Verb.MAIL, said(reply))
    return reason is None or reason.rule not in OTHER_REASONS


def space_behind_colon(evidence: Evidence) -> Iterator[Hit]:
    """MAIL FROM: or RCPT TO: with a space that does not belong there."""
    for entry, event in evidence.of(CommandSent):
        if re.match(rb"(MAIL FROM|RCPT TO):[^<\r\n]", event.raw, re.IGNORECASE):
            cause = (
                f"{event.verb.value} is not written as SMTP wants it: no space behind the colon, "
                "and the address in angle brackets."
            )
            yield Hit(cause, (entry.number,))


RULES: tuple[Rule, ...] = (
    Rule("path-badly-written", Severity.WARNING, "MAIL or RCPT with a space, or without brackets",
         "Write MAIL FROM:<me@example.org>, RCPT TO:<you@example.org>.",
         "RFC 5321 §3.3, §4.1.2", merged(space_behind_colon)),
    Rule("utf8-without-smtputf8", Severity.WARNING, "an address beyond ASCII, without SMTPUTF8",
         "Use an ASCII address, or a server that offers SMTPUTF8.", "RFC 6531 §3.5",
         merged(utf8_address)),
    Rule("sender-is-not-user", Severity.WARNING, "the refused sender is not who logged in",
         "Use the account's own address as the sender.", "RFC 6409 §6.1",
         merged(sender_is_not_user)),
    Rule("larger-than-size", Severity.WARNING, "the message is larger than SIZE allows",
         "Make it smaller; base64 makes attachments a third larger.", "RFC 1870 §3",
         merged(too_large)),
    Rule("eight-bit-without-8bitmime", Severity.WARNING, "octets above 127, without 8BITMIME",
         "Encode the message as quoted-printable or base64.", "RFC 6152 §3", merged(eight_bit)),
    Rule("content-line-too-long", Severity.WARNING, "a line of the message has more than 998 "
         "octets",
         "Encode the body as quoted-printable or base64, and fold long headers. Servers cut such "
         "lines, which breaks DKIM, or refuse them.", "RFC 5321 §4.5.3.1.6", merged(long_line)),
    Rule("content-lone-line-end", Severity.WARNING, "a CR or LF alone in the message",
         "Send CR LF at the end of each line: leave --raw-data out.",
         "RFC 5321 §2.3.8, CVE-2023-51764", merged(lone_line_end)),
    Rule("content-early-dot", Severity.ERROR, "a dot alone on a line ends the message too early",
         "Double each dot at the beginning of a line: leave --raw-data out.",
         "RFC 5321 §4.5.2", merged(early_dot)),
    Rule("content-nul", Severity.WARNING, "NUL octets in the message",
         "Encode the part that holds them as base64.", "RFC 5322 §4", merged(nul)),
    Rule("headers-incomplete", Severity.WARNING, "a header stands twice; or From: or Date: is "
         "missing, and the message was refused",
         "Every message needs one From: and one Date:; receivers refuse or complete others.",
         "RFC 5322 §3.6", merged(missing_headers)),
    Rule("from-differs", Severity.INFO, "From: and the envelope's sender are of different domains",
         "That is all right for lists and providers, as long as the message is signed with DKIM "
         "for the domain in From:.", "RFC 7489 §3.1", merged(from_differs)),
)  # fmt: skip
"""In the order of a session."""
