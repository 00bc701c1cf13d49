"""Baselines: what is known, what is new, what is mended."""

import pytest

from smtplab.grading import baseline
from smtplab.grading.baseline import Baseline, BaselineError
from smtplab.grading.verdicts import Level
from tests.grading.results import ALL, AWAY, BAD, GOOD, SLOW, run

ERRORS = frozenset({Level.ERROR})
STRICT = frozenset({Level.ERROR, Level.WARNING})


@pytest.mark.parametrize("levels", [ERRORS, STRICT])
def test_a_round_trip_makes_the_run_pass(levels):
    known = baseline.read(baseline.write(ALL, levels), "x")
    found = baseline.compare(ALL, known, levels)
    assert (found.news, found.mended) == ((), ())
    assert len(found.known) == len(levels)


def test_it_is_made_to_be_read():
    assert baseline.write(ALL, ERRORS).splitlines()[1:] == [
        "known:", '  "auth/535 on auth": [expect-1]',
    ]  # fmt: skip
    assert baseline.read(baseline.write(run(GOOD), ERRORS), "x") == Baseline({})


def test_what_is_not_known_is_new():
    found = baseline.compare(ALL, Baseline({}), ERRORS)
    assert found.news == ("auth/535 on auth: expect-1",)


def test_what_is_no_more_is_mended_but_only_if_it_was_decided():
    known = Baseline({GOOD.key: ("dots",), SLOW.key: ("dots",), "gone on auth": ("dots",)})
    found = baseline.compare(run(GOOD, AWAY, SLOW), known, ERRORS)
    assert found.mended == (f"{GOOD.key}: dots",)


def test_a_rule_more_in_a_known_case_is_new():
    found = baseline.compare(run(BAD), Baseline({BAD.key: ("expect-1",)}), STRICT)
    assert (found.news, found.known) == ((f"{BAD.key}: no-quit",), (f"{BAD.key}: expect-1",))


NO_BASELINES = [
    "[1]", "known: 3", "unknown: {}", "known: [", "known: {a: b}",
    "known: " + "[" * 5000, "known: " + "9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("text", NO_BASELINES, ids=lambda text: text[:12])
def test_what_is_no_baseline_is_told_in_one_line(text):
    with pytest.raises(BaselineError, match=r"known\.yaml is no baseline") as caught:
        baseline.read(text, "known.yaml")
    assert "\n" not in str(caught.value)


def test_an_empty_file_knows_nothing():
    assert baseline.read("", "x") == Baseline({})
