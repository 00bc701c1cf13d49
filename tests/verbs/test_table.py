"""The table of commands."""

import pytest

from smtplab.client.steps import Stage
from smtplab.tui.screens import main
from smtplab.verbs.actions import SHARED
from smtplab.verbs.table import (
    COMMANDS,
    CONSOLE,
    NEEDED,
    SHELL,
    UnknownCommand,
    commands_of,
    help_lines,
    parse,
    stage_named,
)


@pytest.mark.parametrize(
    ("text", "action", "argument"),
    [
        (":c", "go_on", ""),
        (": quit ", "quit", ""),
        (":BREAK tls", "break_at", "tls"),
        (":inject  two spaces ", "inject", " two spaces "[:-1]),
        (":send  a file ", "send_file", "a file"),
    ],
)
def test_reads_a_command(text, action, argument):
    command, rest = parse(text, CONSOLE)
    assert (command.action, rest) == (action, argument)


@pytest.mark.parametrize("text", [":nix", ":", ":inject", ":send ", ":explain 451"])
def test_says_what_is_wrong(text):
    with pytest.raises(UnknownCommand) as caught:
        parse(text, CONSOLE)
    assert ":" in str(caught.value)


def test_names_differ_and_help_has_them_all():
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    assert len(help_lines(SHELL)) == len(commands_of(SHELL))


def test_the_console_does_all_of_its_commands():
    done = set(main.COMMANDS) | set(main.ACTIONS) | set(SHARED)
    assert done == {command.action for command in commands_of(CONSOLE)}


def test_stages_by_name():
    assert stage_named("EHLO-TLS") is Stage.EHLO_TLS
    with pytest.raises(UnknownCommand):
        stage_named("nix")


@pytest.mark.parametrize("front_end", [CONSOLE, SHELL])
def test_each_command_is_found_in_any_case_and_asks_for_what_it_needs(front_end):
    for command in commands_of(front_end):
        assert parse(f": {command.name.upper()} data", front_end) == (command, "data")
        if command.argument in NEEDED:
            with pytest.raises(UnknownCommand, match=f":{command.name} needs "):
                parse(f":{command.name}  ", front_end)


def test_what_is_unknown_is_answered_with_what_there_is():
    with pytest.raises(UnknownCommand) as problem:
        parse(":nope", SHELL)
    assert all(f":{command.name}" in str(problem.value) for command in commands_of(SHELL))
    with pytest.raises(UnknownCommand, match="There are connect greeting"):
        stage_named("nowhere")
