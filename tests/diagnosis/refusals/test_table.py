"""The table as a whole: every row can be reached and says what a row has to say."""

import re

import pytest

from smtplab.diagnosis.refusals.table import ROWS, reason_for, row_of
from smtplab.protocol.verbs import Verb

MAIL = (Verb.MAIL, Verb.RCPT, Verb.DATA, Verb.CONTENT)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_a_row_says_all(row):
    assert re.compile(row.signs)
    assert row.about
    assert row.cause[0].islower() or row.cause.split()[0].isupper()
    assert not row.cause.endswith(".")
    assert row.change.endswith(".")
    assert row.clause


@pytest.mark.parametrize("verb", [*MAIL, Verb.AUTH, Verb.EHLO, Verb.GREETING, Verb.STARTTLS])
@pytest.mark.parametrize("words", ["450 - later", "550 - no", "421 - bye"])
def test_every_refusal_has_a_reason(verb, words):
    assert reason_for(verb, words) is not None


def test_a_row_by_its_name():
    assert row_of("relay-denied").rule == "relay-denied"
    with pytest.raises(KeyError):
        row_of("nonsense")
