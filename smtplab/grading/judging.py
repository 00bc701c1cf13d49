"""Judges a played case: by the generic rules, and by what its scenario expects."""

from smtplab.grading import expectations
from smtplab.grading.playing import Played
from smtplab.grading.rules.table import RULES
from smtplab.grading.verdicts import Verdict


def judge(played: Played) -> list[Verdict]:
    """All verdicts, the scenario's first. A rule that is about nothing of the case says nothing."""
    found = list(expectations.verdicts(played))
    found += [verdict for rule in RULES if (verdict := rule.verdict(played)) is not None]
    return found
