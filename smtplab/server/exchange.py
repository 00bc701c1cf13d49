"""What is said again and again: a line of the client and its reply, kept once for all times."""

from smtplab.server.replies import Reply
from smtplab.values import field, value


@value
class Command:
    """A line of the client: as it was, which may hold a password, and as it may be shown."""

    line: str = field(repr=False)
    shown: str
    encrypted: bool


@value
class Exchange:
    """A line in clear text, or what differs each time, as a message does; and the reply to it."""

    heard: bytes = field(repr=False)
    """The line with its end; empty for what differs."""
    command: Command | None
    """The same, unless it is no command."""
    reply: Reply
    cost: int
    """What it takes from the budget of a tape, without what differs."""
