"""Reads the command line and calls the one command that it names."""

import argparse
import errno
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, escape_what_stdout_has_not
from smtplab.version import VERSION


class Command(NamedTuple):
    """One command: its module has `add_arguments(parser)` and `run(arguments) -> int`."""

    name: str
    module: str
    summary: str


CONSOLE = Command("console", "smtplab.cli.commands.console", "step through a session (the default)")

COMMANDS: tuple[Command, ...] = (
    Command("learn", "smtplab.cli.commands.learn", "lessons that check themselves"),
    Command("send", "smtplab.cli.commands.send", "one session, automatic: deliver a message"),
    Command("shell", "smtplab.cli.commands.shell", "one session, a line at a time; or a script"),
    Command("probe", "smtplab.cli.commands.probe", "look at a server without sending mail"),
    Command("explain", "smtplab.cli.commands.explain", "a code, a command, a reply, a login"),
    Command(
        "grade", "smtplab.cli.commands.grade", "run any client on many scenarios, and judge it"
    ),
    Command("serve", "smtplab.cli.commands.serve", "run the bundled server with a scenario"),
    Command("export", "smtplab.cli.commands.export", "a saved session as text, HTML, pcapng ..."),
    Command("scenarios", "smtplab.cli.commands.scenarios", "list, show and check scenarios"),
)

CLOSE = 0.75
"""How alike, from 0 to 1, a word and a command are for the one to be the other mistyped."""

INTRODUCTION = """\
One lab for SMTP: learn it step by step, find out why mail does not go out.

  smtplab [TARGET]  step through a session; without TARGET on the bundled server
"""


class Parser(argparse.ArgumentParser):
    """argparse, with one line for a mistake and the exit code of sysexits.h."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong and ends the program."""
        complain(f"{message} ('{self.prog} --help' tells more)")
        raise SystemExit(exit_codes.USAGE)


def run(words: Sequence[str]) -> int:
    """Runs one command line; returns its exit code."""
    escape_what_stdout_has_not()
    try:
        return _dispatch(list(words))
    except KeyboardInterrupt:
        complain("interrupted")
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        return exit_codes.OK
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        complain(f"cannot write the output: {error.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is left in it
        return exit_codes.CANNOT_CREATE


def _dispatch(words: list[str]) -> int:
    if words[:1] == ["help"] and _named(words[1:]) is not None:
        words = [words[1], "--help"]
    if words[:1] in (["-h"], ["--help"], ["help"]):
        _overview().print_help()
        return exit_codes.OK
    command = _named(words)
    if command is None and words and (near := _meant_by(words[0])):
        from smtplab.workbench.target import SUBMISSION_PORT

        complain(
            f"no such command: {words[0]!r}; did you mean {near!r}? "
            f"To connect to a host of that name, write {words[0]}:{SUBMISSION_PORT}"
        )
        return exit_codes.USAGE
    rest = words if command is None else words[1:]
    chosen = command or CONSOLE
    module = importlib.import_module(chosen.module)
    if not gc.isenabled():  # `__main__` has seen to it that nothing was collected so far
        gc.freeze()
        gc.enable()
    prog = "smtplab" if command is None else f"smtplab {command.name}"
    parser = Parser(prog=prog, description=chosen.summary, allow_abbrev=False)
    module.add_arguments(parser)
    code: int = module.run(parser.parse_args(rest))
    return code


def _named(words: Sequence[str]) -> Command | None:
    return next((command for command in COMMANDS if [*words[:1]] == [command.name]), None)


def _meant_by(word: str) -> str:
    """The command that a word was most likely meant to be; empty when it may well be a host."""
    if not word.isalnum():
        return ""
    import difflib

    close = difflib.get_close_matches(word.lower(), [c.name for c in COMMANDS], 1, CLOSE)
    return close[0] if close else ""


def _overview() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="smtplab",
        usage="smtplab [TARGET] [OPTIONS]\n       smtplab COMMAND ...",
        description=INTRODUCTION,
        epilog="'smtplab COMMAND --help' tells the options of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"smtplab {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="")
    for command in COMMANDS:
        commands.add_parser(command.name, help=command.summary)
    return parser
