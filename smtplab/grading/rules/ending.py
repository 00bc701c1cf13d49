"""How a run ends: in time, by itself, and with a QUIT."""

from smtplab.grading.cases import Claim
from smtplab.grading.dialogue import Command, Content
from smtplab.grading.playing import Connection, Played
from smtplab.grading.rules.model import KEPT, Judgement, broken, undecided
from smtplab.grading.verdicts import Level

GRACE = 5.0
"""Seconds that a client gets to end, after the last connection has ended or it had its turn."""

AT_ONCE = 0.1
"""Seconds between two things that belong together."""

BROKEN_PIPE = 13
"""SIGPIPE: it wrote to a connection that was gone. Ungraceful, and no crash."""


def connects(played: Played) -> Judgement | None:
    """It comes to the server at all: if not, the command is probably wrong."""
    if played.connections or played.claim is Claim.NOT_APPLICABLE:
        return KEPT if played.connections else None
    lines = [line for line in played.output.splitlines() if line.strip()]
    told = f"; it wrote: {lines[-1][:120]}" if lines else ""
    return broken(f"It never connected{told}")


def hang(played: Played) -> Judgement:
    """It comes to an end. Whoever waits for a reply may wait for minutes; that is no hang."""
    if played.finished.exit_code is not None:
        return KEPT
    limit = played.pace.time_limit
    if not played.connections:
        return broken(f"It was still running after {limit:g} s, and never connected")
    last = played.connections[-1]
    open_ones = [c for c in played.connections if _was_open(c, played.finished.seconds)]
    if not open_ones:
        ended = max(c.closed or 0.0 for c in played.connections)
        if played.finished.seconds - ended < GRACE:
            return undecided(f"still running after {limit:g} s")
        what = f"It was still running {played.finished.seconds - ended:.0f} s after the last"
        return broken(f"{what} connection had ended", last.dialogue.number)
    stuck = next((c for c in open_ones if _has_its_turn(c)), None)
    if stuck is None or played.finished.seconds - stuck.last_said < GRACE:
        return undecided(f"still waiting for the server after {limit:g} s, as it may")
    return _stuck(stuck)


def _stuck(connection: Connection) -> Judgement:
    """It does not go on. A code without text is a SHOULD for clients (RFC 5321 §4.2.1)."""
    number = connection.dialogue.number
    if len(connection.dialogue.replies[-1].raw.strip()) <= len("220-"):
        return broken("It does not take a code without text for a reply", number, Level.WARNING)
    return broken("It has its reply, and says nothing more", number)


def _was_open(connection: Connection, until: float) -> bool:
    """Whether it was open when the client was killed, which then closed it."""
    return connection.closed is None or connection.closed >= until - AT_ONCE


def _has_its_turn(connection: Connection) -> bool:
    """Whether the server has said all, clearly, and waits for the client."""
    dialogue = connection.dialogue
    if not dialogue.turns or dialogue.unfinished_reply or not dialogue.replies:
        return False
    if any(command.stray_replies for command in dialogue.commands()):
        return False  # with a reply too many, both may rightly wait for each other
    if dialogue.contents and not dialogue.contents[-1].ended:
        return dialogue.contents[-1].reply is None
    if not all(reply.regular for reply in dialogue.replies) or _is_in_handshake(connection):
        return False
    asked = [turn for turn in dialogue.turns if isinstance(turn, Command | Content)]
    return not asked or asked[-1].reply is not None


def _is_in_handshake(connection: Connection) -> bool:
    dialogue = connection.dialogue
    last = dialogue.commands()[-1:]
    return bool(last) and last[0].verb == "STARTTLS" and not dialogue.encrypted


def killed(played: Played) -> Judgement | None:
    """It ends by itself, and not by a signal."""
    finished = played.finished
    if finished.exit_code is None:
        return None
    if finished.signal == BROKEN_PIPE:
        return broken("It was ended by SIGPIPE as the connection was gone", level=Level.WARNING)
    if finished.signal:
        return broken(f"It was ended by {finished.signal_name}")
    return KEPT


def parting(played: Played) -> Judgement | None:
    """A session ends with QUIT, after a message in any case."""
    judged = False
    for connection in played.connections:
        dialogue = connection.dialogue
        if not dialogue.commands() or connection.ended_by_server or connection.closed is None:
            continue
        if not dialogue.replies or any(not reply.regular for reply in dialogue.replies):
            continue
        if _is_in_handshake(connection) or not _has_its_turn(connection):
            continue
        judged = True
        if not dialogue.commands("QUIT"):
            sent = any(content.accepted for content in dialogue.contents)
            what = "It left without QUIT after the message" if sent else "It left without QUIT"
            return broken(what, dialogue.number, None if sent else Level.INFO)
    return KEPT if judged else None
