"""`smtplab shell [TARGET]`: one session, a line at a time; from a pipe, a script."""

import argparse
import asyncio
import sys

from smtplab.cli import exit_codes
from smtplab.cli.commands.send import TARGET_HELP
from smtplab.cli.options import add_session_options, read_options
from smtplab.cli.output import has_colour, say, tell
from smtplab.cli.session import BAD_REQUEST, report_bad_input, save_record
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.shell.session import Shell
from smtplab.workbench.options import OptionsError
from smtplab.workbench.target import parse_target

DEFAULT_TARGET = "scenario:honest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target, how the shell looks, and the options of a session."""
    parser.add_argument(
        "target", metavar="TARGET", nargs="?", default=DEFAULT_TARGET,
        help=f"{TARGET_HELP} (default: the bundled server)",
    )  # fmt: skip
    parser.add_argument(
        "--plain", action="store_true", help="plain lines, no cursor tricks: for screen readers"
    )
    add_session_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Reads lines until the end; the exit code of a script tells the outcome."""
    try:
        target = parse_target(arguments.target)
        options = read_options(arguments)
    except BAD_REQUEST as error:
        return report_bad_input(error)
    piped = not (sys.stdin.isatty() and sys.stdout.isatty())
    speak = tell if piped else say
    shell = Shell(target, options, say=say, tell=speak, colour=has_colour())
    return asyncio.run(_run(shell, arguments, piped=piped))


async def _run(shell: Shell, arguments: argparse.Namespace, *, piped: bool) -> int:
    try:
        await shell.open()
    except (OptionsError, UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    try:
        if piped or arguments.plain:
            from smtplab.shell.plain import run_plain

            await run_plain(shell, prompts=not piped)
        else:
            from smtplab.shell.prompt import run_prompt

            await run_prompt(shell)
    finally:
        await shell.close()
    outcome = shell.outcome
    ended = exit_codes.of_outcome(outcome) if piped and outcome is not None else exit_codes.OK
    return save_record(shell.bench.transcript, arguments.record) or ended
