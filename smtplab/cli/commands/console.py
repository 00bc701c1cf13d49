"""`smtplab [TARGET]`: the console; without a terminal the same session, automatic, as text."""

import argparse
import sys
from pathlib import Path

from smtplab.cli import exit_codes
from smtplab.cli.commands.send import TARGET_HELP, run_automatic
from smtplab.cli.options import add_session_options, read_options
from smtplab.cli.output import complain, reason_of, tell
from smtplab.cli.session import BAD_REQUEST, Showing, report_bad_input, save_record
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.transcript import files
from smtplab.transcript.entries import Transcript
from smtplab.transcript.files import TranscriptError
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
    parser.add_argument(
        "--open", metavar="FILE", help="look at a session that was saved; nothing is sent"
    )
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
        if arguments.open:
            complain(
                f"--open wants a terminal; 'smtplab export {arguments.open} --to text' does not"
            )
            return exit_codes.USAGE
        tell("smtplab: no terminal here: the session runs by itself, as text")
        return run_automatic(
            arguments, arguments.target or DEFAULT_TARGET, Showing(record=arguments.record)
        )
    try:
        target = parse_target(arguments.target) if arguments.target else None
        record = _saved(arguments.open) if arguments.open else None
        opening = Opening(target, read_options(arguments), record=record)
    except TranscriptError as error:
        complain(f"{arguments.open}: {error}")
        return exit_codes.BAD_DATA
    except OSError as error:
        complain(reason_of(error))
        return exit_codes.NO_INPUT
    except BAD_REQUEST as error:
        return report_bad_input(error)
    return _run(arguments, opening)


def _saved(name: str) -> Transcript:
    def cut(number: int) -> None:
        tell(f"smtplab: {name}: line {number} was cut off and is left out")

    return files.load(Path(name), cut)


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
