"""Lesson files: read, and their mistakes in words."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.lessons import library
from smtplab.lessons.library import UnknownLesson
from smtplab.lessons.model import Check
from smtplab.lessons.reader import LessonError, read_check, read_file, read_text
from smtplab.protocol.verbs import Verb
from smtplab.scenarios.library import ids

GOOD = """\
---
title: T
scenario: honest
base: plain
auth: no
recipients: a@b.test c@d.test
---
About it,
in two lines.

## One
Text.

- a point
- another
  that goes on

check: reply 4xx to rcpt

## Two
Only text.
"""


def test_reads_head_sections_and_checks():
    lesson = read_text(GOOD, "t", "t.md")
    assert (lesson.title, lesson.base, lesson.auth) == ("T", "plain", False)
    assert lesson.recipients == ("a@b.test", "c@d.test")
    assert lesson.intro == ("About it, in two lines.",)
    one, two = lesson.steps
    assert one.paragraphs == ("Text.", "- a point", "- another that goes on")
    assert one.check == Check(reply="4xx", to=Verb.RCPT)
    assert two.check is None


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("reply 250", Check(reply="250")),
        ("reply 334 to auth-response", Check(reply="334", to=Verb.AUTH_RESPONSE)),
        ("sent RCPT TO:<b@*", Check(sent="RCPT TO:<b@*")),
        ("done ehlo-tls", Check(done=Stage.EHLO_TLS)),
        ("finding not-smtp", Check(finding="not-smtp")),
        ("outcome in_doubt", Check(outcome=Verdict.IN_DOUBT)),
        ("tls", Check(tls=True)),
        ("login", Check(login=True)),
    ],
)
def test_every_kind_of_check(text, check):
    assert read_check(text, Check()) == check


@pytest.mark.parametrize(
    ("old", "new", "line", "has"),
    [
        ("title: T\n", "", 6, "`title` is missing"),
        ("title: T", "titel: T", 2, "did you mean `title`"),
        ("base: plain", "base: tls", 4, "is no base"),
        ("auth: no", "auth: maybe", 5, "say yes or no"),
        ("reply 4xx", "reply ok", 18, "a code such as"),
        ("reply 4xx to rcpt", "reply 4xx to rpct", 18, "did you mean `rcpt`"),
        ("reply 4xx to rcpt", "replay 250", 18, "did you mean `reply`"),
        ("reply 4xx to rcpt", "tls now", 18, "nothing is expected"),
        ("reply 4xx to rcpt", "finding", 18, "the name of a rule"),
        ("reply 4xx to rcpt", "sent", 18, "how the line begins"),
        ("---\ntitle", "title", 1, "between two lines ---"),
        ("in two", "in \x1b[2J two", 9, "terminals: U+001B"),
        ("- another", "- \x9ban other", 15, "terminals: U+009B"),
    ],
)
def test_a_mistake_is_named_with_its_line(old, new, line, has):
    with pytest.raises(LessonError) as caught:
        read_text(GOOD.replace(old, new, 1), "t", "t.md")
    assert any(
        text.startswith(f"t.md:{line}: ") and has in text for text in str(caught.value).split("\n")
    )


def test_all_mistakes_are_reported_at_once():
    broken = GOOD.replace("base: plain", "base: x").replace("4xx to rcpt", "9xx")
    with pytest.raises(LessonError) as caught:
        read_text(broken, "t", "t.md")
    assert str(caught.value).count("\n") == 1


def test_a_lesson_without_sections_is_none():
    with pytest.raises(LessonError):
        read_text(GOOD.partition("## One")[0], "t", "t.md")


@pytest.mark.parametrize("octets", [b"\xff\xfe", b"x" * (1 << 19), b""])
def test_files_that_are_no_lessons(tmp_path, octets):
    file = tmp_path / "01-x.md"
    file.write_bytes(octets)
    with pytest.raises(LessonError):
        read_file(file)


@given(st.text())
def test_no_text_makes_it_fail_in_another_way(text):
    with contextlib.suppress(LessonError):
        read_text(text, "t", "t.md")


def test_the_bundled_ones_are_good_and_name_scenarios_that_exist():
    lessons = library.lessons()
    assert len(lessons) >= 14
    assert {lesson.scenario for lesson in lessons} <= set(ids())
    for lesson in lessons:
        assert lesson.summary
        assert lesson.intro
        assert lesson.steps[0].check is not None


def test_finds_by_name_number_and_file(tmp_path):
    assert library.find("1") == library.find("mail-by-hand")
    own = tmp_path / "own.md"
    own.write_text(GOOD)
    assert library.find(str(own)).name == "own"
    with pytest.raises(UnknownLesson, match="mail-by-hand"):
        library.find("mail-by-hnad")
