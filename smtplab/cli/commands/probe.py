"""`smtplab probe TARGET`: looks at a server without sending mail; a verdict for each stage."""

import argparse
import asyncio
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from smtplab.cli import exit_codes
from smtplab.cli.commands.send import TARGET_HELP
from smtplab.cli.options import BASES
from smtplab.cli.output import complain, has_colour, say, say_json
from smtplab.cli.session import BAD_REQUEST, report_bad_input
from smtplab.cli.values import positive
from smtplab.client.steps import Stage
from smtplab.export.objects import finding_object
from smtplab.probing.look import PORTS, probe
from smtplab.probing.report import Mark, PortReport, StageReport
from smtplab.protocol.extensions import Capabilities
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.transcript.arrows import paint
from smtplab.transcript.escaping import escape
from smtplab.workbench.options import Options
from smtplab.workbench.target import Target, parse_target

WIDTH = 78
LABEL = 24
"""Columns in front of the text: mark, stage, time."""

SIGNS: dict[Mark, tuple[str, str]] = {
    Mark.GOOD: ("ok", "code2"),
    Mark.NOTICE: ("note", "warning"),
    Mark.BAD: ("BAD", "error"),
    Mark.NOT_REACHED: ("-", "dim"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The target, and how to look at it."""
    ports = ", ".join(map(str, PORTS))
    parser.add_argument(
        "target", metavar="TARGET", help=f"{TARGET_HELP}; without a port: {ports}, all at once"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument(
        "--ehlo", dest="ehlo_name", metavar="NAME", default="localhost",
        help="the name that we give at EHLO (default: localhost)",
    )  # fmt: skip
    parser.add_argument("--ca-file", metavar="FILE", help="trust only these authorities (PEM)")
    parser.add_argument(
        "--server-name", metavar="NAME", default="", help="the name in the certificate, if another"
    )
    parser.add_argument(
        "--timeout", type=positive, metavar="SECONDS", help="for any one reply (default: 20)"
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
        options = Options(
            base=arguments.base,
            ehlo_name=arguments.ehlo_name,
            server_name=arguments.server_name,
            ca_pem=Path(arguments.ca_file).read_bytes() if arguments.ca_file else None,
            timeout=arguments.timeout,
            time_scale=arguments.time_scale,
        )
        found = asyncio.run(probe(target, options, ports_of(target)))
    except (UnknownScenario, ScenarioError, *BAD_REQUEST) as error:
        return report_bad_input(error)
    if arguments.json:
        say_json({"target": target.text, "ports": [as_object(one) for one in found]})
    else:
        for line in text_of(found):
            say(line)
    if not any(one.answered for one in found):
        reasons = dict.fromkeys(a.reason for one in found for a in one.addresses if a.reason)
        complain(f"nothing answers at {escape(target.text)}: {escape('; '.join(reasons))}")
    return exit_code_of(found)


def ports_of(target: Target) -> tuple[int, ...]:
    """The port that the user named, or those that are usual."""
    if target.scenario is not None:
        return ()
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


STAGES: dict[str, Stage] = {"certificate": Stage.TLS, "limits": Stage.EHLO}
"""Lines of the report that are no stage of a session -> the stage that they belong to."""


# Text.


def text_of(found: list[PortReport]) -> Iterator[str]:
    """The report for people; a port that does not answer takes one line."""
    for number, one in enumerate(found):
        if number:
            yield ""
        yield f"{escape(one.host)} port {one.port}, {TITLES[one.security]}"
        stages = one.stages if one.answered else one.stages[:1]
        for stage in stages:
            if stage.mark is not Mark.NOT_REACHED:
                yield from _stage(stage)
        for finding in one.findings if one.answered else ():
            yield ""
            yield f"{finding.severity.value.upper()} {finding.rule}: {escape(finding.cause)}"
            yield f"  what to do: {escape(finding.change)}"
            yield f"  {finding.clause}"


TITLES = {"implicit": "TLS from the first octet", "starttls": "clear text, then STARTTLS"}


def _stage(stage: StageReport) -> list[str]:
    sign, role = SIGNS[stage.mark]
    took = f"{stage.seconds * 1000:.0f} ms" if stage.seconds is not None else ""
    head = f"  {stage.stage:11} {took:>8} "
    lines = textwrap.wrap(
        escape(stage.text) or "did not come to an end",
        WIDTH - LABEL - 4,
        break_long_words=False,
        break_on_hyphens=False,
    )
    painted = paint(f"{sign:4}", role, has_colour())
    return [f"{painted}{head}{lines[0]}", *(" " * (LABEL + 3) + line for line in lines[1:])]


# The JSON object; its names are a public contract.


def as_object(one: PortReport) -> dict[str, Any]:
    """What `--json` prints about a port."""
    return {
        "host": one.host,
        "port": one.port,
        "security": one.security,
        "verdict": one.mark.value if one.answered else "no connection",
        "addresses": [
            {"address": a.address, "family": a.family, "seconds": a.seconds, "reason": a.reason}
            for a in one.addresses
        ],
        "stages": [
            {
                "stage": s.stage,
                "verdict": s.mark.value,
                "text": escape(s.text),
                "seconds": s.seconds,
            }
            for s in one.stages
        ],
        "greeting": escape(one.greeting),
        "ehlo": _offer(one.before),
        "ehlo_tls": _offer(one.inside),
        "tls": {"version": one.tls.version, "cipher": one.tls.cipher, "versions": one.versions}
        if one.tls
        else None,
        "certificates": _certificates(one),
        "problems": [
            {"code": p.code, "severity": p.severity, "text": p.text} for p in one.problems
        ],
        "findings": [finding_object(finding) for finding in one.findings],
    }


def _offer(offers: Capabilities | None) -> dict[str, Any] | None:
    if offers is None:
        return None
    return {
        "name": escape(offers.domain),
        "extensions": {escape(word): escape(value) for word, value in offers.offers.items()},
        "auth": [escape(name) for name in offers.auth_mechanisms],
        "size": offers.size_limit,
    }


def _certificates(one: PortReport) -> list[dict[str, Any]]:
    return [
        {
            "subject": link.certificate.subject,
            "issuer": link.certificate.issuer,
            "names": list(link.certificate.names),
            "not_before": link.certificate.not_before.isoformat(),
            "not_after": link.certificate.not_after.isoformat(),
            "days_left": link.days_left,
            "sha256": link.certificate.sha256,
        }
        for link in one.chain
    ]
