"""`smtplab [TARGET]`: the console; without a terminal the same session, automatic, as text."""

import argparse
import sys

from smtplab.cli import exit_codes
from smtplab.cli.commands.send import TARGET_HELP, run_automatic
from smtplab.cli.options import add_session_options, read_options
from smtplab.cli.output import complain, tell
from smtplab.cli.session import report_bad_input
from smtplab.scenarios.library import UnknownScenario
from smtplab.scenarios.reader import ScenarioError
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import OptionsError
from smtplab.workbench.target import TargetError, parse_target

DEFAULT_TARGET = "scenario:honest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target, how the screen looks, and the options of a session."""
    parser.add_argument(
        "target", metavar="TARGET", nargs="?", default=DEFAULT_TARGET,
        help=f"{TARGET_HELP} (default: the bundled server)",
    )  # fmt: skip
    screen = parser.add_argument_group("screen")
    screen.add_argument(
        "--theme", metavar="NAME", help="smtplab-dark, smtplab-light, or one of Textual's"
    )
    screen.add_argument("--ascii", action="store_true", help="no character outside ASCII")
    add_session_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Opens the console, or says why it cannot and does the session as text."""
    # Textual paints to stderr and reads stdin; without either it would run for ever, unseen.
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        tell("smtplab: no terminal here: the session runs by itself, as text")
        return run_automatic(arguments, arguments.target, as_json=False)
    try:
        bench = Workbench(
            parse_target(arguments.target), read_options(arguments), keep_secrets=True
        )
    except (TargetError, OptionsError) as error:
        complain(str(error))
        return exit_codes.USAGE
    except (OSError, UnicodeError) as error:
        complain(str(error))
        return exit_codes.NO_INPUT
    from smtplab.tui.app import run_tui

    try:
        return run_tui(
            bench,
            theme=arguments.theme,
            ascii_only=arguments.ascii,
            reveal=arguments.reveal_secrets,
        )
    except (OptionsError, UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
