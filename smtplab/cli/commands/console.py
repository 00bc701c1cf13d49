"""`smtplab [TARGET]`: the console; without a terminal the same session, automatic, as text."""

import argparse
import sys

from smtplab.cli import exit_codes
from smtplab.cli.commands.send import TARGET_HELP, run_automatic
from smtplab.cli.options import add_session_options, read_options
from smtplab.cli.output import tell
from smtplab.cli.session import BAD_REQUEST, report_bad_input, save_record
from smtplab.scenarios.library import UnknownScenario
from smtplab.scenarios.reader import ScenarioError
from smtplab.tui.opening import Opening
from smtplab.workbench.options import OptionsError
from smtplab.workbench.target import parse_target

DEFAULT_TARGET = "scenario:honest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target, how the screen looks, and the options of a session."""
    parser.add_argument(
        "target", metavar="TARGET", nargs="?",
        help=f"{TARGET_HELP} (default: the console asks)",
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
        return run_automatic(arguments, arguments.target or DEFAULT_TARGET, as_json=False)
    try:
        target = parse_target(arguments.target) if arguments.target else None
        opening = Opening(target, read_options(arguments))
    except BAD_REQUEST as error:
        return report_bad_input(error)
    return _run(arguments, opening)


def _run(arguments: argparse.Namespace, opening: Opening) -> int:
    from smtplab.tui.app import run_tui

    try:
        code, transcript = run_tui(
            opening,
            theme=arguments.theme,
            ascii_only=arguments.ascii,
            reveal=arguments.reveal_secrets,
        )
    except (OptionsError, UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    saved = save_record(transcript, arguments.record) if transcript is not None else exit_codes.OK
    return code or saved
