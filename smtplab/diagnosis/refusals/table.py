"""The whole table of refusals, in the order in which it is read."""

from smtplab.diagnosis.refusals import envelope, login, opening, policy
from smtplab.diagnosis.refusals.row import Refusal, first_fitting
from smtplab.protocol.verbs import Verb

ROWS: tuple[Refusal, ...] = (
    *opening.NAMES,
    *login.ROWS,
    *policy.ROWS,
    *opening.ROWS,
    *envelope.ROWS,
)
"""The first that fits is the reason: what is said in words goes before what fits everything."""


def row_of(rule: str) -> Refusal:
    """The row of a rule; KeyError when no row is called so."""
    for row in ROWS:
        if row.rule == rule:
            return row
    raise KeyError(rule)


def reason_for(verb: Verb | None, words: str) -> Refusal | None:
    """Why a command was refused, by what the reply says (see `row.said`)."""
    return first_fitting(ROWS, verb, words)
