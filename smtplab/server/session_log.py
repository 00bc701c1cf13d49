"""The log of one connection: what was asked, said, broken on purpose, and how it ended."""

import base64
import re
from collections.abc import Iterable

from smtplab.server.events import FaultFired
from smtplab.server.tape import Tape
from smtplab.tls.events import TlsFailed, TlsUp
from smtplab.values import field, mutable, value

HIDDEN = "********"

LINE_OVERHEAD = 256
"""What a line costs beside its characters, about."""


@value
class Command:
    """A line of the client: as it was, which may hold a password, and as it may be shown."""

    line: str = field(repr=False)
    shown: str
    encrypted: bool


@mutable
class SessionLog:
    """Everything that is known of one connection."""

    number: int
    peer: str
    tape: Tape = field(repr=False)
    commands: list[Command] = field(default_factory=list)
    replies: list[tuple[str, ...]] = field(default_factory=list)
    faults: list[FaultFired] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """What went wrong in the server itself; each is a bug."""
    tls: TlsUp | TlsFailed | None = None
    user: str | None = None
    closed: str = ""
    """How it ended; empty while it runs."""

    def add_command(self, command: Command) -> None:
        """Keeps a line of the client, as far as the tape's budget reaches."""
        if self.tape.charge(LINE_OVERHEAD + len(command.line) + len(command.shown)):
            self.commands.append(command)

    def add_reply(self, lines: tuple[str, ...], size: int) -> None:
        """Keeps a reply of so many characters, as far as the tape's budget reaches."""
        if self.tape.charge(LINE_OVERHEAD + size):
            self.replies.append(lines)

    def add_note(self, text: str) -> None:
        """Keeps a remark, each only once: a client may do the same odd thing forever."""
        if text not in self.notes and self.tape.charge(LINE_OVERHEAD + len(text)):
            self.notes.append(text)

    def add_fault(self, event: FaultFired) -> None:
        """Keeps that a rule fired."""
        if self.tape.charge(LINE_OVERHEAD):
            self.faults.append(event)


class Hider:
    """Hides passwords in what is shown of a client's lines."""

    def __init__(self, passwords: Iterable[str]) -> None:
        self._forms = [form for password in passwords for form in forms_of(password)]

    def hide(self, line: str, *, may_be_secret: bool) -> str:
        """The line as it may be shown.

        `may_be_secret`: the client has begun to log in, so that a lone word which is no command may
        well be a password, or its base64, that came too late.
        """
        words = line.split(None, 2)
        if words and words[0].upper() == "AUTH":
            return " ".join([*words[:2], *[HIDDEN for _ in words[2:3]]])
        if may_be_secret and len(words) == 1 and _SECRET_LIKE.fullmatch(line.strip()):
            return HIDDEN
        for form in self._forms:  # a plain loop: this is done for each command
            if form in line:
                return HIDDEN
        return line


_SECRET_LIKE = re.compile(r"[^<>:]{7,}")


def forms_of(password: str) -> list[str]:
    """A password as it is, and what is seen of it in base64, wherever it begins in there."""
    octets = password.encode()
    if len(octets) < 4:
        return [password] if password else []
    found = [password]
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + octets).decode()
        # The characters at both ends depend on their neighbours too.
        found.append(encoded[(0, 2, 3)[shift] : (len(octets) + shift) * 8 // 6])
    return found
