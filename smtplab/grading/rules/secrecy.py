"""What is said without TLS, or before TLS has begun anew, although TLS was asked for."""

from smtplab.grading.dialogue import Command, Dialogue, Reply
from smtplab.grading.playing import Played
from smtplab.grading.rules.model import KEPT, Judgement, broken
from smtplab.grading.verdicts import Level

PRIVATE = ("AUTH", "MAIL", "RCPT", "DATA", "BDAT")
"""What only the other end of TLS may hear."""

IN_WORDS = {
    "AUTH": "A login",
    "MAIL": "The sender",
    "RCPT": "A recipient",
    "DATA": "DATA",
    "BDAT": "The message",
}


def in_clear_text(played: Played) -> Judgement | None:
    """A login, an envelope or a message in clear text, where TLS was asked for."""
    if not played.case.base.wants_tls or not played.dialogues:
        return None
    for dialogue in played.dialogues:
        spoken = [command.verb for command in dialogue.commands(*PRIVATE) if not command.encrypted]
        if spoken:
            what = f"{IN_WORDS[spoken[0]]} was sent in clear text, though TLS was asked for"
            return broken(what, dialogue.number)
    return KEPT


def ehlo_after_tls(played: Played) -> Judgement | None:
    """After STARTTLS the session begins anew, with EHLO."""
    renewed = [d for d in played.dialogues if d.encrypted and _began_in_clear_text(d)]
    first = [(d, next((c for c in d.commands() if c.encrypted), None)) for d in renewed]
    said = [(d, command) for d, command in first if command is not None]
    for dialogue, command in said:
        if command.verb not in ("EHLO", "HELO", "LHLO", "QUIT"):
            what = f"The first command inside TLS was {command.verb[:20]!r}, and not EHLO"
            return broken(what, dialogue.number)
    return KEPT if said else None


def _began_in_clear_text(dialogue: Dialogue) -> bool:
    return any(not command.encrypted for command in dialogue.commands("STARTTLS"))


def acting_on_injected(played: Played) -> Judgement | None:
    """Replies that came in clear text behind the 220 must not answer anything inside TLS."""
    told = [d for d in played.dialogues if d.encrypted and _was_injected(d)]
    for dialogue in told:
        early = [c for c in dialogue.commands() if c.encrypted and c.is_early]
        if early:
            what = f"{early[0].verb[:20]} was sent on the strength of a reply from before TLS"
            return broken(what, dialogue.number)
    return KEPT if told else None


def _was_injected(dialogue: Dialogue) -> bool:
    """Whether a reply to nothing came in clear text, behind that to STARTTLS."""
    behind = False
    for turn in dialogue.turns:
        if isinstance(turn, Command) and turn.verb == "STARTTLS":
            behind = True
        elif isinstance(turn, Reply) and behind and turn.to is None and not turn.encrypted:
            return True
    return False


def acting_on_unasked(played: Played) -> Judgement | None:
    """A reply to nothing must not be taken for the answer to the next command."""
    told = [
        d for d in played.dialogues
        if not _was_injected(d) and any(c.stray_replies for c in d.commands())
    ]  # fmt: skip
    for dialogue in told:
        wrong = [c for c in dialogue.commands() if c.stray_replies and c.is_early]
        if wrong:
            what = f"It took a reply too many for the answer to what it sent before {wrong[0].verb}"
            return broken(what, dialogue.number, Level.INFO)
    return KEPT if told else None
