"""The lab's own words, explained."""

import json

import pytest

from smtplab.cli.lab_words import explained
from smtplab.cli.main import run
from smtplab.grading.rules.table import RULES
from smtplab.scenarios import library


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_of_the_grader(rule):
    (one,) = explained(rule.id)
    assert (one.kind, one.title, one.clause) == ("requirement", rule.requirement, rule.clause)


def test_every_scenario():
    for name in library.ids():
        (one,) = explained(name)
        assert one.kind == "scenario"
        assert one.rows[-1].text == f"smtplab scenarios show {name}"


@pytest.mark.parametrize("word", ["", "535", "auth/53", "../honest", "no such", "x" * 99])
def test_anything_else_is_not_its_own(word):
    assert explained(word) == ()


def test_a_word_of_both_is_explained_twice(capsys):
    assert run(["explain", "unasked-reply", "--json"]) == 0
    kinds = [one["kind"] for one in json.loads(capsys.readouterr().out)["explanations"]]
    assert kinds == ["rule", "requirement"]


def test_in_words(capsys):
    assert run(["explain", "certificates/expired"]) == 0
    assert capsys.readouterr().out.startswith("certificates/expired: ")
