"""The help: every option is there, with a word on what it is for."""

import argparse
import importlib

import pytest

from smtplab.cli.main import COMMANDS, CONSOLE


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command."""
    command = next(c for c in (*COMMANDS, CONSOLE) if c.name == name)
    parser = argparse.ArgumentParser()
    importlib.import_module(command.module).add_arguments(parser)
    return parser


def actions_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Every argument, those of actions such as `scenarios list` too."""
    found: list[argparse.Action] = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found += actions_of(inner)
    return found


def options_of(name: str) -> set[str]:
    """The long options of a command."""
    return {o for a in actions_of(parser_of(name)) for o in a.option_strings if o.startswith("--")}


@pytest.mark.parametrize("name", [command.name for command in (*COMMANDS, CONSOLE)])
def test_every_option_says_what_it_is_for(name):
    silent = [
        a.option_strings for a in actions_of(parser_of(name)) if a.option_strings and not a.help
    ]
    assert silent == []


@pytest.mark.parametrize("name", [command.name for command in (*COMMANDS, CONSOLE)])
def test_options_are_lower_case_and_hyphenated(name):
    for option in options_of(name):
        assert option == option.lower()
        assert "_" not in option
