"""What each reply means for the session: the facts it adds, and the outcome it may decide.

`REACTIONS` has one function for each verb whose reply changes what comes next. A reply to anything
else (NOOP, VRFY, a line of the user's own) is recorded and changes nothing.
"""

from collections.abc import Callable

from smtplab.client.outcome import Outcome, RecipientResult, Verdict
from smtplab.client.progress import Transaction
from smtplab.client.settings import Security
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


def verdict_of(reply: Reply) -> Verdict:
    """The pessimistic reading of a reply that is not a yes."""
    if reply.reply_class is ReplyClass.TRANSIENT:
        return Verdict.DEFERRED
    if reply.reply_class is ReplyClass.PERMANENT:
        return Verdict.REJECTED
    return Verdict.FAILED


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
        results = tuple(s.progress.transaction.results)
        s.progress.outcome = Outcome(verdict, stage, reason, reply, results)


def _said(reply: Reply) -> str:
    return f"{reply.code} {reply.first_line}" if reply.code is not None else reply.first_line


def _greeting(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    s.progress.greeted = True
    s.progress.greeting = reply
    if accepted(Verb.GREETING, reply):
        return StageStatus.DONE
    _decide(s, stage, reply, f"The server does not want this connection: {_said(reply)}")
    return StageStatus.FAILED


def _hello(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if accepted(Verb.EHLO, reply):
        s.progress.capabilities = Capabilities.parse(reply)
        return StageStatus.DONE
    is_ehlo = line[:4].upper() == b"EHLO"
    if is_ehlo and reply.code in HELO_AFTER and not s.progress.helo_due:
        s.progress.helo_due = True
        return StageStatus.WARNING
    s.progress.hello_failed = True
    _decide(
        s, stage, reply, f"The server refused {line[:4].decode('ascii', 'replace')}: {_said(reply)}"
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
        reason = f"You asked for TLS, and the server refused STARTTLS: {_said(reply)}"
        s.progress.outcome = Outcome(Verdict.REFUSED, stage, reason, reply)
    return StageStatus.FAILED


def _auth(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if reply.reply_class is ReplyClass.INTERMEDIATE and s.exchange is not None:
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
    said = f" (it explained: {s.exchange.said})" if s.exchange and s.exchange.said else ""
    _decide(s, stage, reply, f"The server did not accept the login: {_said(reply)}{said}")
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
    _decide(s, stage, reply, f"The server refused the sender: {_said(reply)}")
    return StageStatus.FAILED


def _recipient_in(line: bytes) -> str:
    _, _, path = line.partition(b":")
    return path.strip().split(b" ")[0].strip(b"<>").decode("utf-8", "backslashreplace")


def _rcpt(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    transaction = s.progress.transaction
    yes = accepted(Verb.RCPT, reply)
    verdict = Verdict.DELIVERED if yes else verdict_of(reply)
    transaction.results.append(RecipientResult(_recipient_in(line), verdict, reply))
    more = len(transaction.results) < len(s.settings.envelope.recipients)
    if not more and not transaction.accepted:
        _decide_without_recipients(s, stage)
    if not transaction.accepted:
        return StageStatus.CURRENT if more else StageStatus.FAILED
    refused = len(transaction.results) - len(transaction.accepted)
    return StageStatus.WARNING if refused else StageStatus.DONE


def _decide_without_recipients(s: Situation, stage: Stage) -> None:
    """Nobody is left to send to: deferred when trying again may help any of them."""
    results = s.progress.transaction.results
    by_hope = sorted(results, key=lambda r: r.verdict is not Verdict.DEFERRED)
    deciding = by_hope[0]
    assert deciding.reply is not None
    who = "the recipient" if len(results) == 1 else "every recipient"
    _decide(s, stage, deciding.reply, f"The server refused {who}: {_said(deciding.reply)}")


def _data(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    if accepted(Verb.DATA, reply) and s.progress.outcome is None:
        s.progress.transaction.data_accepted = True
        return StageStatus.DONE
    _decide(s, stage, reply, f"The server did not ask for the message: {_said(reply)}")
    return StageStatus.FAILED


def _content(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
    transaction = s.progress.transaction
    transaction.data_accepted = False
    if s.progress.outcome is not None:
        return StageStatus.FAILED
    if accepted(Verb.CONTENT, reply):
        return _delivered(s, stage, reply)
    verdict = verdict_of(reply)
    if verdict is Verdict.FAILED:
        # Something that is no clear no came after the dot: the message may well be queued.
        s.progress.outcome = in_doubt(s, stage, f"the reply to the final dot was {_said(reply)!r}")
        return StageStatus.FAILED
    results = tuple(
        RecipientResult(r.recipient, verdict, reply) if r.verdict is Verdict.DELIVERED else r
        for r in transaction.results
    )
    reason = f"The server refused the message: {_said(reply)}"
    s.progress.outcome = Outcome(verdict, stage, reason, reply, results)
    return StageStatus.FAILED


def _delivered(s: Situation, stage: Stage, reply: Reply) -> StageStatus:
    results = tuple(s.progress.transaction.results)
    taken = len(s.progress.transaction.accepted)
    if taken == len(results):
        reason = f"The server took responsibility for the message: {_said(reply)}"
        s.progress.outcome = Outcome(Verdict.DELIVERED, stage, reason, reply, results)
        return StageStatus.DONE
    reason = f"The server took the message for {taken} of {len(results)} recipients: {_said(reply)}"
    s.progress.outcome = Outcome(Verdict.PARTLY_DELIVERED, stage, reason, reply, results)
    return StageStatus.WARNING


def in_doubt(s: Situation, stage: Stage, why: str) -> Outcome:
    """The outcome when nobody can tell whether the message was taken (RFC 1047)."""
    results = tuple(
        RecipientResult(r.recipient, Verdict.IN_DOUBT, r.reply)
        if r.verdict is Verdict.DELIVERED
        else r
        for r in s.progress.transaction.results
    )
    reason = f"The message went out with its final dot, and {why}: it may or may not be queued."
    return Outcome(Verdict.IN_DOUBT, stage, reason, None, results)


def _rset(s: Situation, stage: Stage, line: bytes, reply: Reply) -> StageStatus:
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
    Verb.STARTTLS: _starttls,
    Verb.AUTH: _auth,
    Verb.AUTH_RESPONSE: _auth,
    Verb.MAIL: _mail,
    Verb.RCPT: _rcpt,
    Verb.DATA: _data,
    Verb.CONTENT: _content,
    Verb.RSET: _rset,
    Verb.QUIT: _quit,
}
