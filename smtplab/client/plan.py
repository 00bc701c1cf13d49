"""The planner: from what the user wants and what has happened to the next step.

There is one planner for stepping by hand and for the automatic mode, and it keeps nothing in
mind: it is a function of settings and progress. So whatever the user does out of turn, an injected
RSET or an edited EHLO, is taken into account the moment its reply has been read.

`RULES` is read from the top; the first rule whose condition holds makes the step.
"""

from collections.abc import Callable
from dataclasses import dataclass

from smtplab.client import login
from smtplab.client.progress import Override
from smtplab.client.settings import Security, SessionSettings
from smtplab.client.situation import Planned, Situation, decline
from smtplab.client.steps import Stage, Step
from smtplab.protocol import commands
from smtplab.protocol.verbs import Verb


def ladder(settings: SessionSettings) -> tuple[Stage, ...]:
    """The stages of a session with these settings, in order."""
    without: set[Stage] = set()
    if settings.security is not Security.IMPLICIT:
        order = list(Stage)
    else:
        order = [
            Stage.CONNECT,
            Stage.TLS,
            *(s for s in Stage if s not in (Stage.CONNECT, Stage.TLS)),
        ]
        without |= {Stage.STARTTLS, Stage.EHLO_TLS}
    if settings.security is Security.PLAIN:
        without |= {Stage.STARTTLS, Stage.TLS, Stage.EHLO_TLS}
    if settings.credentials is None:
        without.add(Stage.AUTH)
    return tuple(stage for stage in order if stage not in without)


# Conditions.


def _needs_tls_first(s: Situation) -> bool:
    return s.settings.security is Security.IMPLICIT and not s.progress.encrypted


def _needs_hello(s: Situation) -> bool:
    progress = s.progress
    return (
        progress.capabilities is None and not progress.hello_failed and not s.skips(s.hello_stage)
    )


def _needs_starttls(s: Situation) -> bool:
    wanted = s.settings.security in (Security.STARTTLS, Security.OPPORTUNISTIC)
    done = s.progress.encrypted or s.progress.tls_given_up
    return wanted and not done and not s.skips(Stage.STARTTLS)


def _next_recipient(s: Situation) -> str | None:
    asked = len(s.progress.transaction.results)
    recipients = s.settings.envelope.recipients
    return recipients[asked] if asked < len(recipients) else None


# What the rules make.


def _connect(s: Situation) -> Step:
    where = f"{s.settings.host}:{s.settings.port}"
    return Step(Stage.CONNECT, None, guide="connect", summary=f"open a TCP connection to {where}")


def _tls(s: Situation) -> Step:
    name = s.settings.dialled_name
    return Step(Stage.TLS, Verb.TLS, guide="tls", summary=f"agree on keys, prove who {name} is")


def _greeting(s: Situation) -> Step:
    return Step(Stage.GREETING, Verb.GREETING, guide="greeting", summary="the server speaks first")


def _hello(s: Situation) -> Step:
    again = s.hello_stage is Stage.EHLO_TLS
    summary = (
        "ask again, now that nobody can tamper" if again else "say who we are, ask what is offered"
    )
    if s.progress.helo_due:
        line = commands.helo(s.settings.ehlo_name)
        return Step(s.hello_stage, Verb.HELO, line, guide="ehlo", summary="EHLO is not known: HELO")
    return Step(
        s.hello_stage,
        Verb.EHLO,
        commands.ehlo(s.settings.ehlo_name),
        guide="ehlo-tls" if again else "ehlo",
        summary=summary,
    )


def _starttls(s: Situation) -> Planned:
    if not s.offers("STARTTLS"):
        return decline(
            s,
            Stage.STARTTLS,
            "You asked for TLS, and the server does not offer STARTTLS: it may be misconfigured, "
            "or somebody on the way has removed the offer.",
            Override.IN_CLEAR,
        )
    return Step(
        Stage.STARTTLS,
        Verb.STARTTLS,
        commands.starttls(),
        guide="starttls",
        summary="upgrade this connection to TLS",
    )


def _mail(s: Situation) -> Step:
    parameters: list[tuple[str, str | None]] = []
    if s.offers("SIZE"):
        parameters.append(("SIZE", str(s.wire.size)))
    if s.offers("8BITMIME") and not s.settings.content.isascii():
        parameters.append(("BODY", "8BITMIME"))
    return Step(
        Stage.MAIL,
        Verb.MAIL,
        commands.mail(s.settings.envelope.sender, parameters),
        guide="mail",
        summary="start a message: who gets the bounces",
    )


def _rcpt(s: Situation) -> Step:
    recipient = _next_recipient(s)
    assert recipient is not None
    return Step(
        Stage.RCPT, Verb.RCPT, commands.rcpt(recipient), guide="rcpt", summary="name a recipient"
    )


def _data(s: Situation) -> Step:
    return Step(
        Stage.DATA,
        Verb.DATA,
        commands.data(),
        guide="data",
        summary="ask to send the message itself",
    )


def _content(s: Situation) -> Step:
    size = f"{s.wire.size:,} octets"
    return Step(
        Stage.CONTENT,
        Verb.CONTENT,
        guide="content",
        summary=f"send the message, {size}, and the final dot",
    )


def _quit(s: Situation) -> Step:
    return Step(Stage.QUIT, Verb.QUIT, commands.quit_(), guide="quit", summary="say good-bye")


def _over(s: Situation) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Rule:
    """When a step is due, and how it is made."""

    name: str
    holds: Callable[[Situation], bool]
    make: Callable[[Situation], Planned]


RULES: tuple[Rule, ...] = (
    Rule("over", lambda s: s.progress.closed, _over),
    Rule("connect", lambda s: not s.progress.connected, _connect),
    Rule("implicit tls", _needs_tls_first, _tls),
    Rule("greeting", lambda s: not s.progress.greeted, _greeting),
    Rule("tls", lambda s: s.progress.starttls_accepted, _tls),
    Rule("auth response", lambda s: s.exchange is not None, login.auth_response),
    Rule("content", lambda s: s.progress.transaction.data_accepted, _content),
    Rule("quit said", lambda s: s.progress.quit_done or s.skips(Stage.QUIT), _over),
    Rule("quit", lambda s: s.progress.outcome is not None, _quit),
    Rule("hello", _needs_hello, _hello),
    Rule("starttls", _needs_starttls, _starttls),
    Rule("auth", login.is_due, login.auth),
    Rule(
        "mail", lambda s: not (s.progress.transaction.sender_accepted or s.skips(Stage.MAIL)), _mail
    ),
    Rule("rcpt", lambda s: _next_recipient(s) is not None and not s.skips(Stage.RCPT), _rcpt),
    Rule("data", lambda s: not s.skips(Stage.DATA), _data),
    Rule("nothing left", lambda s: True, _quit),
)


def next_step(situation: Situation) -> Planned:
    """The next step; a `Decline` where we would rather stop; None when all is said."""
    for rule in RULES:
        if rule.holds(situation):
            return rule.make(situation)
    raise AssertionError("the last rule always holds")
