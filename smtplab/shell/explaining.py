"""What the shell says to `?`: the next step in words, or what somebody asks about."""

import textwrap

from smtplab.client.steps import Step
from smtplab.explanations.lookup import explain
from smtplab.explanations.text import WIDTH, lines_of, unknown
from smtplab.protocol.guide import GUIDE, Guide
from smtplab.workbench.bench import Workbench

LABEL = 8


def explain_planned(bench: Workbench) -> list[str]:
    """The next step: what, expect, then, watch."""
    planned = bench.planned
    guide = GUIDE.get(planned.guide if isinstance(planned, Step) else bench.current_stage.value)
    return guide_lines(guide) if guide is not None else ["Nothing comes next."]


def guide_lines(guide: Guide) -> list[str]:
    """A stage in words, for a terminal of any width from 78 on."""
    lines = [f"{guide.title}  ({guide.clause})"]
    rows = (("What", guide.what), ("Expect", guide.expect), ("Then", guide.then))
    for label, text in (*rows, ("Watch", guide.watch)):
        lines += textwrap.wrap(
            text, WIDTH, initial_indent=f"{label:<{LABEL}}", subsequent_indent=" " * LABEL
        )
    return lines


def explain_text(text: str, *, reveal: bool) -> list[str]:
    """What `smtplab explain` says of a code, a word, a reply or a command."""
    found = explain(text, reveal=reveal)
    if not found:
        return [f"{unknown(text)}: try a code, a command, or a word of EHLO's reply."]
    return [line for one in found for line in lines_of(one)]
