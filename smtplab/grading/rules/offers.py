"""What a client uses must have been offered at EHLO, in this session and at this stage of it."""

from smtplab.grading.dialogue import Command
from smtplab.grading.playing import Played
from smtplab.grading.rules.model import KEPT, Judgement, broken

NEEDED_BY_PARAMETER = {
    "SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8", "AUTH": "AUTH", "RET": "DSN",
    "ENVID": "DSN", "NOTIFY": "DSN", "ORCPT": "DSN", "REQUIRETLS": "REQUIRETLS", "BY": "DELIVERBY",
    "HOLDFOR": "FUTURERELEASE", "HOLDUNTIL": "FUTURERELEASE", "MT-PRIORITY": "MT-PRIORITY",
    "MTRK": "MTRK", "CONPERM": "CONPERM", "RRVS": "RRVS",
}  # fmt: skip
"""Parameter of MAIL or RCPT -> the keyword that allows it."""

NEEDED_BY_VERB = {"STARTTLS": "STARTTLS", "BDAT": "CHUNKING", "ETRN": "ETRN", "BURL": "BURL"}
"""Command -> the keyword that allows it."""


def parameters(played: Played) -> Judgement | None:
    """A parameter of MAIL or RCPT needs its keyword (RFC 5321 §4.1.1.11)."""
    judged = False
    for dialogue in played.dialogues:
        for command in dialogue.commands("MAIL", "RCPT"):
            judged = True
            wrong = [p for p in _parameters(command) if not _allowed(command, p)]
            if wrong:
                return broken(f"{wrong[0]} was used, and had not been offered", dialogue.number)
    return KEPT if judged else None


def _parameters(command: Command) -> list[str]:
    _, _, rest = command.argument.rpartition(">")
    return [word.partition("=")[0].upper() for word in rest.split()]


def _allowed(command: Command, parameter: str) -> bool:
    needed = NEEDED_BY_PARAMETER.get(parameter, parameter)
    return needed in (command.offered or ())


def mechanisms(played: Played) -> Judgement | None:
    """AUTH needs the keyword, with this very mechanism (RFC 4954 §4)."""
    judged = False
    for dialogue in played.dialogues:
        for command in dialogue.commands("AUTH"):
            judged = True
            mechanism = command.argument.split(" ")[0].upper()
            if f"AUTH {mechanism}" not in (command.offered or ()):
                what = f"AUTH {mechanism[:20]} was used, and had not been offered"
                return broken(what, dialogue.number)
    return KEPT if judged else None


def commands(played: Played) -> Judgement | None:
    """A command of an extension needs its keyword."""
    judged = False
    for dialogue in played.dialogues:
        for command in dialogue.commands(*NEEDED_BY_VERB):
            judged = True
            if NEEDED_BY_VERB[command.verb] not in (command.offered or ()):
                return broken(f"{command.verb} was used, and had not been offered", dialogue.number)
    return KEPT if judged else None
