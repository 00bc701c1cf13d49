"""`smtplab scenarios list | show | check`."""

import argparse
from pathlib import Path

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, say, say_json
from smtplab.cli.session import report_bad_input
from smtplab.scenarios import library
from smtplab.scenarios.library import UnknownScenario
from smtplab.scenarios.reader import ScenarioError, read_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One action, and what it needs."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="all bundled scenarios")
    listing.add_argument("--json", action="store_true")
    show = actions.add_parser("show", help="the story, the file and what is expected")
    show.add_argument("scenario", metavar="SCENARIO")
    check = actions.add_parser("check", help="read scenario files and report every mistake")
    check.add_argument("files", metavar="FILE", nargs="+")


def run(arguments: argparse.Namespace) -> int:
    """Does the action."""
    if arguments.action == "list":
        return _list(as_json=arguments.json)
    if arguments.action == "show":
        return _show(arguments.scenario)
    return _check(arguments.files)


def _list(*, as_json: bool) -> int:
    scenarios = [library.find(name) for name in library.ids()]
    if as_json:
        say_json(
            [
                {"id": s.id, "title": s.title, "severity": s.severity, "tags": list(s.tags)}
                for s in scenarios
            ]
        )
        return exit_codes.OK
    width = max(len(s.id) for s in scenarios)
    for s in scenarios:
        say(f"{s.id:{width}}  {s.severity:9}  {s.title}")
    return exit_codes.OK


def _show(name: str) -> int:
    try:
        scenario = library.find(name)
    except (UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    say(f"{scenario.title}  ({scenario.id}, {scenario.severity})")
    say("")
    say(scenario.story.strip())
    for heading, lines in (("Notice", scenario.notice), ("See", scenario.links)):
        if lines:
            say("")
            say(f"{heading}:")
            for line in lines:
                say(f"  - {line}")
    say("")
    say(library.text_of(name).rstrip())
    return exit_codes.OK


def _check(names: list[str]) -> int:
    code = exit_codes.OK
    for name in names:
        try:
            scenario = read_file(Path(name))
        except ScenarioError as error:
            code = report_bad_input(error)
        except OSError as error:
            complain(f"{name}: {error.strerror}")
            code = exit_codes.NO_INPUT
        else:
            say(f"{name}: {scenario.title}: {len(scenario.rules)} rules, no mistakes")
    return code
