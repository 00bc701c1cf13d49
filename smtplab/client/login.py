"""The planner's part for AUTH: when it is due, with which mechanism, when we would rather not."""

from smtplab.client.authentication import CANCEL, AuthExchange
from smtplab.client.progress import Override
from smtplab.client.settings import Login
from smtplab.client.situation import Planned, Situation, decline
from smtplab.client.steps import Stage, Step
from smtplab.protocol import sasl
from smtplab.protocol.sasl import Mechanism, Need
from smtplab.protocol.verbs import Verb


def is_due(s: Situation) -> bool:
    """Whether a login is wanted, and neither done nor given up."""
    if s.settings.credentials is None:
        return False
    progress = s.progress
    if progress.authenticated or progress.auth_given_up or s.skips(Stage.AUTH):
        return False
    return s.settings.login is Login.REQUIRED or _is_possible(s)


def _is_possible(s: Situation) -> bool:
    """Whether a mechanism is offered that suits, and may be used on this connection."""
    mechanism = choose_mechanism(s)
    if mechanism is None or mechanism.name not in s.mechanisms_offered:
        return False
    safe = s.progress.encrypted or s.settings.auth_in_clear or not mechanism.reveals_password
    return safe and _missing(s, mechanism) is None


def auth(s: Situation) -> Planned:
    """The AUTH command with the best mechanism; a `Decline` where there is no good one."""
    mechanism = choose_mechanism(s)
    if mechanism is None:
        return decline(s, Stage.AUTH, _why_no_mechanism(s), Override.WITHOUT_AUTH)
    missing = _missing(s, mechanism)
    if missing is not None:
        return decline(s, Stage.AUTH, missing, Override.WITHOUT_AUTH)
    if mechanism.reveals_password and not s.progress.encrypted and not s.settings.auth_in_clear:
        secret = "access token" if mechanism.need is Need.TOKEN else "password"
        return decline(
            s,
            Stage.AUTH,
            f"AUTH {mechanism.name} would send the {secret} over a connection that anybody on the "
            "way can read.",
            Override.AUTH_IN_CLEAR,
        )
    line, secrets = exchange_with(s, mechanism).command()
    return Step(
        Stage.AUTH,
        Verb.AUTH,
        line,
        secrets,
        guide=_guide(mechanism),
        summary=f"log in with {mechanism.name}",
    )


def auth_response(s: Situation) -> Step:
    """The answer to the server's challenge."""
    assert s.exchange is not None
    line, secrets = s.exchange.response()
    summary = "call the login off" if line == CANCEL else "answer the server's challenge"
    guide = _guide(s.exchange.mechanism)
    return Step(Stage.AUTH, Verb.AUTH_RESPONSE, line, secrets, guide=guide, summary=summary)


def exchange_with(s: Situation, mechanism: Mechanism) -> AuthExchange:
    """An exchange of this session, at its beginning; the same one for the same facts."""
    assert s.settings.credentials is not None
    return AuthExchange(mechanism, s.settings.credentials, s.channel, s.settings.initial_response)


def choose_mechanism(s: Situation) -> Mechanism | None:
    """The mechanism that the user named, or the best of those offered."""
    if s.settings.mechanism is not None:
        return sasl.named(s.settings.mechanism)
    return sasl.choose(
        s.mechanisms_offered,
        encrypted=s.progress.encrypted,
        bindable=bool(s.progress.channel_binding),
        has=_holdings(s),
    )


def mechanism_of(s: Situation, line: bytes) -> Mechanism | None:
    """The mechanism that an AUTH line names, which the user may have edited; else the chosen."""
    words = line.split()
    written = sasl.named(words[1].decode("ascii", "replace")) if len(words) > 1 else None
    return written or choose_mechanism(s)


def _holdings(s: Situation) -> set[Need]:
    """What the user can show. Who brought a token means it to be used."""
    credentials = s.settings.credentials
    held: set[Need] = set()
    if credentials is not None and credentials.token:
        held.add(Need.TOKEN)
    elif credentials is not None and (credentials.password or not s.settings.client_chain_pem):
        held.add(Need.PASSWORD)
    if s.settings.client_chain_pem and s.progress.encrypted:
        held.add(Need.CERTIFICATE)
    return held


def _missing(s: Situation, mechanism: Mechanism) -> str | None:
    """What a mechanism that was named by the user would need and cannot have."""
    assert s.settings.credentials is not None
    if mechanism.binds and not s.progress.channel_binding:
        return f"AUTH {mechanism.name} ties the login to TLS, and there is no TLS to tie it to."
    if mechanism.need is Need.TOKEN and not s.settings.credentials.token:
        return f"AUTH {mechanism.name} needs an access token in place of the password."
    return None


def _why_no_mechanism(s: Situation) -> str:
    offered = s.mechanisms_offered
    listed = f"The server offers AUTH {' '.join(offered)}"
    ours = ", ".join(m.name for m in sasl.MECHANISMS)
    if s.settings.mechanism is not None:
        return f"AUTH {s.settings.mechanism} is not known here; known are {ours}."
    if not offered:
        where = "inside TLS" if s.progress.encrypted else "on this unencrypted connection"
        return f"The server offers no AUTH {where}, and you gave a user name."
    known = [name for name in offered if sasl.named(name) is not None]
    if known:
        return f"{listed}; none goes with what you gave: {_held(s)}."
    return f"{listed}; known here are {ours}."


def _held(s: Situation) -> str:
    return " and ".join(sorted(f"a {need.value}" for need in _holdings(s)))


def _guide(mechanism: Mechanism) -> str:
    family = "scram" if mechanism.name.startswith("SCRAM-") else mechanism.name.lower()
    return f"auth-{family}"
