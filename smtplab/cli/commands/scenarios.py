"""`smtplab scenarios list | show | check | new | schema`."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, say, say_json, say_row
from smtplab.cli.session import report_bad_input
from smtplab.scenarios import library
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.scenarios.model import Scenario
from smtplab.scenarios.reader import read_file
from smtplab.scenarios.search import Search, matching
from smtplab.transcript.escaping import escape


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One action, and what it needs."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the bundled scenarios, all or some")
    listing.add_argument("text", metavar="WORD", nargs="*", help="in the id, title, story or tags")
    listing.add_argument("--folder", metavar="NAME", help="only those of a folder")
    listing.add_argument("--tag", metavar="TAG", action="append", default=[], help="with that tag")
    listing.add_argument("--severity", metavar="NAME", help="info, annoyance, mail-loss, security")
    listing.add_argument("--json", action="store_true", help="a list of objects on stdout")
    show = actions.add_parser("show", help="the story, the file and what is expected")
    show.add_argument("scenario", metavar="SCENARIO")
    check = actions.add_parser("check", help="read scenario files and report every mistake")
    check.add_argument("files", metavar="FILE", nargs="+")
    new = actions.add_parser("new", help="write a file to begin with, below this folder")
    new.add_argument("id", metavar="ID", help="such as envelope/my-case; the file is ID.yaml")
    actions.add_parser("schema", help="the JSON Schema of scenario files, for editors")


def run(arguments: argparse.Namespace) -> int:
    """Does the action."""
    if arguments.action == "list":
        return _list(arguments)
    if arguments.action == "show":
        return _show(arguments.scenario)
    if arguments.action == "new":
        return _new(arguments.id)
    if arguments.action == "schema":
        return _schema()
    return _check(arguments.files)


def _list(arguments: argparse.Namespace) -> int:
    search = Search(
        arguments.folder, tuple(arguments.tag), arguments.severity, tuple(arguments.text)
    )
    try:
        scenarios = matching(search)
    except UnknownScenario as error:
        return report_bad_input(error)
    if arguments.json:
        say_json(
            [
                {"id": s.id, "title": s.title, "severity": s.severity, "tags": list(s.tags)}
                for s in scenarios
            ]
        )
        return exit_codes.OK
    _say_table(scenarios)
    return exit_codes.OK


def _say_table(scenarios: Iterable[Scenario]) -> None:
    rows = list(scenarios)
    width = max(len(s.id) for s in rows)
    for s in rows:
        say_row(f"{s.id:{width}}  {s.severity:9}  ", s.title)


def _show(name: str) -> int:
    try:
        scenario = library.find(name)
    except (UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    say(escape(f"{scenario.title}  ({scenario.id}, {scenario.severity})"))
    say("")
    for line in scenario.story.strip().splitlines():
        say(escape(line))
    for heading, lines in (("Notice", scenario.notice), ("See", scenario.links)):
        if lines:
            say("")
            say(f"{heading}:")
            for line in lines:
                say(escape(f"  - {line}"))
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
            count = len(scenario.rules)
            rules = "1 rule" if count == 1 else f"{count} rules"
            say(escape(f"{name}: {scenario.title}: {rules}, no mistakes"))
    return code


def _new(scenario_id: str) -> int:
    from smtplab.scenarios.skeleton import BadId, skeleton

    try:
        text = skeleton(scenario_id)
    except BadId as error:
        complain(str(error))
        return exit_codes.USAGE
    path = Path(f"{scenario_id}{library.SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        complain(f"cannot write {path}: {error.strerror}")
        return exit_codes.CANNOT_CREATE
    say(path.as_posix())
    return exit_codes.OK


def _schema() -> int:
    from smtplab.scenarios.schema import schema

    say_json(schema(), indent=2)
    return exit_codes.OK
