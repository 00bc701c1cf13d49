"""A whole case, judged."""

from smtplab.grading.judging import judge
from smtplab.grading.verdicts import Level
from tests.grading.acting import EHLO, GOOD, QUIT, played


def test_a_good_run_passes_in_all():
    found = judge(played(GOOD))
    assert {verdict.level for verdict in found} == {Level.PASS}
    assert [v.rule for v in found][:3] == ["expect-1", "connects", "false-success"]


def test_a_lie_is_one_against_the_scenario_and_the_rules():
    found = judge(played([*EHLO, *QUIT]))
    wrong = [verdict.rule for verdict in found if verdict.level is Level.ERROR]
    assert wrong == ["expect-1", "false-success"]
