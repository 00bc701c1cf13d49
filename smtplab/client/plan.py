"""The planner: from what the user wants and what has happened to the next step.

There is one planner for stepping by hand and for the automatic mode, and it keeps nothing in
mind: it is a function of settings and progress. So whatever the user does out of turn, an injected
RSET or an edited EHLO, is taken into account the moment its reply has been read.

`RULES` is read from the top; the first rule whose condition holds makes the step.
"""

from collections.abc import Callable
from dataclasses import dataclass

from smtplab.client.authentication import AuthExchange
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.progress import Decline, Override, Progress
from smtplab.client.settings import Security, SessionSettings
from smtplab.client.steps import Stage, Step
from smtplab.protocol import commands, sasl
from smtplab.protocol.message_data import WireContent, to_wire
from smtplab.protocol.verbs import Verb


@dataclass(slots=True)
class Situation:
    """All that a rule may look at."""

    settings: SessionSettings
    progress: Progress
    exchange: AuthExchange | None
    _wire: tuple[bytes, bool, WireContent] | None = None

    @property
    def wire(self) -> WireContent:
        """The message as it will go over the wire; made once, since it may be large."""
        content, raw = self.settings.content, self.settings.raw_content
        if self._wire is None or self._wire[0] is not content or self._wire[1] is not raw:
            self._wire = content, raw, to_wire(content, raw=raw)
        return self._wire[2]

    @property
    def hello_stage(self) -> Stage:
        """Which of the two EHLO rungs is meant now."""
        after_starttls = self.progress.encrypted and self.settings.security is not Security.IMPLICIT
        return Stage.EHLO_TLS if after_starttls else Stage.EHLO

    def offers(self, keyword: str) -> bool:
        """Whether the last EHLO offered an extension."""
        capabilities = self.progress.capabilities
        return capabilities is not None and capabilities.has(keyword)

    def skips(self, stage: Stage) -> bool:
        """Whether the user left that stage out."""
        return stage in self.progress.skipped


Planned = Step | Decline | None


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


def _needs_auth(s: Situation) -> bool:
    progress = s.progress
    done = progress.authenticated or progress.auth_given_up or s.skips(Stage.AUTH)
    return s.settings.credentials is not None and not done


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
        return _decline(
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


def _auth(s: Situation) -> Planned:
    offered = s.progress.capabilities.auth_mechanisms if s.progress.capabilities else ()
    mechanism = choose_mechanism(s, offered)
    if mechanism is None:
        return _decline(s, Stage.AUTH, _why_no_mechanism(s, offered), Override.WITHOUT_AUTH)
    if mechanism.reveals_password and not s.progress.encrypted and not s.settings.auth_in_clear:
        return _decline(
            s,
            Stage.AUTH,
            f"AUTH {mechanism.name} would send the password over a connection that anybody on the "
            "way can read.",
            Override.AUTH_IN_CLEAR,
        )
    assert s.settings.credentials is not None
    line, secrets = AuthExchange(mechanism, s.settings.credentials).command()
    return Step(
        Stage.AUTH,
        Verb.AUTH,
        line,
        secrets,
        guide=f"auth-{mechanism.name.lower()}",
        summary=f"log in with {mechanism.name}",
    )


def choose_mechanism(s: Situation, offered: tuple[str, ...]) -> sasl.Mechanism | None:
    """The mechanism that the user named, or the best of those offered."""
    if s.settings.mechanism is None:
        return sasl.choose(offered, encrypted=s.progress.encrypted)
    wanted = s.settings.mechanism.upper()
    return next((m for m in sasl.MECHANISMS if m.name == wanted), None)


def _why_no_mechanism(s: Situation, offered: tuple[str, ...]) -> str:
    ours = ", ".join(m.name for m in sasl.MECHANISMS)
    if s.settings.mechanism is not None:
        return f"AUTH {s.settings.mechanism} is not known here; known are {ours}."
    if not offered:
        where = "inside TLS" if s.progress.encrypted else "on this unencrypted connection"
        return f"The server offers no AUTH {where}, and you gave a user name."
    return f"The server offers AUTH {' '.join(offered)}; known here are {ours}."


def _auth_response(s: Situation) -> Step:
    assert s.exchange is not None
    line, secrets = s.exchange.response()
    summary = "call the login off" if line == b"*" else "answer the server's challenge"
    guide = f"auth-{s.exchange.mechanism.name.lower()}"
    return Step(Stage.AUTH, Verb.AUTH_RESPONSE, line, secrets, guide=guide, summary=summary)


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


def _decline(s: Situation, stage: Stage, reason: str, override: Override | None) -> Decline:
    outcome = Outcome(Verdict.REFUSED, stage, reason, s.progress.last_reply)
    return Decline(outcome, override)


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
    Rule("auth response", lambda s: s.exchange is not None, _auth_response),
    Rule("content", lambda s: s.progress.transaction.data_accepted, _content),
    Rule("quit said", lambda s: s.progress.quit_done or s.skips(Stage.QUIT), _over),
    Rule("quit", lambda s: s.progress.outcome is not None, _quit),
    Rule("hello", _needs_hello, _hello),
    Rule("starttls", _needs_starttls, _starttls),
    Rule("auth", _needs_auth, _auth),
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
