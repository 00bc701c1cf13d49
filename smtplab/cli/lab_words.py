"""Words that are the lab's own and no part of SMTP: rules of the grader, and scenarios."""

import re

from smtplab.explanations.explanation import Explanation, Row

NAME = re.compile(r"[a-z0-9-]{2,60}(/[a-z0-9-]{1,60})?")


def explained(word: str) -> tuple[Explanation, ...]:
    """The rule of the grader, or the scenario, that is called so."""
    if not NAME.fullmatch(word):
        return ()
    return _scenario(word) or _rule(word)


def _scenario(word: str) -> tuple[Explanation, ...]:
    from smtplab.scenarios import library

    if word not in library.ids():
        return ()
    found = library.find(word)
    rows = (
        Row("severity", found.severity),
        Row("story", " ".join(found.story.split())),
        Row("more", f"smtplab scenarios show {word}"),
    )
    return (Explanation("scenario", word, found.title, rows),)


def _rule(word: str) -> tuple[Explanation, ...]:
    from smtplab.grading.rules.table import RULES

    rule = next((rule for rule in RULES if rule.id == word), None)
    if rule is None:
        return ()
    rows = (
        Row("what", "a requirement that smtplab grade holds every client to"),
        Row("strength", rule.strength.value),
        Row("a breach", rule.level.value),
    )
    return (Explanation("requirement", word, rule.requirement, rows, clause=rule.clause),)
