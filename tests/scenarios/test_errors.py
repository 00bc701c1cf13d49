"""What is said of a file with mistakes."""

from smtplab.scenarios.errors import Problem, ScenarioError


def test_problems_stand_in_order_with_the_line_and_a_mark_below_it():
    problems = [Problem(2, 3, "second", "rules[0]"), Problem(1, 1, "first")]
    error = ScenarioError("x.yaml", problems, "one\ntwo\x1b[31m\n")
    assert str(error).splitlines() == [
        "x.yaml:1:1: first",
        "    one",
        "    ^",
        "x.yaml:2:3: second  [rules[0]]",
        "    two [31m",
        "      ^",
    ]
    assert [problem.line for problem in error.problems] == [1, 2]


def test_a_place_outside_the_text_has_no_line():
    assert str(ScenarioError("x.yaml", [Problem(9, 1, "gone")], "one\n")) == "x.yaml:9:1: gone"
