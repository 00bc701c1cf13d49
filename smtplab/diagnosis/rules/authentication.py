"""Rules on logging in, where it is not the server that says no: what we declined, and why."""

from collections.abc import Iterator

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.verbs import Verb


def _declined(evidence: Evidence) -> tuple[int, str] | None:
    """Where and why we ended the session before AUTH."""
    ended = evidence.ended_as(Verdict.REFUSED)
    if ended is None or ended[1].stage is not Stage.AUTH:
        return None
    return ended[0], ended[1].reason


def _after_tls_only(evidence: Evidence) -> bool:
    last = evidence.hellos[-1] if evidence.hellos else None
    return (
        last is not None
        and not last.encrypted
        and last.offers.has("STARTTLS")
        and not last.offers.auth_mechanisms
    )


def after_tls_only(evidence: Evidence) -> Iterator[Hit]:
    """AUTH is not offered in the clear, and STARTTLS is."""
    declined = _declined(evidence)
    if declined is not None and _after_tls_only(evidence):
        cause = "The server offers no AUTH in the clear. It offers STARTTLS: AUTH comes after that."
        yield Hit(cause, (evidence.hellos[-1].number, declined[0]))


def not_offered(evidence: Evidence) -> Iterator[Hit]:
    """There is no AUTH at all."""
    declined, offers = _declined(evidence), evidence.offers
    if declined is None or offers is None or offers.auth_mechanisms or _after_tls_only(evidence):
        return
    yield Hit(declined[1], (evidence.hellos[-1].number, declined[0]))


def none_in_common(evidence: Evidence) -> Iterator[Hit]:
    """There is AUTH, but none that we know."""
    declined, offers = _declined(evidence), evidence.offers
    if declined is None or offers is None or not offers.auth_mechanisms:
        return
    if not _would_show(declined[1]):
        yield Hit(declined[1], (evidence.hellos[-1].number, declined[0]))


def _would_show(reason: str) -> bool:
    """Whether the planner spoke of listeners, and not of mechanisms."""
    return "can read" in reason


def in_clear(evidence: Evidence) -> Iterator[Hit]:
    """We declined to show a password to everybody on the way."""
    declined = _declined(evidence)
    offers = evidence.offers
    if declined is None or offers is None or not offers.auth_mechanisms:
        return
    if _would_show(declined[1]):
        yield Hit(declined[1], (declined[0],))


def password_in_clear(evidence: Evidence) -> Iterator[Hit]:
    """A password went out readable, because the user said so."""
    for entry, event in evidence.commands(Verb.AUTH):
        words = event.raw.split(maxsplit=2)
        mechanism = words[1].decode("ascii", "replace").upper() if len(words) > 1 else ""
        if mechanism in READABLE and not entry.encrypted:
            cause = f"AUTH {mechanism} went out without TLS: anybody on the way has the password."
            yield Hit(cause, (entry.number,))


READABLE = frozenset({"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"})


def unadvertised(evidence: Evidence) -> Iterator[Hit]:
    """A mechanism was used that the server had not offered."""
    for entry, event in evidence.commands(Verb.AUTH):
        before = [hello for hello in evidence.hellos if hello.number < entry.number]
        words = event.raw.split(maxsplit=2)
        if not before or len(words) < 2:
            continue
        mechanism = words[1].decode("ascii", "replace").upper()
        if mechanism not in before[-1].offers.auth_mechanisms:
            cause = f"AUTH {mechanism} was tried, and EHLO does not offer it."
            yield Hit(cause, (before[-1].number, entry.number))


RULES: tuple[Rule, ...] = (
    Rule("auth-after-tls-only", Severity.ERROR, "AUTH is offered after STARTTLS only",
         "Leave --tls plain out, or use port 465.", "RFC 4954 §4, RFC 8314 §3", after_tls_only),
    Rule("auth-not-offered", Severity.ERROR, "a login is wanted, and no AUTH is offered",
         "Use the port for submission, 587 or 465: port 25 has often no AUTH. Without a user name "
         "you can send to this server's own domains only.", "RFC 6409 §4.3", not_offered),
    Rule("auth-none-in-common", Severity.ERROR, "no mechanism in common",
         "Have PLAIN allowed inside TLS, which every client knows.", "RFC 4954 §4", none_in_common),
    Rule("auth-declined", Severity.ERROR, "a password would go out readable",
         "Log in inside TLS; where the network is your own, --auth-in-clear says so.",
         "RFC 4954 §4", in_clear),
    Rule("password-in-clear", Severity.WARNING, "a password went out without TLS",
         "Log in inside TLS, and change the password if the network is not your own.",
         "RFC 8314 §4.1", password_in_clear),
    Rule("auth-unadvertised", Severity.INFO, "a mechanism is used that was not offered",
         "Take one of those that EHLO offers; some servers do more than they say.",
         "RFC 4954 §4", unadvertised),
)  # fmt: skip
"""What the server's replies say of logins stands with the refusals."""
