"""The `:` commands: one table, for the input, the help and the palette."""

from typing import NamedTuple

from smtplab.client.steps import Stage


class Command(NamedTuple):
    """A command: its name, what follows it, what it does, and the action that does it."""

    name: str
    argument: str
    text: str
    action: str


COMMANDS: tuple[Command, ...] = (
    Command("c", "", "go on: past a question, or automatically to the next stop", "go_on"),
    Command("abort", "", "end the session at once, without QUIT", "abort"),
    Command("break", "STAGE", "breakpoint on a stage, on or off", "break_at"),
    Command("auto", "", "automatic mode on or off", "automatic"),
    Command("inject", "LINE", "send a line that the plan does not have", "inject"),
    Command("skip", "", "leave the planned step out", "skip"),
    Command("find", "WORDS", "the next line of the Wire that has them", "find"),
    Command("save", "FILE", "save the record (JSON Lines, without passwords)", "save"),
    Command("help", "", "keys and commands", "help"),
    Command("quit", "", "leave smtplab", "quit"),
)


NEEDED: dict[str, str] = {"LINE": "a line to send", "FILE": "the name of a file"}
"""Arguments that cannot be left out, in words."""


class UnknownCommand(ValueError):
    """No such command, or its argument is missing; the message names what there is."""


def parse(text: str) -> tuple[Command, str]:
    """A line that begins with a colon: the command and its argument."""
    name, _, argument = text.removeprefix(":").strip().partition(" ")
    found = [c for c in COMMANDS if c.name == name.lower()]
    if not found:
        names = " ".join(f":{c.name}" for c in COMMANDS)
        raise UnknownCommand(f"No command :{name}. There are {names}")
    command = found[0]
    if command.argument in NEEDED and not argument.strip():
        raise UnknownCommand(f":{command.name} needs {NEEDED[command.argument]}")
    return command, argument.strip() if command.argument != "LINE" else argument


def stage_named(text: str) -> Stage:
    """The stage of that name; case does not matter."""
    try:
        return Stage(text.lower())
    except ValueError:
        names = " ".join(stage.value for stage in Stage)
        raise UnknownCommand(f"No stage {text!r}. There are {names}") from None
