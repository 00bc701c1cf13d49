"""What the client says against what the server said to it."""

from smtplab.grading.cases import Claim
from smtplab.grading.dialogue import Content
from smtplab.grading.playing import Connection, Played
from smtplab.grading.rules.model import KEPT, Judgement, broken
from smtplab.grading.verdicts import Level


def accepted(played: Played) -> list[Content]:
    """The messages whose client was told that they are taken. Bounces, from <>, do not count."""
    return [c for d in played.dialogues for c in d.contents if c.accepted and c.sender]


def is_ambiguous(played: Played) -> bool:
    """Whether some message got an answer that can be read in two ways."""
    return any(c.accepted is None for d in played.dialogues for c in d.contents)


def false_success(played: Played) -> Judgement | None:
    """A claim that it was sent, while nothing was taken."""
    claim = played.claim
    if claim is Claim.NOTHING:
        return None
    if claim not in (Claim.SENT, Claim.PARTLY):
        return KEPT
    if accepted(played) or is_ambiguous(played):
        return KEPT
    if played.mails:
        return broken("It says that the mail was sent, though it had no reply to the message")
    return broken("It says that the mail was sent, and no message was accepted")


def false_failure(played: Played) -> Judgement | None:
    """A claim that it failed, while all recipients got it: somebody will send it again."""
    if played.claim is Claim.NOTHING:
        return None
    served = {recipient for content in accepted(played) for recipient in content.recipients}
    if not served or played.claim in (Claim.SENT, Claim.PARTLY, Claim.NOT_APPLICABLE):
        return KEPT if served else None
    if not set(played.message.recipients) <= served:
        return None  # it failed for some, and an exit status cannot say more
    connection = next(c for c in played.connections if any(m.accepted for m in c.dialogue.contents))
    if _went_wrong_afterwards(played, connection):
        what = "The message was accepted; it reports a failure because of what came after it"
        return broken(what, connection.dialogue.number, Level.WARNING)
    return broken("The message was accepted, and it reports a failure", connection.dialogue.number)


def _went_wrong_afterwards(played: Played, connection: Connection) -> bool:
    """Whether QUIT, or the end of the connection, was not as it should be."""
    if any(fault.stage in ("eom", "quit", "idle") for fault in played.faults(connection)):
        return True
    quits = connection.dialogue.commands("QUIT")
    if not quits:
        return connection.ended_by_server
    reply = quits[-1].reply
    return reply is None or reply.code != 221 or not reply.regular


def sent_twice(played: Played) -> Judgement | None:
    """A recipient who got it twice, both times with a clear yes."""
    copies: dict[str, int] = {}
    for content in accepted(played):
        for recipient in content.recipients:
            copies[recipient.casefold()] = copies.get(recipient.casefold(), 0) + 1
    if not copies:
        return None
    recipient, count = max(copies.items(), key=lambda pair: pair[1])
    if count > 1:
        return broken(f"{recipient} was sent {count} copies, and each was accepted")
    return KEPT


def refusal_unreported(played: Played) -> Judgement | None:
    """A recipient who was refused for good, and a client that says nothing of it."""
    if played.claim is Claim.NOTHING or len(played.message.recipients) < 2:
        return None
    served = {r for content in accepted(played) for r in content.recipients}
    missing = [r for r in played.message.recipients if r not in served]
    if not served or not missing or is_ambiguous(played):
        return None
    if played.claim is Claim.SENT:
        return broken(f"{missing[0]} did not get it, and its exit status does not tell")
    return KEPT
