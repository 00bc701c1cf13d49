"""What a scenario expects of a correct client, held against what this one did.

Each part of a claim is a function of its own: True, it did so; False, it did not; None, the run
cannot tell.
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from msgspec import UNSET, UnsetType

from smtplab.durations import seconds_of
from smtplab.grading.applicability import reason_against
from smtplab.grading.cases import Claim
from smtplab.grading.playing import Played
from smtplab.grading.rules.truth import false_failure
from smtplab.grading.verdicts import OF_LEVEL, WHOLE, Level, Strength, Verdict
from smtplab.scenarios import model
from smtplab.scenarios.model import Expectation, in_range
from smtplab.server.session_log import Hider, forms_of
from smtplab.server.tape import Layer, Side

FAILURES = frozenset({"deferred", "rejected", "refused", "failed", "unsure", "partly"})
"""Reports that all look the same in an exit status: it did not, or not wholly, go well."""


def verdicts(played: Played) -> Iterator[Verdict]:
    """A verdict on each expectation, or one that says why the scenario shows nothing here."""
    numbered = list(enumerate(played.case.scenario.expect, 1))
    wanted = [(number, e) for number, e in numbered if _claims(e) and _fits(e, played)]
    against = reason_against(played) if wanted else ""
    if against:
        yield Verdict(
            rule=WHOLE, level=Level.NOT_APPLICABLE, strength=Strength.MUST,
            requirement=played.case.scenario.title, seen=against,
        )  # fmt: skip
        return
    for number, expectation in wanted:
        yield _verdict(f"expect-{number}", expectation, played)


def _fits(expectation: Expectation, played: Played) -> bool:
    """Whether there is such a thing on this base: a password to leak, TLS to say it in."""
    claim, base = _claim(expectation), played.case.base
    private = claim.leak is not UNSET or claim.while_ is not UNSET
    return (base.auth or claim.leak is UNSET) and (base.wants_tls or not private)


def _claim(expectation: Expectation) -> model.Claim:
    must, must_not = expectation.must, expectation.must_not
    found = must if isinstance(must, model.Claim) else must_not
    assert isinstance(found, model.Claim), "an expectation has one of the two"
    return found


def _claims(expectation: Expectation) -> list[str]:
    """The parts of a claim that an outsider can be held to; findings are for our own client."""
    claim = _claim(expectation)
    return [name for name in CHECKS if getattr(claim, name) is not UNSET]


def _verdict(rule: str, expectation: Expectation, played: Played) -> Verdict:
    claim = _claim(expectation)
    wanted = expectation.must is not UNSET
    parts = {name: CHECKS[name](played, claim) for name in _claims(expectation)}
    if wanted and parts.get("report", True) is None and played.claim is not Claim.NOTHING:
        parts["report"] = True  # some kind of failure was wanted, and some kind was reported
    strength, gravity = OF_LEVEL[expectation.level]
    level, seen = _level(parts, gravity, played, claim, wanted=wanted)
    if level is Level.ERROR and wanted:
        level = _tempered(played, claim, next(n for n, holds in parts.items() if holds is False))
    return Verdict(
        rule=rule,
        level=level,
        strength=strength,
        requirement=f"{in_words(expectation)}: {expectation.because}",
        clause=expectation.ref,
        seen=seen,
    )


def _level(
    parts: dict[str, bool | None],
    gravity: Level,
    played: Played,
    claim: model.Claim,
    *,
    wanted: bool,
) -> tuple[Level, str]:
    """How a claim came out: all parts of a must hold, and not all of a must-not."""
    if wanted and False in parts.values():
        name = next(name for name, holds in parts.items() if holds is False)
        return gravity, _what_happened(name, played, claim)
    if not wanted and all(parts.values()):
        return gravity, _what_happened(next(iter(parts)), played, claim)
    if None in parts.values() and (wanted or False not in parts.values()):
        if played.claim is Claim.NOTHING:
            return Level.UNDECIDED, f"still running after {played.pace.time_limit:g} s"
        return Level.NOT_APPLICABLE, "an exit status cannot tell this"
    return Level.PASS, ""


def _tempered(played: Played, claim: model.Claim, broken: str) -> Level:
    """How grave it is that a message was not delivered, or not reported so.

    Whoever gives up and says so has lost nothing and told no lie: that is a warning, except with
    the honest server. And a failure that is reported because of what came after the message is as
    grave as the generic rule has it. Nobody loses anything by a QUIT that is missing.
    """
    if broken == "quit":
        return Level.WARNING
    if claim.report != "delivered" or played.claim is not Claim.FAILED:
        return Level.ERROR
    if played.mails:
        found = false_failure(played)
        return Level.ERROR if found is None else found.level or Level.ERROR
    return Level.ERROR if "basis" in played.case.scenario.tags else Level.WARNING


def in_words(expectation: Expectation) -> str:
    """What is asked for, as the file has it."""
    claim = _claim(expectation)
    parts = [_part_in_words(name, getattr(claim, name)) for name in _claims(expectation)]
    if not isinstance(claim.while_, UnsetType):
        parts.append(f"in {'TLS' if claim.while_ == 'tls' else 'clear text'}")
    return ("must " if expectation.must is not UNSET else "must not ") + ", ".join(parts)


def _part_in_words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"{name.strip('_')} {value}"


def _what_happened(name: str, played: Played, claim: model.Claim) -> str:
    count = _delivered(played)
    messages = f"{count or 'no'} message{'' if count == 1 else 's'} arrived"
    if name in ("deliver", "report"):
        return f"{messages}, and the client says: {played.claim.value}"
    return {
        "send": _said(played, claim),
        "leak": "it stands in what the client sent",
        "quit": "there was no QUIT",
        "reconnect": f"there were {len(played.connections)} connections",
        "patience": "it gave up too early",
    }[name]


def _said(played: Played, claim: model.Claim) -> str:
    line = None if claim.send is UNSET else _line_sent(played, claim)
    if line is None:
        return "it never said so"
    hider = Hider([played.password] if played.password else [])
    return f"it said {hider.hide(line, may_be_secret=True)[:80]!r}"


# The parts of a claim.


def _delivered(played: Played) -> int:
    """Messages in the inbox, copies included; bounces, from <>, do not count."""
    return max(played.copies.values(), default=0)


def _deliver(played: Played, claim: model.Claim) -> bool | None:
    assert not isinstance(claim.deliver, UnsetType)
    count = _delivered(played)
    if in_range(count, claim.deliver):
        return True if played.claim is not Claim.NOTHING else None
    running = played.claim is Claim.NOTHING and count == 0
    return None if running else False


def _report(played: Played, claim: model.Claim) -> bool | None:
    said, wanted = played.claim, claim.report
    if said is Claim.NOTHING:
        return None
    if said is Claim.SENT:
        return wanted == "delivered"
    if said is Claim.PARTLY:
        return wanted == "partly"
    if wanted not in FAILURES:
        return False
    return None  # which kind of failure it was, an exit status cannot tell


def _send(played: Played, claim: model.Claim) -> bool | None:
    return _line_sent(played, claim) is not None


def _line_sent(played: Played, claim: model.Claim) -> str | None:
    """The first command that a claim is about."""
    assert isinstance(claim.send, str)
    inside = {"plain": False, "tls": True}.get(str(claim.while_))
    pattern = claim.send.upper()
    for dialogue in played.dialogues:
        for command in dialogue.commands():
            line = command.line.decode("latin-1").upper()
            # What was rightly sent in one go with others could not know their replies.
            if command.awaited and not command.is_early:
                continue
            if fnmatchcase(line, pattern) and inside in (None, command.encrypted):
                return command.line.decode("latin-1")
    return None


def _leak(played: Played, claim: model.Claim) -> bool | None:
    assert isinstance(claim.leak, str)
    forms = [form.encode() for form in forms_of(claim.leak)]
    # Inside TLS it is safe, unless the other end is one that had to be refused.
    layers = (Layer.PLAIN, Layer.TLS) if _has_to_be_refused(played) else (Layer.PLAIN,)
    tapes = [connection.log.tape for connection in played.connections]
    said = [tape.at(Side.CLIENT, layer) for tape in tapes for layer in layers]
    return any(form in text for form in forms for text in said)


def _has_to_be_refused(played: Played) -> bool:
    claims = [_claim(expectation) for expectation in played.case.scenario.expect]
    return any(claim.report == "refused" for claim in claims)


def _quit(played: Played, claim: model.Claim) -> bool | None:
    said = any(dialogue.commands("QUIT") for dialogue in played.dialogues)
    return said is claim.quit


def _reconnect(played: Played, claim: model.Claim) -> bool | None:
    assert isinstance(claim.reconnect, str)
    low, _, high = claim.reconnect.partition("..")
    first, *later = played.connections
    if not later or first.closed is None:
        return None if played.claim is Claim.NOTHING else False
    scale = played.pace.time_scale
    waited = later[0].opened - first.closed
    return seconds_of(low) * scale <= waited and (not high or waited <= seconds_of(high) * scale)


def _patience(played: Played, claim: model.Claim) -> bool | None:
    assert isinstance(claim.patience, str)
    wanted = seconds_of(claim.patience) * played.pace.time_scale
    last = played.connections[-1]
    if last.closed is None:
        return None
    return bool(played.mails) or last.closed - last.opened >= wanted


CHECKS: dict[str, Callable[[Played, Any], bool | None]] = {
    "send": _send,
    "deliver": _deliver,
    "report": _report,
    "reconnect": _reconnect,
    "patience": _patience,
    "quit": _quit,
    "leak": _leak,
}
"""Each part of a claim, and what checks it. `while` is read by `send`."""
