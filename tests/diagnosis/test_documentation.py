"""The page lists every rule once, and nothing else."""

import re

from smtplab.diagnosis.documentation import page
from smtplab.diagnosis.engine import RULES
from smtplab.diagnosis.refusals.providers import providers


def test_every_rule_stands_on_the_page_once():
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", page(), re.MULTILINE)
    assert sorted(listed) == sorted(rule.id for rule in RULES)


def test_every_row_has_five_cells():
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)


def test_every_refusal_of_a_provider_stands_on_the_page():
    rows = [line for line in page().splitlines() if re.match(r"\| \d\d\d ", line)]
    assert len(rows) == sum(len(provider.refusals) for provider in providers())
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 7 for row in rows)


def test_what_a_rule_is_about_is_part_of_a_sentence():
    for rule in RULES:
        assert not rule.about.endswith(".")
        assert not re.match(r"[a-z][A-Z]{2}", rule.about), rule.about
