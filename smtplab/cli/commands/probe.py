"""`smtplab probe TARGET`: looks at a server without sending mail; a verdict for each stage."""

import argparse
import asyncio
from urllib.parse import urlsplit

from smtplab.cli import exit_codes
from smtplab.cli.commands.send import TARGET_HELP
from smtplab.cli.options import BASES, authorities_of
from smtplab.cli.output import complain, say, say_json
from smtplab.cli.probe_reports import as_object, markdown_of, text_of
from smtplab.cli.session import BAD_REQUEST, report_bad_input
from smtplab.cli.values import limit, positive
from smtplab.client.steps import Stage
from smtplab.probing.look import PORTS, probe
from smtplab.probing.report import Mark, PortReport
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.transcript.escaping import escape
from smtplab.workbench.options import Options
from smtplab.workbench.target import Target, TargetError, parse_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target, and how to look at it."""
    ports = ", ".join(map(str, PORTS))
    parser.add_argument(
        "target", metavar="TARGET", help=f"{TARGET_HELP}; without a port: {ports}, all at once"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON object instead of text")
    how.add_argument("--markdown", action="store_true", help="Markdown, to paste into a report")
    parser.add_argument(
        "--test-injection", action="store_true",
        help="try besides whether a command sent in front of TLS is obeyed inside it",
    )  # fmt: skip
    parser.add_argument(
        "--ehlo", dest="ehlo_name", metavar="NAME", default="",
        help="the name that we give at EHLO (default: this machine's full name, or its address)",
    )  # fmt: skip
    parser.add_argument(
        "--ca-file", metavar="PATH", help="trust only these authorities (PEM; a file or a folder)"
    )
    parser.add_argument(
        "--server-name", metavar="NAME", default="", help="the name in the certificate, if another"
    )
    parser.add_argument(
        "--timeout", type=limit, metavar="TIME", help="for any one reply (default: 20s)"
    )
    group = parser.add_argument_group("bundled server (target scenario:ID)")
    group.add_argument("--base", choices=BASES, help="how it is played (default: as the file says)")
    group.add_argument(
        "--time-scale", type=positive, default=1.0, metavar="X",
        help="waits and time limits times X (0.01: a hundred times faster)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Looks; the exit code tells what was found."""
    try:
        target = parse_target(arguments.target)
        if arguments.base is not None and target.scenario is None:
            raise TargetError("--base is for the bundled server: scenario:ID")
        options = Options(
            base=arguments.base,
            ehlo_name=arguments.ehlo_name,
            server_name=arguments.server_name,
            ca_pem=authorities_of(arguments.ca_file),
            timeout=arguments.timeout,
            time_scale=arguments.time_scale,
        )
        found = asyncio.run(
            probe(target, options, ports_of(target), with_injection=arguments.test_injection)
        )
    except (UnknownScenario, ScenarioError, *BAD_REQUEST) as error:
        return report_bad_input(error)
    if arguments.json:
        say_json({"target": target.text, "ports": [as_object(one) for one in found]})
    else:
        lines = markdown_of(target.text, found) if arguments.markdown else text_of(found)
        for line in lines:
            say(line)
    if not any(one.answered for one in found):
        reasons = dict.fromkeys(a.reason for one in found for a in one.addresses if a.reason)
        complain(f"nothing answers at {escape(target.text)}: {escape('; '.join(reasons))}")
    return exit_code_of(found)


def ports_of(target: Target) -> tuple[int, ...]:
    """The port that the user named, or those that are usual."""
    if target.scenario is not None:
        return ()
    if target.by_mx:
        return (target.port,)
    text = target.text if "://" in target.text else f"//{target.text}"
    named = urlsplit(text).port is not None or target.text.lower().startswith("smtps:")
    return (target.port,) if named else PORTS


def exit_code_of(found: list[PortReport]) -> int:
    """0 when nothing is wrong on the ports that answer; else where it first went wrong."""
    answered = [one for one in found if one.answered]
    if not answered:
        return exit_codes.OF_STAGE[Stage.CONNECT]
    for one in answered:
        for stage in one.stages:
            if stage.mark is Mark.BAD:
                return exit_codes.OF_STAGE[STAGES.get(stage.stage) or Stage(stage.stage)]
    return exit_codes.OK


STAGES: dict[str, Stage] = {
    "injection": Stage.STARTTLS,
    "certificate": Stage.TLS,
    "limits": Stage.EHLO,
}
"""Lines of the report that are no stage of a session -> the stage that they belong to."""
