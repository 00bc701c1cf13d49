"""What each reply means for the session: the facts it adds, and the outcome it may decide.

`REACTIONS` has one function for each verb whose reply changes what comes next. A reply to anything
else (NOOP, VRFY, a line of the user's own) is recorded and changes nothing.
"""

from collections.abc import Callable

from smtplab.client import deliveries
from smtplab.client.outcome import Outcome, RecipientResult, Verdict, said, verdict_of
from smtplab.client.progress import Transaction
from smtplab.client.settings import Helo, Login, Security
from smtplab.client.situation import Situation
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.extensions import Capabilities
from smtplab.protocol.replies import Reply, ReplyClass
from smtplab.protocol.verbs import Verb

SERVICE_CLOSING = 421
HELO_AFTER = frozenset({500, 502, 504})
"""Replies to EHLO after which HELO is worth a try (RFC 5321 §3.2, §4.1.4)."""

ACCEPTED: dict[Verb, ReplyClass] = {
    Verb.GREETING: ReplyClass.POSITIVE,
    Verb.EHLO: ReplyClass.POSITIVE,
    Verb.HELO: ReplyClass.POSITIVE,
    Verb.LHLO: ReplyClass.POSITIVE,
    Verb.XCLIENT: ReplyClass.POSITIVE,
    Verb.BDAT: ReplyClass.POSITIVE,
    Verb.BDAT_LAST: ReplyClass.POSITIVE,
    Verb.STARTTLS: ReplyClass.POSITIVE,
    Verb.AUTH: ReplyClass.POSITIVE,
    Verb.AUTH_RESPONSE: ReplyClass.POSITIVE,
    Verb.MAIL: ReplyClass.POSITIVE,
    Verb.RCPT: ReplyClass.POSITIVE,
    Verb.DATA: ReplyClass.INTERMEDIATE,
    Verb.CONTENT: ReplyClass.POSITIVE,
    Verb.RSET: ReplyClass.POSITIVE,
    Verb.QUIT: ReplyClass.POSITIVE,
}
"""The class of reply that means yes."""


def accepted(verb: Verb, reply: Reply) -> bool:
    """Whether the reply says yes to the command."""
    return reply.reply_class is ACCEPTED.get(verb)


def react(s: Situation, verb: Verb, line: bytes, reply: Reply, *, stage: Stage) -> StageStatus:
    """Takes the reply to a command into account; tells what became of the stage."""
    s.progress.last_reply = reply
    if reply.code == SERVICE_CLOSING and verb is not Verb.QUIT:
        _decide(s, stage, reply, "The server is closing the connection (421).")
        s.progress.transaction.data_accepted = False
    reaction = REACTIONS.get(verb)
    if reaction is not None:
        return reaction(s, stage, line, reply)
    return StageStatus.DONE if reply.code is not None else StageStatus.WARNING


def _decide(s: Situation, stage: Stage, reply: Reply, reason: str) -> None:
    """Sets the outcome, unless an earlier stage has."""
    if s.progress.outcome is None:
        verdict = verdict_of(reply)
        results = s.progress.transaction.undelivered(verdict, reply)
        s.progress.outcome = Outcome(verdict, stage, reason, reply, results)


def _greeting(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    s.progress.greeted = True
    s.progress.greeting = reply
    if accepted(Verb.GREETING, reply):
        return StageStatus.DONE
    _decide(s, stage, reply, f"The server does not want this connection: {said(reply)}")
    return StageStatus.FAILED


def _hello(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if accepted(Verb.EHLO, reply):
        s.progress.capabilities = Capabilities.parse(reply)
        s.progress.transaction = Transaction()  # it is a RSET as well (RFC 5321 §4.1.4)
        return StageStatus.DONE
    is_ehlo = line[:4].upper() == b"EHLO"
    may_fall_back = s.settings.helo is Helo.AUTO and not s.progress.helo_due
    if is_ehlo and reply.code in HELO_AFTER and may_fall_back:
        s.progress.helo_due = True
        return StageStatus.WARNING
    s.progress.hello_failed = True
    _decide(
        s, stage, reply, f"The server refused {line[:4].decode('ascii', 'replace')}: {said(reply)}"
    )
    return StageStatus.FAILED


def _starttls(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if accepted(Verb.STARTTLS, reply):
        s.progress.starttls_accepted = True
        return StageStatus.DONE
    if s.settings.security is Security.OPPORTUNISTIC:
        s.progress.tls_given_up = True
        return StageStatus.WARNING
    if s.progress.outcome is None:
        reason = f"You asked for TLS, and the server refused STARTTLS: {said(reply)}"
        s.progress.outcome = Outcome(Verdict.REFUSED, stage, reason, reply)
    return StageStatus.FAILED


def _auth(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if s.exchange is not None and s.exchange.goes_on(reply.code):
        return StageStatus.CURRENT
    if accepted(Verb.AUTH, reply):
        if s.exchange is not None and not s.exchange.proven:
            name = s.exchange.mechanism.name
            reason = (
                f"The server says that we are in, but has not proven that it knows the password, "
                f"as {name} asks of it: anybody could have said that."
            )
            refuse(s, stage, reason, reply)
            return StageStatus.FAILED
        s.progress.authenticated = True
        return StageStatus.DONE
    s.progress.auth_given_up = True
    if s.settings.login is Login.OPTIONAL and reply.code != SERVICE_CLOSING:
        return StageStatus.WARNING
    explained = f" (it explained: {s.exchange.said})" if s.exchange and s.exchange.said else ""
    _decide(s, stage, reply, f"The server did not accept the login: {said(reply)}{explained}")
    return StageStatus.FAILED


def refuse(s: Situation, stage: Stage, reason: str, reply: Reply) -> None:
    """Sets the outcome to a refusal of ours, unless an earlier stage has decided."""
    s.progress.auth_given_up = True
    if s.progress.outcome is None:
        s.progress.outcome = Outcome(Verdict.REFUSED, stage, reason, reply)


def _mail(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if accepted(Verb.MAIL, reply):
        s.progress.transaction = Transaction(sender_accepted=True)
        return StageStatus.DONE
    _decide(s, stage, reply, f"The server refused the sender: {said(reply)}")
    return StageStatus.FAILED


def recipient_in(line: bytes) -> str:
    """The address in a RCPT line, as far as it can be made out."""
    _, _, path = line.partition(b":")
    return path.strip().split(b" ")[0].strip(b"<>").decode("utf-8", "backslashreplace")


def _rcpt(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    transaction = s.progress.transaction
    yes = accepted(Verb.RCPT, reply)
    verdict = Verdict.DELIVERED if yes else verdict_of(reply)
    transaction.results.append(RecipientResult(recipient_in(line), verdict, reply))
    accepted_so_far = len(transaction.accepted)
    if accepted_so_far:
        all_of_them = accepted_so_far == len(transaction.results)
        return StageStatus.DONE if all_of_them else StageStatus.WARNING
    if len(transaction.results) < len(s.settings.envelope.recipients):
        return StageStatus.CURRENT
    _decide_without_recipients(s, stage)
    return StageStatus.FAILED


def _decide_without_recipients(s: Situation, stage: Stage) -> None:
    """Nobody is left to send to: deferred when trying again may help any of them."""
    results = s.progress.transaction.results
    by_hope = sorted(results, key=lambda r: r.verdict is not Verdict.DEFERRED)
    deciding = by_hope[0]
    assert deciding.reply is not None
    who = "the recipient" if len(results) == 1 else "every recipient"
    _decide(s, stage, deciding.reply, f"The server refused {who}: {said(deciding.reply)}")


def _data(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if accepted(Verb.DATA, reply):
        # Whoever has said 354 waits for a dot, even when nobody is left to send the message to.
        s.progress.transaction.data_accepted = True
        s.progress.transaction.abandoned = s.progress.outcome is not None
        return StageStatus.DONE
    _decide(s, stage, reply, f"The server did not ask for the message: {said(reply)}")
    return StageStatus.FAILED


def _content(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    transaction = s.progress.transaction
    transaction.data_accepted = False
    if transaction.abandoned or s.progress.outcome is not None:
        return StageStatus.FAILED
    transaction.deliveries.append(reply)
    if s.settings.lmtp and len(transaction.accepted) > 1:
        return deliveries.each(s, stage)
    return deliveries.all_at_once(s, stage, reply)


def _chunk(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    """A piece that is not the last: nothing is decided unless it was refused."""
    if accepted(Verb.BDAT, reply):
        return StageStatus.CURRENT
    _decide(s, stage, reply, f"The server refused a piece of the message: {said(reply)}")
    return StageStatus.FAILED


def _xclient(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    s.progress.xclient_done = True
    if accepted(Verb.XCLIENT, reply):
        s.progress.forget_hello()
        return StageStatus.DONE
    _decide(s, stage, reply, f"The server refused XCLIENT: {said(reply)}")
    return StageStatus.FAILED


def _rset(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    s.progress.rset_due = False
    if accepted(Verb.RSET, reply):
        s.progress.transaction = Transaction()
    return StageStatus.DONE


def _quit(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    s.progress.quit_done = True
    return StageStatus.DONE if accepted(Verb.QUIT, reply) else StageStatus.WARNING


REACTIONS: dict[Verb, Callable[[Situation, Stage, bytes, Reply], StageStatus]] = {
    Verb.GREETING: _greeting,
    Verb.EHLO: _hello,
    Verb.HELO: _hello,
    Verb.LHLO: _hello,
    Verb.XCLIENT: _xclient,
    Verb.STARTTLS: _starttls,
    Verb.AUTH: _auth,
    Verb.AUTH_RESPONSE: _auth,
    Verb.MAIL: _mail,
    Verb.RCPT: _rcpt,
    Verb.DATA: _data,
    Verb.CONTENT: _content,
    Verb.BDAT: _chunk,
    Verb.BDAT_LAST: _content,
    Verb.RSET: _rset,
    Verb.QUIT: _quit,
}
