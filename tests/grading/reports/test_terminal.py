"""Results as text for a terminal."""

from smtplab.grading.baseline import Comparison
from smtplab.grading.reports import terminal
from tests.grading.results import ALL, AWAY, BAD, run


def test_a_case_and_what_went_wrong():
    assert list(terminal.case_lines(BAD)) == [
        "ERROR     auth/535 on auth  (so in 2 of 3 runs)",
        "          ERROR, MUST: expect-1: <script>alert(1)</script> & \\x1b[31m (It does.)"
        "  [RFC 5321 §4.2]",
        "          warning, MUST: no-quit: It left  [RFC 5321 §4.2]",
    ]


def test_why_a_case_shows_nothing():
    assert list(terminal.case_lines(AWAY))[1].strip() == "there is none here"


def test_colour_only_when_asked():
    assert "\x1b[31mERROR" in next(terminal.case_lines(BAD, colour=True))


def test_the_summary_counts_cases_and_requirements():
    lines = list(terminal.summary_lines(ALL, Comparison(("a: b",), (), ("c: d",))))
    assert lines[0] == "mailer: 4 cases"
    assert "  ERROR           1             1" in lines
    assert "    new     a: b" in lines
    assert "    mended  c: d" in lines


def test_a_run_that_was_broken_off_says_so():
    import msgspec

    broken = msgspec.structs.replace(run(BAD), complete=False, order=("a", BAD.key))
    assert "  1 case not run" in list(terminal.summary_lines(broken))
