"""Results in Markdown."""

import pytest

from smtplab.grading.reports import markdown
from smtplab.grading.verdicts import Level
from tests.grading.results import ALL, BAD, GOOD, case, run, verdict


def test_counts_matrix_and_breaches():
    lines = markdown.render([ALL, run(GOOD, client="other")]).splitlines()
    assert "| mailer | 4 | 1 | 0 | 1 | 0 | 1 | 1 |" in lines
    assert "| auth/535 on auth | ERROR |  |" in lines
    assert not any(line.startswith("| honest") for line in lines)
    assert "- **auth/535 on auth** (so in 2 of 3 runs)" in lines


def test_what_was_expected_stands_beside_what_was_seen():
    found = case("auth/535", verdict("expect-1", Level.ERROR, "none arrived"))
    assert r"expect-1: none arrived \(It does.\) (RFC 5321" in markdown.render([run(found)])


def test_nothing_to_tell():
    assert "###" not in markdown.render([run(GOOD)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a|b", r"a\|b"), ("<b>", r"\<b\>"), ("a\nb", "a\\\\x0ab"), ("`x`", r"\`x\`")],
)
def test_hostile_text_means_nothing(text, expected):
    assert markdown.quoted(text) == expected


def test_no_markup_of_a_client_gets_through():
    assert "<script>" not in markdown.render([run(BAD)])
