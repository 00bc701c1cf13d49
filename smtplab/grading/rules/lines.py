"""The commands themselves: known verbs, their form, their length, how often one logs in."""

import re

from smtplab.grading.dialogue import Command, Dialogue, Response
from smtplab.grading.message import Fate, Message, compare
from smtplab.grading.playing import Played
from smtplab.grading.rules.contents import KNOWN_VERBS, looks_like_content, unstuffed
from smtplab.grading.rules.model import KEPT, Judgement, broken
from smtplab.grading.verdicts import Level

LONGEST_LINE = 512
"""Octets of a command, CR LF included (RFC 5321 §4.5.3.1.4)."""

LONGEST_WITH_PARAMETERS = 2048
"""The same with the room that extensions ask for; AUTH may have more still."""

_PATH = re.compile(r"(FROM|TO):<[^<>]*>(?: .*)?", re.IGNORECASE)


def unknown(played: Played) -> Judgement | None:
    """Only commands go where a command is awaited: a line of a message there is a leaked body."""
    judged = False
    for dialogue in played.dialogues:
        for command in dialogue.commands():
            judged = True
            if command.verb in KNOWN_VERBS or looks_like_content(dialogue, command):
                continue
            if _lost_with_a_dot(dialogue, played.message):
                return None  # the rule of the dots tells, and this comes of it
            return _not_a_command(dialogue, command, played.message)
    return KEPT if judged else None


def _not_a_command(dialogue: Dialogue, command: Command, message: Message) -> Judgement:
    text = command.line.decode("latin-1")
    if text and text in message.lf.decode().split("\n"):
        return broken(f"A line of the message came as a command: {text[:40]!r}", dialogue.number)
    if text == "*":
        what = "It broke off an exchange of AUTH that was over already: '*' came as a command"
        return broken(what, dialogue.number, Level.WARNING)
    if any(isinstance(turn, Response) for turn in dialogue.turns) or dialogue.commands("AUTH"):
        what = "A line that is no command came after AUTH; it is not shown, as it may be a password"
        return broken(what, dialogue.number, Level.WARNING)
    return broken(f"{text[:40]!r} is no command", dialogue.number, Level.WARNING)


def _lost_with_a_dot(dialogue: Dialogue, message: Message) -> bool:
    ended = [content for content in dialogue.contents if content.ended]
    return any(compare(message, unstuffed(c)).fate is Fate.DOTS_LOST for c in ended)


def form(played: Played) -> Judgement | None:
    """MAIL FROM:<path> and RCPT TO:<path>, without blanks behind the colon, in angle brackets."""
    judged = False
    for dialogue in played.dialogues:
        for command in dialogue.commands("MAIL", "RCPT"):
            judged = True
            if not _PATH.fullmatch(command.argument):
                line = command.line[:60].decode("latin-1")
                return broken(f"{line!r} is not in the form of the standard", dialogue.number)
    return KEPT if judged else None


def length(played: Played) -> Judgement | None:
    """A command line keeps to its limit."""
    judged = False
    for dialogue in played.dialogues:
        for command in dialogue.commands():
            judged = True
            limit = _limit(command)
            octets = len(command.line) + len(command.ended)
            if limit and octets > limit and not looks_like_content(dialogue, command):
                return broken(f"{command.verb[:20]} has {octets} octets", dialogue.number)
    return KEPT if judged else None


def _limit(command: Command) -> int:
    if command.verb == "AUTH":
        return 0
    return LONGEST_WITH_PARAMETERS if command.verb in ("MAIL", "RCPT") else LONGEST_LINE


def logins(played: Played) -> Judgement | None:
    """What was refused for good is not tried again: each try brings a locked account nearer."""
    refused = 0
    tried = [(d, c) for d in played.dialogues for c in d.commands("AUTH")]
    for dialogue, command in tried:
        if refused:
            what = "It tried to log in again after a 535: each try may lock the account"
            return broken(what, dialogue.number)
        was_refused = command.reply is not None and command.reply.code == 535
        refused += was_refused and not _was_cancelled(dialogue, command)
    return KEPT if tried else None


def _was_cancelled(dialogue: Dialogue, command: Command) -> bool:
    """Whether the client broke the exchange off itself, with an asterisk (RFC 4954 §4)."""
    place = next(i for i, turn in enumerate(dialogue.turns) if turn is command)
    behind = dialogue.turns[place + 1 :]
    until = next((i for i, turn in enumerate(behind) if isinstance(turn, Command)), len(behind))
    said = [turn.line for turn in behind[:until] if isinstance(turn, Response)]
    return said[-1:] == [b"*"]
