"""Rules on STARTTLS: not offered, spoilt, or changing what is offered."""

from collections.abc import Iterator

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.diagnosis.evidence import Answer, Evidence, Hello
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.protocol.events import IrregularitySeen
from smtplab.protocol.extensions import compare
from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.states import SERVICE_CLOSING, is_expected
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import TlsUp


def missing(evidence: Evidence) -> Iterator[Hit]:
    """TLS was required, and the server did not offer it."""
    ended = evidence.ended_as(Verdict.REFUSED)
    if ended is None or ended[1].stage is not Stage.STARTTLS or evidence.answers_to(Verb.STARTTLS):
        return
    cause = (
        "The server did not offer STARTTLS, and you asked for TLS. Nothing was sent in the clear."
    )
    yield Hit(cause, (*(h.number for h in evidence.hellos[-1:]), ended[0]))


def injection(evidence: Evidence) -> Iterator[Hit]:
    """Octets came in the clear behind the 220."""
    for entry, event in evidence.of(IrregularitySeen):
        if event.irregularity.kind == "injected-after-starttls":
            cause = (
                "Octets followed the 220 to STARTTLS in the clear. A client that keeps them takes "
                "an attacker's words for the server's."
            )
            yield Hit(cause, (entry.number,))
            return


def obeyed(evidence: Evidence) -> Iterator[Hit]:
    """What was sent in one breath behind STARTTLS is answered inside TLS."""
    for entry, sent in evidence.commands(Verb.STARTTLS):
        ups = [up.number for up, _ in evidence.of(TlsUp) if up.number > entry.number]
        if b"\n" not in sent.raw.rstrip(b"\r\n") or not ups:
            continue
        answer = next((a for a in evidence.answers if a.number > ups[0]), None)
        if answer is not None and _nobody_asked(answer):
            cause = (
                "The server obeys inside TLS what came in the clear behind STARTTLS. Somebody on "
                "the way can put commands in front of a client's own, and so have its login or "
                "its mail sent to themselves."
            )
            yield Hit(cause, (entry.number, answer.number))


def _nobody_asked(answer: Answer) -> bool:
    """Whether the reply comes without a command, or is no success that its command can have."""
    if answer.verb is None:
        return answer.reply.code != SERVICE_CLOSING
    positive = answer.reply.reply_class is ReplyClass.POSITIVE
    return positive and not is_expected(answer.verb, answer.reply.code or 0)


def _around_tls(evidence: Evidence) -> tuple[Hello, Hello] | None:
    """The last EHLO before TLS and the first inside it."""
    inside = [hello for hello in evidence.hellos if hello.encrypted]
    before = [
        h for h in evidence.hellos if not h.encrypted and inside and h.number < inside[0].number
    ]
    return (before[-1], inside[0]) if before else None


def offer_shrinks(evidence: Evidence) -> Iterator[Hit]:
    """Inside TLS something is missing, or different, that had been offered before."""
    pair = _around_tls(evidence)
    if pair is None:
        return
    before, after = pair
    words = [
        f"{d.keyword} is {d.status}"
        for d in compare(before.offers, after.offers)
        if d.status in ("gone", "changed") and d.keyword not in ("STARTTLS", "AUTH")
    ]
    if words:
        cause = f"Inside TLS EHLO offers something else: {', '.join(words[:MOST])}."
        yield Hit(cause, (before.number, after.number))


MOST = 6


def login_disappears(evidence: Evidence) -> Iterator[Hit]:
    """AUTH was offered in the clear, and is not inside TLS."""
    pair = _around_tls(evidence)
    if pair is not None and pair[0].offers.auth_mechanisms and not pair[1].offers.auth_mechanisms:
        cause = "AUTH was offered in the clear, and is not inside TLS: the wrong way round."
        yield Hit(cause, (pair[0].number, pair[1].number))


def login_in_clear_offered(evidence: Evidence) -> Iterator[Hit]:
    """AUTH with a readable password is offered before TLS, although TLS is there."""
    for hello in evidence.hellos[:1]:
        readable = sorted(READABLE & set(hello.offers.auth_mechanisms))
        if readable and hello.offers.has("STARTTLS") and not hello.encrypted:
            cause = (
                f"AUTH {' '.join(readable)} is offered before TLS. Clients that are set up "
                "carelessly send passwords that anybody on the way can read."
            )
            yield Hit(cause, (hello.number,))


READABLE = frozenset({"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"})
"""Mechanisms after which whoever listened can log in."""

RULES: tuple[Rule, ...] = (
    Rule("starttls-missing", Severity.ERROR, "TLS is asked for, and not offered",
         "Ask the server from another network: if it offers STARTTLS there, somebody on the way "
         "removes it. Port 465 with TLS from the start cannot be stripped.",
         "RFC 3207 §6", missing),
    Rule("starttls-injection", Severity.ERROR, "octets come in the clear behind STARTTLS's 220",
         "Do not use this connection. Find out what stands between: a proxy, a virus scanner, an "
         "attacker.", "RFC 3207 §4.2, CVE-2011-0411", injection),
    Rule("injection-obeyed", Severity.ERROR, "commands from before TLS are obeyed inside it",
         "The server's owner has to bring it up to date: whatever was read before the handshake "
         "must be thrown away.", "RFC 3207 §4.2, CVE-2011-0411", obeyed),
    Rule("ehlo-changed", Severity.INFO, "EHLO offers less, or something else, inside TLS",
         "Go by the second list only. If the first one had more, ask who wrote it: it came in the "
         "clear.", "RFC 3207 §4.2", offer_shrinks),
    Rule("auth-gone-inside-tls", Severity.WARNING, "AUTH is offered in the clear only",
         "The server's owner has it the wrong way round: offer AUTH inside TLS.",
         "RFC 4954 §4", login_disappears),
    Rule("auth-before-tls", Severity.INFO, "readable passwords are taken before TLS",
         "The server's owner should offer AUTH inside TLS only (Postfix: smtpd_tls_auth_only = "
         "yes).", "RFC 8314 §4.1", login_in_clear_offered),
)  # fmt: skip
"""In the order of a session."""
