"""The `:` commands: one table, for the console's line, the shell, the help and the palette."""

from typing import NamedTuple

from smtplab.client.steps import Stage

CONSOLE, SHELL = "console", "shell"
BOTH = frozenset({CONSOLE, SHELL})


NEEDED: dict[str, str] = {
    "LINE": "a line to send",
    "FILE": "the name of a file",
    "ID": "the name of a scenario",
    "REPLY": "a reply, such as 451 4.7.1 Try again later",
    "TIME": "a length of time, such as 30s",
}
"""Arguments that cannot be left out, in words."""


class Command(NamedTuple):
    """A command: its name, what follows it, what it does, the action that does it, and where."""

    name: str
    argument: str
    text: str
    action: str
    where: frozenset[str] = BOTH

    @property
    def usage(self) -> str:
        """How it is typed; an argument in square brackets can be left out."""
        if not self.argument:
            return f":{self.name}"
        argument = self.argument if self.argument in NEEDED else f"[{self.argument}]"
        return f":{self.name} {argument}"


COMMANDS: tuple[Command, ...] = (
    Command("step", "", "do the planned step", "step"),
    Command("c", "", "go on: past a question, or automatically to the next stop", "go_on"),
    Command("auto", "", "automatic mode on or off", "automatic"),
    Command("into", "", "the next part: a flight of the handshake, a line of the message", "into"),
    Command("break", "WHERE", "breakpoint, on or off: `mail`, `send RCPT`, `reply 4xx`, `slow 2s`",
            "break_at"),
    Command("breaks", "on|off", "the breakpoints; all of them off, and on again",
            "list_breakpoints"),
    Command("starttls", "", "everything up to a finished TLS handshake", "start_tls"),
    Command("auth", "MECHANISM", "everything up to the login, with that mechanism", "authenticate"),
    Command("inject", "LINE", "send a line that the plan does not have", "inject"),
    Command("forge", "REPLY", "put this reply in the place of the next one", "forge"),
    Command("delay", "TIME", "let time pass, then do the planned step: `:delay 30s`", "delay"),
    Command("skip", "", "leave the planned step out", "skip"),
    Command("rewind", "STAGE", "a new connection, replayed up to there; TCP cannot go back",
            "rewind"),
    Command("predict", "", "guess each reply before it comes, for a score; on or off", "predict"),
    Command("send", "FILE", "take this file for the message", "send_file"),
    Command("explain", "WHAT", "a code, a command, a word of EHLO", "explain",
            frozenset({SHELL})),
    Command("find", "WORDS", "the next line of the Wire that has them", "find",
            frozenset({CONSOLE})),
    Command("save", "FILE", "save the record (JSON Lines, without passwords)", "save"),
    Command("scenario", "ID", "begin anew with the bundled server and this scenario", "scenario"),
    Command("abort", "", "end the session at once, without QUIT", "abort"),
    Command("help", "", "keys and commands", "help"),
    Command("quit", "", "leave smtplab", "quit"),
)  # fmt: skip
"""Every command, in the order in which help shows them."""


class UnknownCommand(ValueError):
    """No such command, or its argument is missing; the message names what there is."""


def commands_of(front_end: str) -> tuple[Command, ...]:
    """The commands that a front end has."""
    return tuple(command for command in COMMANDS if front_end in command.where)


def parse(text: str, front_end: str) -> tuple[Command, str]:
    """A line that begins with a colon: the command and its argument."""
    name, _, argument = text.removeprefix(":").strip().partition(" ")
    known = commands_of(front_end)
    command = next((c for c in known if c.name == name.lower()), None)
    if command is None:
        names = " ".join(f":{c.name}" for c in known)
        raise UnknownCommand(f"No command :{name}. There are {names}")
    if command.argument in NEEDED and not argument.strip():
        raise UnknownCommand(f":{command.name} needs {NEEDED[command.argument]}")
    return command, argument.strip() if command.argument != "LINE" else argument


def help_lines(front_end: str) -> list[str]:
    """The commands of a front end, one a line."""
    return [f"{command.usage:<18}{command.text}" for command in commands_of(front_end)]


def stage_named(text: str) -> Stage:
    """The stage of that name; case does not matter."""
    try:
        return Stage(text.lower())
    except ValueError:
        names = " ".join(stage.value for stage in Stage)
        raise UnknownCommand(f"No stage {text!r}. There are {names}") from None
