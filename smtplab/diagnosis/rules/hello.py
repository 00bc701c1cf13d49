"""Rules on greeting and EHLO: whose they are, and what is odd about the offer."""

import ipaddress
import re
from collections.abc import Iterator

from smtplab.diagnosis.evidence import Evidence, is_no
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.extensions import MEANINGS
from smtplab.protocol.replies import Reply, ReplyClass
from smtplab.protocol.verbs import Verb

LABELS = 2
"""How many labels from the right have to agree for two names to be of one owner."""


def _named(reply: Reply) -> str:
    """The name that a greeting or an EHLO reply begins with; empty when that is none."""
    words = reply.lines[0].split() if reply.lines else []
    name = words[0].decode("utf-8", "replace").strip(".,:;") if words else ""
    return name.lower() if re.fullmatch(r"([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+", name) else ""


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local"))
    return False


def _owner(name: str) -> list[str]:
    return name.lower().rstrip(".").split(".")[-LABELS:]


def other_host(evidence: Evidence) -> Iterator[Hit]:
    """The greeting names a host of somebody else."""
    dialled = evidence.dialled
    for answer in evidence.answers_to(Verb.GREETING)[:1]:
        named = _named(answer.reply)
        if named and _is_name(named) and _is_name(dialled) and _owner(named) != _owner(dialled):
            cause = f"You dialled {dialled}, and the greeting says {named}."
            yield Hit(cause, (answer.number,))


def other_name_at_ehlo(evidence: Evidence) -> Iterator[Hit]:
    """Greeting and EHLO reply name hosts of different owners."""
    greetings = evidence.answers_to(Verb.GREETING)
    for hello in evidence.hellos[:1]:
        first, second = _named(greetings[0].reply) if greetings else "", hello.offers.domain.lower()
        if _is_name(first) and _is_name(second) and _owner(first) != _owner(second):
            cause = f"The greeting says {first}, and the reply to EHLO {second}."
            yield Hit(cause, (greetings[0].number, hello.number))


def masked_greeting(evidence: Evidence) -> Iterator[Hit]:
    """A firewall writes asterisks over the greeting."""
    for answer in evidence.answers_to(Verb.GREETING)[:1]:
        if re.search(r"\*{6}", answer.reply.text):
            cause = f"Asterisks cover the greeting ({answer.reply.first_line[:40]})."
            yield Hit(cause, (answer.number,))


def masked_offer(evidence: Evidence) -> Iterator[Hit]:
    """A firewall writes X over the keywords that it does not like."""
    for hello in evidence.hellos:
        masked = [word for word in hello.offers.offers if re.fullmatch(r"X{4,}[A-Z]?", word)]
        if masked:
            cause = (
                f"EHLO offers {masked[0]}: letters of another word, STARTTLS perhaps, crossed out."
            )
            yield Hit(cause, (hello.number,))
            return


def helo_only(evidence: Evidence) -> Iterator[Hit]:
    """EHLO was refused, HELO taken."""
    refused = [a for a in evidence.answers_to(Verb.EHLO) if is_no(a.reply)]
    taken = [h for h in evidence.hellos if h.verb is Verb.HELO]
    if refused and taken and refused[0].number < taken[-1].number:
        cause = (
            f"The server does not know EHLO ({refused[0].reply.code}), and took HELO: no TLS, no "
            "login, no limits are known."
        )
        yield Hit(cause, (refused[0].number, taken[-1].number))


def keyword_as_name(evidence: Evidence) -> Iterator[Hit]:
    """The first line of EHLO's reply, which is the server's name, is an extension."""
    for hello in evidence.hellos:
        word = hello.offers.domain.upper()
        if hello.verb is Verb.EHLO and word in MEANINGS:
            cause = f"EHLO's reply begins with {word}. That line is the server's name: no offer."
            yield Hit(cause, (hello.number,))
            return


def size_unreadable(evidence: Evidence) -> Iterator[Hit]:
    """SIZE has no number that makes sense."""
    for hello in evidence.hellos[-1:]:
        value = hello.offers.offers.get("SIZE", "")
        if value and not (re.fullmatch(r"[0-9]+", value) and len(value) <= MOST_DIGITS):
            yield Hit(f"EHLO says SIZE {value[:40]}, which is no size of a message.",
                      (hello.number,))  # fmt: skip


MOST_DIGITS = 15
"""More digits, a petabyte, are no limit that anybody has thought about (RFC 1870 §3: up to 20)."""


def auth_equals(evidence: Evidence) -> Iterator[Hit]:
    """AUTH is offered in its form from before the standard."""
    for hello in evidence.hellos:
        if hello.offers.old_auth:
            cause = (
                'EHLO says "AUTH=", the form from before the standard; some clients know no other.'
            )
            yield Hit(cause, (hello.number,))
            return


def auth_empty(evidence: Evidence) -> Iterator[Hit]:
    """AUTH is offered without a mechanism."""
    for hello in evidence.hellos:
        if hello.offers.has("AUTH") and not hello.offers.auth_mechanisms:
            yield Hit("EHLO offers AUTH and names no mechanism: nobody can log in.",
                      (hello.number,))  # fmt: skip
            return


def never_takes_mail(evidence: Evidence) -> Iterator[Hit]:
    """A 521: this host takes no mail at all."""
    for answer in evidence.answers:
        if answer.reply.code == NO_MAIL and answer.verb in (None, Verb.GREETING, Verb.EHLO):
            cause = f"This host never takes mail: 521 {answer.reply.first_line}"
            yield Hit(cause, (answer.number,))
            return


NO_MAIL = 521


def not_esmtp_greeting(evidence: Evidence) -> Iterator[Hit]:
    """A greeting with another code of success than 220."""
    for answer in evidence.answers_to(Verb.GREETING)[:1]:
        reply = answer.reply
        if reply.reply_class is ReplyClass.POSITIVE and reply.code != READY:
            cause = f"The greeting is {reply.code} in place of 220: perhaps no greeting at all."
            yield Hit(cause, (answer.number,))


READY = 220

CISCO = (
    "https://www.cisco.com/c/en/us/support/docs/security/email-security-appliance/"
    "118550-qa-esa-00.html"
)

SLIP = "This is the server's slip; report it to whoever runs it."

RULES: tuple[Rule, ...] = (
    Rule("greeting-other-host", Severity.INFO, "the greeting names somebody else's host",
         "Often that is one server of many, or a provider's. If you do not expect it, look the "
         "name up again: a network may divert port 25 to a relay of its own.",
         "RFC 5321 §4.3.1", other_host),
    Rule("ehlo-other-host", Severity.INFO, "greeting and EHLO name hosts of different owners",
         "Something stands in between: a proxy, a filter for spam. Ask who runs it.",
         "RFC 5321 §4.1.1.1", other_name_at_ehlo),
    Rule("greeting-masked", Severity.WARNING, "a firewall writes asterisks over the greeting",
         "Switch off the inspection of SMTP on that firewall (Cisco: no fixup protocol smtp, or no "
         "inspect esmtp): it cuts out extensions, STARTTLS among them.",
         CISCO, masked_greeting),
    Rule("offer-masked", Severity.ERROR, "a firewall crosses out keywords of the EHLO reply",
         "Switch off the inspection of SMTP on that firewall (Cisco: no inspect esmtp), or use "
         "port 465, which it cannot look into.",
         CISCO, masked_offer),
    Rule("greeting-not-220", Severity.WARNING, "the greeting has another code of success",
         SLIP, "RFC 5321 §4.3.2", not_esmtp_greeting),
    Rule("never-takes-mail", Severity.ERROR, "521: the host takes no mail at all",
         "Look up the MX of the recipient's domain, or the server that your provider names.",
         "RFC 7504 §3", never_takes_mail),
    Rule("helo-only", Severity.WARNING, "the server knows HELO alone",
         "Have the server, or a filter in front of it, brought up to date: EHLO is from 1995.",
         "RFC 5321 §3.2", helo_only),
    Rule("ehlo-keyword-as-name", Severity.WARNING, "EHLO's first line is an extension",
         "The server's owner has to put its name in front, then the extensions.",
         "RFC 5321 §4.1.1.1", keyword_as_name),
    Rule("size-unreadable", Severity.INFO, "SIZE has no sensible number", SLIP,
         "RFC 1870 §3", size_unreadable),
    Rule("auth-equals", Severity.INFO, "AUTH is offered as AUTH=",
         "Nothing, as long as the server offers AUTH without the sign as well (Postfix: "
         "broken_sasl_auth_clients).", "RFC 4954 §3", auth_equals),
    Rule("auth-empty", Severity.WARNING, "AUTH names no mechanism",
         "The server's owner has to install or allow mechanisms (Cyrus: libsasl2-modules).",
         "RFC 4954 §3", auth_empty),
)  # fmt: skip
"""In the order of a session."""
