"""A scenario in words: what happens, what to look at, what a good client does."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET
from textual.content import Content

from smtplab.scenarios.model import Claim, Expectation, Scenario
from smtplab.tui.render.text import content, hanging, stack

SEVERITIES: dict[str, tuple[str, str]] = {
    "info": ("·", "dim"),
    "annoyance": ("!", "warning"),
    "mail-loss": ("✗", "error"),
    "security": ("✗", "error"),
}
"""Severity -> mark and role."""

INDENT = 2


def scenario(shown: Scenario, width: int) -> Content:
    """The page of one scenario."""
    mark, role = SEVERITIES[shown.severity]
    lines = hanging(content((mark, role)), content((shown.title, "title")), width, INDENT)
    about = content(f"{shown.id}  ", (shown.severity, role), ("  " + "  ".join(shown.tags), "dim"))
    lines += [*hanging(content(), about, width, INDENT), content()]
    story = " ".join(shown.story.split())
    lines += [*hanging(content(" "), content(story), width, INDENT), content()]
    lines += _list("Look at", shown.notice, width)
    lines += _expectations(shown, width)
    lines += _list("See", shown.links, width)
    return stack(lines)


def _list(heading: str, items: tuple[str, ...], width: int) -> list[Content]:
    if not items:
        return []
    lines = [content((heading, "strong"))]
    for item in items:
        lines += hanging(content((" ·", "dim")), content(item), width, 3)
    return [*lines, content()]


def _expectations(shown: Scenario, width: int) -> list[Content]:
    if not shown.expect:
        return []
    lines = [content(("What a good client does", "strong"))]
    for expectation in shown.expect:
        must, claim = _claim_of(expectation)
        said = content((must, "good" if must == "must" else "error"), f" {claim}. ")
        ref = f"  {expectation.ref}" if expectation.ref else ""
        body = said + content((expectation.because, "text"), (ref, "dim"))
        lines += hanging(content((" ·", "dim")), body, width, 3)
    return [*lines, content()]


def _claim_of(expectation: Expectation) -> tuple[str, str]:
    if isinstance(expectation.must, Claim):
        return "must", _claims(expectation.must)
    assert isinstance(expectation.must_not, Claim)
    return "must not", _claims(expectation.must_not)


def _claims(claim: Claim) -> str:
    given = ((name, getattr(claim, name)) for name in CLAIMS)
    return ", ".join(CLAIMS[name](value) for name, value in given if value is not UNSET)


def _deliver(count: object) -> str:
    return {"0": "deliver nothing", "1": "deliver it once"}.get(
        str(count), f"deliver it {count} times"
    )


CLAIMS: dict[str, Callable[[Any], str]] = {
    "send": lambda glob: f"send “{glob}”",
    "while_": lambda where: "inside TLS" if where == "tls" else "in the clear",
    "deliver": _deliver,
    "report": lambda word: f"report it as {word}",
    "reconnect": lambda span: f"come back within {span}",
    "patience": lambda span: f"wait for {span}",
    "quit": lambda said: "say QUIT" if said else "leave without QUIT",
    "leak": lambda text: f"let anybody see “{text}”",
}
"""Each claim in words; `finding` is for this program itself."""
