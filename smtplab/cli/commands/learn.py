"""`smtplab learn [LESSON]`: lessons on the bundled server that check themselves."""

import argparse
import asyncio
import sys

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, has_colour, reason_of, say, say_row, tell
from smtplab.cli.session import report_bad_input
from smtplab.lessons import library
from smtplab.lessons.diary import Diary
from smtplab.lessons.library import UnknownLesson
from smtplab.lessons.model import Lesson
from smtplab.lessons.reader import LessonError
from smtplab.lessons.tutor import Tutor
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.shell.session import Shell
from smtplab.tui.opening import of_lesson
from smtplab.workbench.options import Options

UNFINISHED = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which lesson, and where."""
    parser.add_argument(
        "lesson", metavar="LESSON", nargs="?",
        help="name, number, or a file of your own (default: list them)",
    )  # fmt: skip
    parser.add_argument(
        "--plain", action="store_true", help="in the shell, as plain lines: for screen readers"
    )
    parser.add_argument("--check", action="store_true", help="only read the file, report mistakes")
    parser.add_argument("--theme", metavar="NAME", help="of the console")
    parser.add_argument("--ascii", action="store_true", help="no character outside ASCII")


def run(arguments: argparse.Namespace) -> int:
    """Lists the lessons, or does one."""
    if arguments.lesson is None:
        return _list()
    try:
        lesson = library.find(arguments.lesson)
    except UnknownLesson as error:
        complain(str(error))
        return exit_codes.NO_INPUT
    except (LessonError, OSError) as error:
        complain(reason_of(error) if isinstance(error, OSError) else str(error))
        return exit_codes.BAD_DATA
    if arguments.check:
        say(f"{arguments.lesson}: {lesson.title}: {len(lesson.steps)} steps, no mistakes")
        return exit_codes.OK
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()
    try:
        if terminal and not arguments.plain:
            return _in_console(lesson, arguments)
        return asyncio.run(_in_shell(lesson, prompts=terminal))
    except (UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)


def _list() -> int:
    diary = Diary()
    for number, lesson in enumerate(library.lessons(), 1):
        done, total = diary.done(lesson.name), len(lesson.steps)
        mark = "done" if done >= total else f"{done}/{total}"
        say_row(f"{number:>2}  {lesson.name:34}  {mark:>5}  ", f"{lesson.title}: {lesson.summary}")
    return exit_codes.OK


def _in_console(lesson: Lesson, arguments: argparse.Namespace) -> int:
    from smtplab.tui.app import run_tui

    opening = of_lesson(lesson, Options())
    code, _ = run_tui(opening, theme=arguments.theme, ascii_only=arguments.ascii, reveal=False)
    return code


async def _in_shell(lesson: Lesson, *, prompts: bool) -> int:
    from smtplab.shell.plain import run_plain

    opening = of_lesson(lesson, Options())
    assert opening.target is not None
    tutor = Tutor(lesson, Diary())
    speak = say if prompts else tell
    shell = Shell(
        opening.target, opening.wishes, say=say, tell=speak, colour=has_colour(), tutor=tutor
    )
    await shell.open()
    try:
        await run_plain(shell, prompts=prompts)
    finally:
        await shell.close()
    return exit_codes.OK if tutor.finished else UNFINISHED
