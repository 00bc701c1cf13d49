"""Rules on the transaction as a whole: some recipients refused, half promises, doubt."""

import re
from collections.abc import Iterator

from smtplab.client.outcome import Verdict
from smtplab.diagnosis.evidence import Answer, Evidence, is_no
from smtplab.diagnosis.findings import Hit, Rule, Severity
from smtplab.diagnosis.refusals.row import said
from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.verbs import Verb

MAIL = (Verb.MAIL, Verb.RCPT, Verb.DATA, Verb.CONTENT, Verb.BDAT, Verb.BDAT_LAST)
FORWARDED, UNVERIFIED = 251, 252


def partly(evidence: Evidence) -> Iterator[Hit]:
    """The message went to some of the recipients."""
    ended = evidence.ended
    if ended is None or not ended[1].recipients:
        return
    results = ended[1].recipients
    taken = [r for r in results if r.verdict is Verdict.DELIVERED]
    if taken and len(taken) < len(results):
        missing = ", ".join(r.recipient for r in results if r.verdict is not Verdict.DELIVERED)
        refused = [a.number for a in evidence.answers_to(Verb.RCPT) if is_no(a.reply)]
        cause = f"The message went to {len(taken)} of {len(results)} recipients; not to {missing}."
        yield Hit(cause, (*refused, ended[0]))


def forwarded(evidence: Evidence) -> Iterator[Hit]:
    """251: the mailbox is elsewhere."""
    for answer in evidence.answers_to(Verb.RCPT):
        if answer.reply.code == FORWARDED:
            cause = f"The server will pass the message on: 251 {answer.reply.first_line}"
            yield Hit(cause, (answer.number,))


def unverified(evidence: Evidence) -> Iterator[Hit]:
    """252: the server has not checked the mailbox."""
    for answer in evidence.answers_to(Verb.RCPT):
        if answer.reply.code == UNVERIFIED:
            cause = f"The server took the recipient unchecked: 252 {answer.reply.first_line}"
            yield Hit(cause, (answer.number,))


def _noes(evidence: Evidence, reply_class: ReplyClass) -> list[Answer]:
    return [a for a in evidence.answers_to(*MAIL) if a.reply.reply_class is reply_class]


SOON = re.compile(r"try again|later|temporar|come back|retry in", re.IGNORECASE)
NEVER = re.compile(
    r"permanent|do not (re)?try|will not succeed|user unknown|unknown user|no such|does not exist|"
    r"never",
    re.IGNORECASE,
)


def soon_in_words_only(evidence: Evidence) -> Iterator[Hit]:
    """A 5xx whose text speaks of trying again."""
    for answer in _noes(evidence, ReplyClass.PERMANENT):
        if SOON.search(answer.reply.text):
            cause = f"The code is final, the text is not: {said(answer.reply)[:120]!r}."
            yield Hit(cause, (answer.number,))


def never_in_words_only(evidence: Evidence) -> Iterator[Hit]:
    """A 4xx whose text sounds final."""
    for answer in _noes(evidence, ReplyClass.TRANSIENT):
        if NEVER.search(answer.reply.text):
            cause = f"The code says later, the text says never: {said(answer.reply)[:120]!r}."
            yield Hit(cause, (answer.number,))


def in_doubt(evidence: Evidence) -> Iterator[Hit]:
    """Lost after the final dot."""
    ended = evidence.ended_as(Verdict.IN_DOUBT)
    if ended is not None:
        yield Hit(ended[1].reason, (ended[0],))


def closing_after_yes(evidence: Evidence) -> Iterator[Hit]:
    """A 421 came unasked."""
    for answer in evidence.answers:
        if answer.verb is None and answer.reply.code == CLOSING:
            cause = (
                f"The server said, unasked, that it closes the session: {said(answer.reply)[:120]}"
            )
            yield Hit(cause, (answer.number,))


CLOSING = 421

RULES: tuple[Rule, ...] = (
    Rule("some-recipients-refused", Severity.WARNING, "the message went to some recipients only",
         "Send it to the missing ones alone, once the cause is mended; the others have it.",
         "RFC 5321 §3.3", partly),
    Rule("recipient-forwarded", Severity.INFO, "251: the mailbox is elsewhere, and will be reached",
         "Nothing now; use the new address next time, if the reply names it.",
         "RFC 5321 §3.4", forwarded),
    Rule("recipient-unchecked", Severity.INFO, "252: the recipient is taken unchecked",
         "Nothing now; a bounce may follow.", "RFC 5321 §3.5.3", unverified),
    Rule("permanent-but-later", Severity.INFO, "a 5xx whose text speaks of trying again",
         "A program goes by the code and gives up. You may try again by hand; the server's owner "
         "should say 4xx when it means later.", "RFC 5321 §4.2.1", soon_in_words_only),
    Rule("temporary-but-final", Severity.INFO, "a 4xx whose text sounds final",
         "A program goes by the code and tries for days. Take the text at its word, and mend the "
         "cause.", "RFC 5321 §4.2.1", never_in_words_only),
    Rule("closing-unasked", Severity.INFO, "a 421 comes although nothing was asked",
         "Connect again for what is left; do not wait between commands.",
         "RFC 5321 §3.8", closing_after_yes),
    Rule("in-doubt", Severity.ERROR, "the connection is lost after the final dot",
         "Ask the recipient before you send it again; a mail server would send it again and risk a "
         "duplicate, since that is better than a loss.",
         "RFC 1047, RFC 5321 §4.5.3.2.6", in_doubt),
)  # fmt: skip
"""In the order of a session."""
