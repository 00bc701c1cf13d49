"""Whether a run shows anything about its scenario: told by what happened, and not by an exit."""

from msgspec import UNSET

from smtplab.grading.cases import Case, Claim
from smtplab.grading.playing import Played
from smtplab.scenarios.model import Auth, Tls
from smtplab.server.brain import Mould
from smtplab.server.manner import Manner

DEFAULT_TLS, DEFAULT_AUTH = Tls(), Auth()

PITFALL = "pitfall"
"""The tag of scenarios that wait for a slip: no rule of theirs applies to whoever makes none."""

NO_COMMAND = "unknown"
"""The stage that is a slip by itself."""

NEVER_CONNECTED = "the client never connected"
"""The one reason that is a fault by itself: a generic rule says so."""


def reason_against(played: Played) -> str:
    """Why the expectations of the scenario say nothing about this run; empty when they do."""
    return _by_its_base(played.case) or _by_what_happened(played)


def _by_its_base(case: Case) -> str:
    """What can be told before the client is started."""
    scenario, base = case.scenario, case.base
    if _is_about_tls(case) and not base.wants_tls:
        return "it is about TLS, and the client was not asked to use it"
    if "starttls" in scenario.tags and base.mode != "starttls":
        return "it is about STARTTLS, and there is none here"
    if _is_about_auth(case) and not base.auth:
        return "it is about a login, and the client was not asked for one"
    if _is_about_auth(case) and _needs_tls_for_a_login(case):
        return "its server offers a login inside TLS only, and there is none here"
    return ""


def _is_about_tls(case: Case) -> bool:
    tls, tags = case.scenario.server.tls, case.scenario.tags
    shaped = (tls.cert, tls.versions, tls.client_cert, tls.required)
    usual = (DEFAULT_TLS.cert, DEFAULT_TLS.versions, DEFAULT_TLS.client_cert, DEFAULT_TLS.required)
    return shaped != usual or bool({"tls", "starttls", "certificates"}.intersection(tags))


def _is_about_auth(case: Case) -> bool:
    server, tags = case.scenario.server, case.scenario.tags
    # A server that needs no TLS for AUTH is about TLS (it is how a stripped STARTTLS is played).
    return "auth" in tags or server.auth.mechs != DEFAULT_AUTH.mechs or server.auth.required


def _needs_tls_for_a_login(case: Case) -> bool:
    """Whether what the server offers at EHLO has AUTH inside TLS, and the client has none."""
    server, base = case.scenario.server, case.base
    manner = Manner(server, base.mode, base.auth, Mould(server.host, server.size))
    inside, outside = (manner.offer(encrypted=encrypted) for encrypted in (True, False))
    return not base.wants_tls and "AUTH" in inside and "AUTH" not in outside


def _by_what_happened(played: Played) -> str:
    scenario = played.case.scenario
    if played.claim is Claim.NOT_APPLICABLE and not played.mails:
        return "the client says that it does not do this"
    if not played.connections:
        return NEVER_CONNECTED
    if played.case.wants_two_recipients and len(played.message.recipients) < 2:
        return "it is about several recipients, and this client takes one"
    if scenario.rules and not played.fired and not _is_a_trap(played):
        stages = ", ".join(dict.fromkeys(rule.at for rule in scenario.rules))
        return f"the client never came to the stage that it is about ({stages})"
    if _speaks_none_of_its_mechanisms(played):
        return "the client speaks none of the mechanisms of AUTH that it is about"
    if _keeps_its_password(played):
        return "the client does not log in without TLS, and there is none here"
    return ""


def _keeps_its_password(played: Played) -> bool:
    """Whether it left rather than log in without TLS, as it may (RFC 4954 §4)."""
    base, last = played.case.base, played.dialogues[-1]
    wanted = base.auth and not base.wants_tls and "AUTH" in last.offered
    went_on = any(dialogue.commands("AUTH", "MAIL") for dialogue in played.dialogues)
    return wanted and not went_on and played.claim is Claim.FAILED and "ehlo" not in played.fired


def _speaks_none_of_its_mechanisms(played: Played) -> bool:
    narrowed = played.case.scenario.server.auth.mechs != DEFAULT_AUTH.mechs
    tried = any(dialogue.commands("AUTH") for dialogue in played.dialogues)
    return narrowed and played.case.base.auth and not tried and not played.mails


def _is_a_trap(played: Played) -> bool:
    """Whether the scenario waits for a mistake, and the client came by without making it."""
    scenario = played.case.scenario
    reached = {fault.stage for c in played.connections for fault in c.log.faults}
    if reached:
        reached.add(NO_COMMAND)  # what it said were commands
    waits = PITFALL in scenario.tags or all(
        rule.when.early is not UNSET or rule.when.content is not UNSET for rule in scenario.rules
    )
    return waits and any(rule.at in reached for rule in scenario.rules)
