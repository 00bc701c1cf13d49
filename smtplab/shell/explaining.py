"""What the shell says to `?`: the next step in words, or a code, a verb, an extension."""

import textwrap

from smtplab.client.steps import Step
from smtplab.protocol.codes import meaning_of, meaning_of_enhanced
from smtplab.protocol.extensions import MEANINGS
from smtplab.protocol.guide import GUIDE, Guide, guide_for
from smtplab.protocol.replies import parse_enhanced
from smtplab.protocol.verbs import Verb, verb_of
from smtplab.workbench.bench import Workbench

WIDTH = 78
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


def explain_word(text: str) -> list[str]:
    """A reply code, an enhanced status code, a verb or an EHLO keyword."""
    word = text.split()[0]
    if word.isascii() and word.isdecimal() and len(word) == 3:
        meaning = meaning_of(int(word))
        return [f"{word}: {meaning.text} ({meaning.clause})"]
    status = parse_enhanced(word.encode("utf-8", "replace"))
    if status is not None:
        meaning = meaning_of_enhanced(status)
        return [f"{status}: {meaning.text} ({meaning.clause})"]
    verb = verb_of(word.encode("utf-8", "replace"))
    guide = GUIDE.get(word.lower()) or (guide_for(verb) if verb is not Verb.UNKNOWN else None)
    if guide is not None:
        return guide_lines(guide)
    if word.upper() in MEANINGS:
        meaning_text, clause = MEANINGS[word.upper()]
        return [f"{word.upper()}: {meaning_text} ({clause})"]
    return [f"Nothing is known of {word!r}: try a code, a command, or a word of EHLO's reply."]
