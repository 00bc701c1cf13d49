"""What happens next, in one line that begins with NEXT, WAITING, STOP or DONE."""

from dataclasses import dataclass

from textual.content import Content

from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.progress import Override
from smtplab.client.steps import LABELS, Step
from smtplab.tui import glyphs
from smtplab.tui.render.text import Part, content
from smtplab.verbs.predicting import DIGITS
from smtplab.verbs.typed import Kind
from smtplab.workbench.questions import Question


@dataclass(frozen=True, slots=True)
class Next:
    """What the line is made of. `waited` are seconds; `reason` says why automatic mode stopped."""

    planned: Step | Question | None
    outcome: Outcome | None = None
    findings: int = 0
    waiting: tuple[str, float, str] | None = None
    waited: float = 0.0
    automatic: bool = False
    speed: str = ""
    typing: bool = True
    """Whether the input has the focus; otherwise the command keys work."""
    kind: Kind = Kind.PLANNED
    reason: str = ""
    breakpoint: bool = False
    part: str = ""
    """Inside a step: the part of it that comes next."""
    forged: str = ""
    """The reply that the user will put in the place of the next one."""
    guessing: bool = False
    """Whether predict mode asks for a guess."""
    guessed: str = ""
    """How the last guess turned out."""


def next_line(state: Next) -> Content:
    """The line; a question may need more than one row."""
    if state.part:
        return _inside(state.part)
    if state.waiting is not None:
        return _waiting(*state.waiting, state.waited)
    if isinstance(state.planned, Question):
        return _stop(state.planned)
    if state.planned is None:
        return _done(state)
    return _next(state, state.planned)


def _waiting(what: str, limit: float, clause: str, waited: float) -> Content:
    source = f" ({clause})" if clause else ""
    time = f" · {waited:.0f} s of {limit:g} s{source}"
    return content(
        (" WAITING ", "mode"),
        " for ",
        (what, "strong"),
        (time, "dim"),
        ("  :abort gives up", "dim"),
    )


def _inside(part: str) -> Content:
    return content(
        (" NEXT ", "mode"), " inside: ", (part, "strong"), ("  s", "title"), " does it  ",
        ("n", "title"), " does the rest",
    )  # fmt: skip


def _stop(question: Question) -> Content:
    parts: list[Part | str] = [(" STOP ", "stop"), " ", (_sentence(question.text), "strong")]
    for choice in question.choices:
        key = "Enter" if choice.command == question.default else choice.command
        parts += ["  ", (key, "title"), f" {choice.label}"]
    if question.decline.override is Override.UNVERIFIED:
        parts += ["  ", ("4", "title"), " look at it"]
    return content(*parts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _done(state: Next) -> Content:
    outcome = state.outcome
    if outcome is None:
        return content((" DONE ", "finished"), " ", "The session is over.")
    good = outcome.verdict is Verdict.DELIVERED
    parts: list[Part | str] = [(" DONE ", "finished" if good else "stop"), " "]
    parts += [(outcome.verdict.words, "strong"), "" if good else f": {outcome.reason}"]
    if state.findings:
        plural = "" if state.findings == 1 else "s"
        parts += [("  6", "title"), f" {state.findings} finding{plural}"]
    return content(
        *parts,
        "  ",
        ("R", "title"),
        " again  ",
        ("S", "title"),
        " scenarios  ",
        ("q", "title"),
        " quits",
    )


def _next(state: Next, step: Step) -> Content:
    parts: list[Part | str] = [(" NEXT ", "mode"), " "]
    if state.breakpoint:
        parts.append((f"{glyphs.BREAKPOINT} breakpoint  ", "error"))
    elif state.reason:
        parts.append((f"paused: {state.reason}  ", "warning"))
    if state.guessed:
        parts.append((f"{state.guessed}  ", "note"))
    if state.forged:
        parts.append((f"your reply {state.forged} will count  ", "warning"))
    parts += [(name_of(step), "strong"), f": {step.summary}  "]
    if state.guessing:
        guesses = " · ".join(f"{digit} {word}" for digit, word in DIGITS.items())
        return content(*parts, ("which reply? ", "strong"), (guesses, "title"))
    return content(*parts, *_hint(state, step))


def name_of(step: Step) -> str:
    """What a step is called: the verb and mechanism of a line, else its stage."""
    if step.guide.startswith("auth-"):
        return f"AUTH {step.guide.removeprefix('auth-').upper()}"
    return LABELS[step.stage][0]


def _hint(state: Next, step: Step) -> tuple[Part, ...]:
    if state.automatic:
        return (("by itself", "dim"), (f" {state.speed}".rstrip(), "title"), (", a pauses", "dim"))
    enter = VERBS.get(step.guide, "sends")
    if state.kind is Kind.EDITED:
        return (("Enter sends your line in place of the planned one", "warning"),)
    if state.kind is Kind.INJECTED:
        return (("Enter sends your line; the plan does not advance", "warning"),)
    if state.kind is Kind.COMMAND:
        return (("Enter does this command", "warning"),)
    leave = ", Esc: keys are commands" if state.typing else ""
    return ((f"Enter {enter}{leave}", "dim"),)


VERBS: dict[str, str] = {"connect": "connects", "greeting": "reads it", "tls": "does it"}
"""Guide -> what Enter does there."""
