"""Every lesson done, in the shell, as a learner does it."""

import json

import pytest

from smtplab.lessons import library
from smtplab.lessons.diary import Diary, default_path
from smtplab.lessons.tutor import Tutor
from smtplab.shell.session import Shell
from smtplab.tui.opening import of_lesson
from smtplab.workbench.options import Options

TYPED: dict[str, tuple[str, ...]] = {
    "what-a-server-offers": ("", "", "", "", "RSET", "HELO me.test", "QUIT"),
}
"""Lessons that want more than Enter."""

ENTER = ("",) * 20


async def do(name: str, diary: Diary, lines: tuple[str, ...]) -> tuple[Tutor, list[str]]:
    lesson = library.find(name)
    opening = of_lesson(lesson, Options(time_scale=0.05))
    assert opening.target is not None
    tutor, told = Tutor(lesson, diary), []
    shell = Shell(
        opening.target, opening.options, say=lambda line: None, tell=told.append, tutor=tutor
    )
    await shell.open()
    try:
        for line in lines:
            if shell.outcome is None:
                await shell.handle(line)
    finally:
        await shell.close()
    return tutor, told


@pytest.mark.parametrize("name", library.names())
async def test_can_be_done_to_its_end(name, tmp_path):
    diary = Diary(tmp_path / "diary.json")
    tutor, told = await do(name, diary, TYPED.get(name, ENTER))
    assert tutor.finished, f"stuck at {tutor.step}"
    assert "LESSON done." in told
    assert diary.done(name) == len(tutor.lesson.steps)


async def test_steps_count_only_in_their_order(tmp_path):
    tutor, told = await do("mail-by-hand", Diary(tmp_path / "d"), ("", "", ""))
    assert tutor.done == 3
    assert not tutor.finished
    assert any("MAIL FROM" in line for line in told)


async def test_a_step_back_is_not_forgotten(tmp_path):
    path = tmp_path / "deep" / "diary.json"
    diary = Diary(path)
    diary.note("x", 3)
    diary.note("x", 2)
    assert Diary(path).done("x") == 3
    assert json.loads(path.read_text()) == {"x": 3}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": "y", "z": -1}', "\xff"])
def test_a_broken_diary_is_an_empty_one(tmp_path, text):
    path = tmp_path / "diary.json"
    path.write_text(text, encoding="latin-1")
    assert Diary(path).done("x") == 0


def test_a_diary_that_cannot_be_written_stops_nobody(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    diary = Diary(file / "diary.json")
    diary.note("x", 1)
    assert diary.done("x") == 1


def test_the_diary_lies_where_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("SMTPLAB_STATE", str(tmp_path))
    assert default_path() == tmp_path / "lessons.json"
