"""Rules on the server's 4xx and 5xx: for each such reply exactly one, the first whose signs fit."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from smtplab.client.steps import Stage
from smtplab.diagnosis.evidence import Answer, Evidence, is_no
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.diagnosis.refusals.row import said
from smtplab.diagnosis.refusals.table import ROWS, reason_for, row_of
from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.verbs import Verb

SERVICE_CLOSING = 421

OBJECTS: dict[Verb | None, str] = {
    None: "closed the session",
    Verb.GREETING: "refused this connection",
    Verb.EHLO: "refused EHLO",
    Verb.HELO: "refused HELO",
    Verb.LHLO: "refused LHLO",
    Verb.XCLIENT: "refused XCLIENT",
    Verb.STARTTLS: "refused STARTTLS",
    Verb.AUTH: "refused the login",
    Verb.AUTH_RESPONSE: "refused the login",
    Verb.MAIL: "refused the sender",
    Verb.RCPT: "refused a recipient",
    Verb.DATA: "refused the message, before it was sent,",
    Verb.CONTENT: "refused the message",
    Verb.BDAT: "refused a piece of the message",
    Verb.BDAT_LAST: "refused the message",
}
"""What the server did when it answered this command with a no. Others are the user's own."""

SHOWN = 160


class Explained(NamedTuple):
    """A refusal and what explains it: a provider's own words if they are known, else the table."""

    answer: Answer
    rule: str
    cause: str
    change: str
    clause: str


def _explained(evidence: Evidence) -> list[Explained]:
    answers = (_to_the_message(evidence, answer) for answer in evidence.answers)
    explained = (_explain(evidence, a) for a in answers if _counts(evidence, a))
    return [one for one in explained if one is not None]


def _to_the_message(evidence: Evidence, answer: Answer) -> Answer:
    """What refused the message before all of it was sent, unasked, counts as the reply to it."""
    if answer.verb is None and evidence.ended is not None:
        _, outcome = evidence.ended
        if outcome.stage is Stage.CONTENT and outcome.reply == answer.reply:
            return answer._replace(verb=Verb.CONTENT)
    return answer


def _explain(evidence: Evidence, answer: Answer) -> Explained | None:
    from smtplab.diagnosis.refusals.providers import known_refusal  # its table is read by msgspec

    known = known_refusal(answer.reply, evidence.once("server", _server))
    if known is not None:
        refusal = known.refusal
        change = refusal.change or row_of(refusal.rule).change
        return Explained(answer, refusal.rule, refusal.cause, change, refusal.source)
    row = reason_for(answer.verb, said(answer.reply))
    return Explained(answer, row.rule, row.cause, row.change, row.clause) if row else None


def _server(evidence: Evidence) -> str:
    """What tells whose server it is: the host that was dialled, its greeting, its EHLO reply."""
    hellos = evidence.answers_to(Verb.GREETING, Verb.EHLO)
    return " ".join([evidence.dialled, *(answer.reply.text for answer in hellos)])


def _counts(evidence: Evidence, answer: Answer) -> bool:
    """Whether the reply is a no that decides something."""
    reply = answer.reply
    if reply.code == SERVICE_CLOSING:
        return answer.verb is not Verb.QUIT
    if answer.verb is None or answer.verb not in OBJECTS:
        return False
    if answer.verb is Verb.STARTTLS:
        return reply.reply_class is not ReplyClass.POSITIVE
    if reply.code == NO_MAIL and answer.verb in (Verb.GREETING, Verb.EHLO):
        return False  # a rule of its own
    return is_no(reply) and not _made_up_by_helo(evidence, answer)


NO_MAIL = 521


def _made_up_by_helo(evidence: Evidence, answer: Answer) -> bool:
    later = (h for h in evidence.hellos if h.verb is Verb.HELO and h.number > answer.number)
    return answer.verb is Verb.EHLO and any(True for _ in later)


def _find(rule: str) -> Callable[[Evidence], Iterator[Hit]]:
    def find(evidence: Evidence) -> Iterator[Hit]:
        mine = [e for e in evidence.once("refusals", _explained) if e.rule == rule]
        for verb in dict.fromkeys(e.answer.verb for e in mine):
            yield _hit([e for e in mine if e.answer.verb is verb])

    return find


def _hit(same: list[Explained]) -> Hit:
    """One hit for all replies to one command that have the same reason."""
    answer, _, cause_in_words, change, clause = same[0]
    reply = answer.reply
    words = said(reply).replace(f"{reply.code} - ", f"{reply.code} ", 1)
    shown = words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
    for_now = reply.reply_class is ReplyClass.TRANSIENT
    how = "for now" if for_now else "for good"
    cause = f"The server {OBJECTS.get(answer.verb, 'refused')} {how} ({shown}): {cause_in_words}."
    if len(same) > 1:
        cause += f" So it went {len(same)} times."
    return Hit(
        cause,
        tuple(e.answer.number for e in same),
        change,
        clause,
        Severity.WARNING if for_now else Severity.ERROR,
    )


def _listed() -> Iterator[Rule]:
    for name in dict.fromkeys(row.rule for row in ROWS):
        row = next(row for row in ROWS if row.rule == name)
        yield Rule(name, Severity.ERROR, row.about, row.change, row.clause, _find(name))


RULES: tuple[Rule, ...] = tuple(_listed())
"""One for each reason; a 4xx makes it a warning."""
