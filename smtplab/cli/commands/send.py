"""`smtplab send`: one automatic session."""

import argparse
import asyncio

from smtplab.cli.options import add_session_options, read_options
from smtplab.cli.output import tell
from smtplab.cli.session import BAD_REQUEST, report_bad_input, run_session
from smtplab.workbench.target import parse_target

TARGET_HELP = (
    "host, host:port, [v6]:port, smtp://user@host:587, smtps://host, lmtp://host, or scenario:ID"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target and the options of a session."""
    parser.add_argument("target", metavar="TARGET", help=TARGET_HELP)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    add_session_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Sends; the exit code tells the outcome."""
    return run_automatic(arguments, arguments.target, as_json=arguments.json)


def run_automatic(arguments: argparse.Namespace, target: str, *, as_json: bool) -> int:
    """A session without questions, as `send` and a console without a terminal do it."""
    try:
        where = parse_target(target)
        options = read_options(arguments)
    except BAD_REQUEST as error:
        return report_bad_input(error)
    if arguments.password is not None or arguments.token is not None:
        tell("smtplab: note: a secret on the command line can be seen by others on this machine")
    return asyncio.run(run_session(where, options, as_json=as_json, record=arguments.record))
