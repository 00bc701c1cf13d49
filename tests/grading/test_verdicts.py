"""Levels: which is the gravest, and how many there are of each."""

import pytest

from smtplab.grading.verdicts import OF_LEVEL, Level, Strength, Verdict, counted, worst


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], Level.PASS),
        ([Level.PASS, Level.INFO], Level.INFO),
        ([Level.UNDECIDED, Level.WARNING, Level.PASS], Level.WARNING),
        ([Level.NOT_APPLICABLE, Level.PASS], Level.NOT_APPLICABLE),
        ([Level.WARNING, Level.ERROR], Level.ERROR),
    ],
)
def test_the_gravest_decides(levels, expected):
    assert worst(levels) is expected


def test_every_level_is_counted_under_the_name_that_scripts_rely_on():
    assert counted([Level.ERROR, Level.PASS, Level.PASS]) == {
        "error": 1, "warning": 0, "undecided": 0, "info": 0, "not_applicable": 0, "pass": 2,
    }  # fmt: skip


@pytest.mark.parametrize("level", list(Level))
def test_only_errors_and_warnings_are_breaches(level):
    verdict = Verdict(rule="x", level=level, strength=Strength.MUST, requirement="x")
    assert verdict.is_breach is (level in (Level.ERROR, Level.WARNING))


def test_the_words_of_scenario_files_keep_strength_and_level_apart():
    assert OF_LEVEL["warning"] == (Strength.SHOULD, Level.WARNING)
