"""One command, one reply: who waits for whom."""

from collections.abc import Iterator

from smtplab.grading.dialogue import GREETING, Command, Dialogue, Reply
from smtplab.grading.playing import Played
from smtplab.grading.rules.contents import looks_like_content
from smtplab.grading.rules.model import KEPT, Judgement, broken


def before_greeting(played: Played) -> Judgement | None:
    """The server greets first."""
    dialogues = [d for d in played.dialogues if d.replies or d.said_anything]
    for dialogue in dialogues:
        first = next(iter(dialogue.commands()), None)
        if first is not None and dialogue.greeted_early and not _is_parting(dialogue, first):
            return broken(
                f"{first.verb[:20]} was sent before the greeting was there", dialogue.number
            )
    return KEPT if dialogues else None


def before_reply(played: Played) -> Judgement | None:
    """A command waits for the reply to the one before, except as PIPELINING allows."""
    judged = False
    for connection in played.connections:
        dialogue = connection.dialogue
        for command in _before_a_puzzle(dialogue):
            if connection.ended_by_server and command.reply is None:
                break  # it may have seen that no reply would come any more
            judged = True
            if _is_too_early(dialogue, command):
                awaited = command.awaited[-1][:20]
                what = f"{command.verb[:20]} was sent before the reply to {awaited} was there"
                return broken(what, dialogue.number)
    return KEPT if judged else None


def _before_a_puzzle(dialogue: Dialogue) -> Iterator[Command]:
    """The commands up to a reply that can be read in two ways, or that nobody had asked for.

    From there on a client may count the replies in another way than we do: other rules tell of it.
    """
    for turn in dialogue.turns:
        if isinstance(turn, Reply) and not turn.regular:
            return
        if isinstance(turn, Command):
            if turn.stray_replies:
                return
            yield turn


def _is_too_early(dialogue: Dialogue, command: Command) -> bool:
    if not command.is_early or GREETING in command.awaited:
        return False
    if _is_parting(dialogue, command):
        return False
    return not looks_like_content(dialogue, command)


def _is_parting(dialogue: Dialogue, command: Command) -> bool:
    """Whether it is the last word: a client whose patience is over may say QUIT and go."""
    return command.verb == "QUIT" and dialogue.commands()[-1] is command


def without_354(played: Played) -> Judgement | None:
    """No line of the message goes out before a 354."""
    judged = False
    for dialogue in played.dialogues:
        if any(command.stray_replies for command in dialogue.commands("DATA")):
            continue  # a reply to nothing may have been taken for the 354: other rules tell of it
        judged |= bool(dialogue.commands("DATA"))
        leaked = next((c for c in dialogue.commands() if looks_like_content(dialogue, c)), None)
        early = next((content for content in dialogue.contents if content.early), None)
        if leaked is not None:
            reply = _reply_to_data(dialogue, leaked)
            what = f"{_shown(leaked)} was sent as content, after {reply}"
            return broken(what, dialogue.number)
        if early is not None:
            return broken("Some of the message was sent before the 354 was there", dialogue.number)
    return KEPT if judged else None


def _reply_to_data(dialogue: Dialogue, before: Command) -> str:
    asked: Reply | None = None
    for turn in dialogue.turns:
        if turn is before:
            break
        if isinstance(turn, Command) and turn.verb == "DATA":
            asked = turn.reply
    return f"a {asked.code} to DATA" if asked is not None else "DATA had no reply"


def _shown(command: Command) -> str:
    return repr(command.line[:40].decode("latin-1"))
