"""`smtplab send`: one automatic session."""

import argparse

from smtplab.cli.narration import HIDEABLE
from smtplab.cli.options import add_session_options, read_options
from smtplab.cli.output import tell
from smtplab.cli.session import BAD_REQUEST, Showing, report_bad_input, run_session
from smtplab.workbench.target import parse_target

TARGET_HELP = (
    "host, host:port, [v6]:port, smtp://user@host:587, smtps://host, lmtp://host, mx:DOMAIN, or "
    "scenario:ID"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target and the options of a session."""
    parser.add_argument("target", metavar="TARGET", help=TARGET_HELP)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    add_session_options(parser)
    _add_output(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument(
        "--hide", metavar="WHAT", choices=HIDEABLE, action="append", default=[],
        help="leave out: " + ", ".join(HIDEABLE),
    )  # fmt: skip
    group.add_argument("--times", action="store_true", help="seconds since the beginning in front")
    group.add_argument("--octets", action="store_true", help="each line in hex as well")
    group.add_argument("--output", metavar="FILE", help="write there in place of stdout")
    group.add_argument(
        "--save-certificates", metavar="FILE", help="the server's certificates, leaf first (PEM)"
    )
    group.add_argument(
        "--dump", action="store_true", help="show what the options come to, and send nothing"
    )


def run(arguments: argparse.Namespace) -> int:
    """Sends; the exit code tells the outcome."""
    showing = Showing(
        as_json=arguments.json,
        record=arguments.record,
        output=arguments.output,
        certificates=arguments.save_certificates,
        hidden=tuple(arguments.hide),
        times=arguments.times,
        octets=arguments.octets,
        dump=arguments.dump,
    )
    return run_automatic(arguments, arguments.target, showing)


def run_automatic(arguments: argparse.Namespace, target: str, showing: Showing) -> int:
    """A session without questions, as `send` and a console without a terminal do it."""
    try:
        where = parse_target(target)
        options = read_options(arguments)
    except BAD_REQUEST as error:
        return report_bad_input(error)
    if arguments.password is not None or arguments.token is not None:
        tell("smtplab: note: a secret on the command line can be seen by others on this machine")
    return run_session(where, options, showing)
