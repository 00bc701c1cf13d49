"""Breakpoints: where the automatic mode stops by itself, and how often it has.

A breakpoint is a kind and what follows it, as mitmproxy's filters are: `stage mail`, `send RCPT`,
`reply 4xx`, `tls cert-error`, `finding warning`, `text /greylist/`, `close`, `slow 2s`. `KINDS`
lists them; a stage's name alone is enough for the stage.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from smtplab.client.steps import Stage, Step
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.durations import seconds_of
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.verbs import Verb, verb_of
from smtplab.tls.events import ChainChecked, TlsFailed
from smtplab.transcript.entries import Entry
from smtplab.transcript.wording import word
from smtplab.values import mutable, value
from smtplab.wire.events import Closed, Ending


class BadBreakpoint(ValueError):
    """What was typed is no breakpoint; the message says what would be."""


@value
class Look:
    """What a step brought: its entries, and the findings that are new."""

    entries: Sequence[Entry]
    findings: Sequence[Finding] = ()


Before = Callable[[Step], bool]
After = Callable[[Look], bool]


def _never(thing: Step | Look) -> bool:
    return False


@mutable
class Breakpoint:
    """One reason to stop. `before` judges the planned step, `after` what a step has brought."""

    text: str
    before: Before = _never
    after: After = _never
    stage: Stage | None = None
    """The stage that it stands on, where it stands on one."""
    enabled: bool = True
    hits: int = 0


def _any_entry(judge: Callable[[Entry], bool]) -> After:
    return lambda look: any(judge(entry) for entry in look.entries)


# One reader for each kind: the words behind it -> a breakpoint.


def _on_stage(words: str) -> Breakpoint:
    try:
        stage = Stage(words.lower())
    except ValueError:
        names = " ".join(stage.value for stage in Stage)
        raise BadBreakpoint(f"There is no stage {words!r}; there are {names}") from None
    return Breakpoint(stage.value, before=lambda step: step.stage is stage, stage=stage)


def _on_send(words: str) -> Breakpoint:
    verb = verb_of(words.upper().encode("ascii", "replace"))
    if verb is Verb.UNKNOWN:
        raise BadBreakpoint(f"{words!r} is no command; try `send RCPT`")
    return Breakpoint(f"send {words.upper()}", before=lambda step: step.verb is verb)


_CODE = re.compile(r"[2-5](?:[0-9x]{2})?")


def _on_reply(words: str) -> Breakpoint:
    wanted = words.lower()
    if not _CODE.fullmatch(wanted):
        raise BadBreakpoint(f"{words!r} is no reply code; try `reply 451` or `reply 4xx`")
    wanted = wanted.ljust(3, "x")

    def fits(entry: Entry) -> bool:
        event = entry.event
        if not isinstance(event, ReplyReceived) or event.reply.code is None:
            return False
        return all(w in ("x", c) for w, c in zip(wanted, f"{event.reply.code:03}", strict=True))

    return Breakpoint(f"reply {wanted}", after=_any_entry(fits))


def _on_tls(words: str) -> Breakpoint:
    if words.lower() != "cert-error":
        raise BadBreakpoint("behind `tls` only `cert-error` is known")

    def fits(entry: Entry) -> bool:
        event = entry.event
        if isinstance(event, ChainChecked):
            return any(problem.severity == "error" for problem in event.problems)
        return isinstance(event, TlsFailed) and bool(event.verify_code)

    return Breakpoint("tls cert-error", after=_any_entry(fits))


_WEIGHTS: dict[str, frozenset[Severity]] = {
    "info": frozenset(Severity),
    "warn": frozenset({Severity.WARNING, Severity.ERROR}),
    "warning": frozenset({Severity.WARNING, Severity.ERROR}),
    "error": frozenset({Severity.ERROR}),
}
"""The word for a weight -> what is at least as heavy."""


def _on_finding(words: str) -> Breakpoint:
    wanted = words.lower() or "info"
    weights = _WEIGHTS.get(wanted)
    if weights is not None:
        return Breakpoint(
            f"finding {wanted}",
            after=lambda look: any(f.severity in weights for f in look.findings),
        )
    return Breakpoint(
        f"finding {wanted}", after=lambda look: any(f.rule == wanted for f in look.findings)
    )


def _on_text(words: str) -> Breakpoint:
    pattern = words.removeprefix("/").removesuffix("/") if words.startswith("/") else words
    try:
        wanted = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise BadBreakpoint(f"{words!r} is no regular expression: {error}") from None
    if not pattern:
        raise BadBreakpoint("`text` needs words to look for: `text /greylist/`")
    return Breakpoint(
        f"text /{pattern}/",
        after=_any_entry(lambda entry: any(wanted.search(line.text) for line in word(entry))),
    )


def _on_close(words: str) -> Breakpoint:
    return Breakpoint(
        "close",
        after=_any_entry(
            lambda e: isinstance(e.event, Closed) and e.event.ending is not Ending.LOCAL
        ),
    )


def _on_slow(words: str) -> Breakpoint:
    try:
        limit = seconds_of(words)
    except ValueError as reason:
        raise BadBreakpoint(str(reason)) from None

    def slow(look: Look) -> bool:
        since: int | None = None
        for entry in look.entries:
            if isinstance(entry.event, CommandSent | ContentSent):
                since = entry.nanoseconds
            elif isinstance(entry.event, ReplyReceived) and since is not None:
                if entry.nanoseconds - since > limit * 1e9:
                    return True
                since = None
        return False

    return Breakpoint(f"slow {words.strip().lower()}", after=slow)


class BreakpointKind(NamedTuple):
    """What a breakpoint may begin with, an example, and how the rest is read."""

    example: str
    text: str
    read: Callable[[str], Breakpoint]


KINDS: dict[str, BreakpointKind] = {
    "stage": BreakpointKind("stage mail", "where a stage begins; `mail` is enough", _on_stage),
    "send": BreakpointKind("send RCPT", "before this command is sent", _on_send),
    "reply": BreakpointKind("reply 4xx", "a reply with this code, or of this kind", _on_reply),
    "tls": BreakpointKind("tls cert-error", "a certificate with a problem", _on_tls),
    "finding": BreakpointKind("finding warning", "a finding of this weight or rule", _on_finding),
    "text": BreakpointKind("text /greylist/", "a line of the record with these words", _on_text),
    "close": BreakpointKind("close", "the server closes the connection", _on_close),
    "slow": BreakpointKind("slow 2s", "a reply that took longer", _on_slow),
}
"""Every kind of breakpoint, in the order in which help shows them."""


def read(text: str) -> Breakpoint:
    """A breakpoint as it is typed; BadBreakpoint says what else there is."""
    head, _, rest = text.strip().partition(" ")
    kind = KINDS.get(head.lower())
    if kind is not None and (rest.strip() or head.lower() != "tls"):
        return kind.read(rest.strip())
    if head.lower() in {stage.value for stage in Stage} and not rest.strip():
        return _on_stage(head)
    examples = ", ".join(f"`{kind.example}`" for kind in KINDS.values())
    raise BadBreakpoint(f"{text.strip()!r} is no breakpoint; there are {examples}")


class Breakpoints:
    """All breakpoints of a session; `on` is one switch for all of them."""

    def __init__(self) -> None:
        self.on = True
        self._items: list[Breakpoint] = []

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages that the session would stop at."""
        return frozenset(b.stage for b in self._items if self.on and b.enabled and b.stage)

    def toggle(self, text: str) -> bool:
        """Sets one, or takes it away; True when it is there now. Raises BadBreakpoint."""
        wanted = read(text)
        former = [each for each in self._items if each.text == wanted.text]
        for each in former:
            self._items.remove(each)
        if not former:
            self._items.append(wanted)
        return not former

    def remove(self, breakpoint_: Breakpoint) -> None:
        """Takes one away."""
        self._items.remove(breakpoint_)

    def before(self, step: Step, *, fresh: bool) -> Breakpoint | None:
        """The one that the planned step runs into; a stage only counts where it begins."""
        return self._first(lambda each: (fresh or each.stage is None) and each.before(step))

    def after(self, look: Look) -> Breakpoint | None:
        """The one that what a step brought runs into."""
        return self._first(lambda each: each.after(look))

    def _first(self, hit: Callable[[Breakpoint], bool]) -> Breakpoint | None:
        if not self.on:
            return None
        found = next((each for each in self._items if each.enabled and hit(each)), None)
        if found is not None:
            found.hits += 1
        return found
