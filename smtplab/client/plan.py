"""The planner: from what the user wants and what has happened to the next step.

There is one planner for stepping by hand and for the automatic mode, and it keeps nothing in
mind: it is a function of settings and progress. So whatever the user does out of turn, an injected
RSET or an edited EHLO, is taken into account the moment its reply has been read.

`RULES` is read from the top; the first rule whose condition holds makes the step.
"""

from collections.abc import Callable

from smtplab.client import login, mailing
from smtplab.client.progress import Decline, Override
from smtplab.client.settings import Helo, Security, SessionSettings
from smtplab.client.situation import Planned, Situation, decline
from smtplab.client.steps import Stage, Step
from smtplab.protocol import commands
from smtplab.protocol.verbs import Verb
from smtplab.values import value


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
    if not settings.xclient:
        without.add(Stage.XCLIENT)
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
    security = s.settings.security
    if security is Security.PLAIN or s.progress.encrypted or s.progress.tls_given_up:
        return False
    if_offered = security in (Security.OPPORTUNISTIC, Security.IF_OFFERED)
    wanted = security is Security.STARTTLS or (if_offered and s.offers("STARTTLS"))
    return wanted and not s.skips(Stage.STARTTLS)


def _is_open(s: Situation) -> bool:
    return s.progress.transaction.sender_accepted


def _needs_xclient(s: Situation) -> bool:
    return bool(s.settings.xclient) and not (s.progress.xclient_done or s.skips(Stage.XCLIENT))


# What the rules make.


def _connect(s: Situation) -> Step:
    where = f"{s.settings.host}:{s.settings.port}"
    pause = s.progress.pause
    first = f"wait {pause:g} s, then try again: " if pause else ""
    summary = f"{first}open a TCP connection to {where}"
    return Step(Stage.CONNECT, None, guide="connect", summary=summary)


def _tls(s: Situation) -> Step:
    name = s.settings.dialled_name
    return Step(Stage.TLS, Verb.TLS, guide="tls", summary=f"agree on keys, prove who {name} is")


def _greeting(s: Situation) -> Step:
    return Step(Stage.GREETING, Verb.GREETING, guide="greeting", summary="the server speaks first")


def _hello(s: Situation) -> Step:
    name, stage = s.ehlo_name, s.hello_stage
    if s.settings.lmtp:
        summary = "say who we are, in LMTP"
        return Step(stage, Verb.LHLO, commands.lhlo(name), guide="lhlo", summary=summary)
    if s.progress.helo_due or s.settings.helo is Helo.ONLY:
        why = "EHLO is not known: HELO" if s.progress.helo_due else "say who we are, the old way"
        return Step(stage, Verb.HELO, commands.helo(name), guide="ehlo", summary=why)
    again = stage is Stage.EHLO_TLS
    summary = (
        "ask again, now that nobody can tamper" if again else "say who we are, ask what is offered"
    )
    guide = "ehlo-tls" if again else "ehlo"
    return Step(stage, Verb.EHLO, commands.ehlo(name), guide=guide, summary=summary)


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


def _xclient(s: Situation) -> Planned:
    if not s.offers("XCLIENT"):
        reason = "You asked for XCLIENT, and the server does not offer it to us."
        return decline(s, Stage.XCLIENT, reason, None)
    return Step(
        Stage.XCLIENT,
        Verb.XCLIENT,
        commands.xclient(s.settings.xclient),
        guide="xclient",
        summary="say for whom we speak",
    )


def _quit(s: Situation) -> Step:
    return Step(Stage.QUIT, Verb.QUIT, commands.quit_(), guide="quit", summary="say good-bye")


def _over(s: Situation) -> None:
    return None


@value
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
    Rule("content", lambda s: s.progress.transaction.data_accepted, mailing.content),
    Rule("quit said", lambda s: s.progress.quit_done or s.skips(Stage.QUIT), _over),
    Rule("quit", lambda s: s.progress.outcome is not None, _quit),
    Rule("hello", _needs_hello, _hello),
    Rule("starttls", _needs_starttls, _starttls),
    Rule("xclient", _needs_xclient, _xclient),
    Rule("rset", lambda s: s.progress.rset_due, mailing.rset),
    Rule("auth", login.is_due, login.auth),
    Rule("mail", lambda s: not _is_open(s) and not s.skips(Stage.MAIL), mailing.mail),
    Rule(
        "rcpt", lambda s: bool(mailing.recipients_left(s)) and not s.skips(Stage.RCPT), mailing.rcpt
    ),
    Rule("chunk", lambda s: s.chunks and not s.skips(Stage.CONTENT), mailing.chunk),
    Rule("data", lambda s: not (s.chunks or s.skips(Stage.DATA)), mailing.data),
    Rule("nothing left", lambda s: True, _quit),
)


def next_step(situation: Situation) -> Planned:
    """The next step; a `Decline` where we would rather stop; None when all is said."""
    for rule in RULES:
        if rule.holds(situation):
            break
    planned = rule.make(situation)
    if planned is None or not situation.is_beyond_stop(_stage_of(planned)):
        return planned
    # In the middle of DATA or AUTH a QUIT would be read as something else.
    in_between = situation.progress.transaction.data_accepted or situation.exchange is not None
    return None if situation.settings.drop or in_between else _quit(situation)


def _stage_of(planned: Step | Decline) -> Stage:
    return planned.outcome.stage if isinstance(planned, Decline) else planned.stage
