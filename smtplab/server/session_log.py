"""The log of one connection: what was asked, said, broken on purpose, and how it ended."""

import base64
import re
from collections.abc import Iterable

from smtplab.server.events import FaultFired
from smtplab.server.exchange import Command, Exchange
from smtplab.server.replies import Reply
from smtplab.server.tape import PIECE_OVERHEAD, Layer, Side, Tape
from smtplab.tls.events import TlsFailed, TlsUp

HIDDEN = "********"

LINE_OVERHEAD = 256
"""What a line costs beside its characters, about."""


class SessionLog:
    """Everything that is known of one connection."""

    def __init__(self, number: int, peer: str, tape: Tape, closed: str = "") -> None:
        self.number = number
        self.peer = peer
        self.tape = tape
        self.faults: list[FaultFired] = []
        self.notes: list[str] = []
        self.errors: list[str] = []
        """What went wrong in the server itself; each is a bug."""
        self.tls: TlsUp | TlsFailed | None = None
        self.user: str | None = None
        self.closed = closed
        """How it ended; empty while it runs."""
        self._commands: list[Command] = []
        self._replies: list[tuple[str, ...]] = []
        self._fresh: list[Exchange] = []
        """What came behind those: most of it is never looked at."""

    def __repr__(self) -> str:
        return (
            f"SessionLog({self.number}, {self.peer!r}, commands={self.commands}, "
            f"replies={self.replies}, notes={self.notes}, closed={self.closed!r})"
        )

    @property
    def commands(self) -> list[Command]:
        """The lines of the client."""
        self._sort()
        return self._commands

    @property
    def replies(self) -> list[tuple[str, ...]]:
        """The lines of each reply."""
        self._sort()
        return self._replies

    def _sort(self) -> None:
        if self._fresh:
            self._commands += [each.command for each in self._fresh if each.command is not None]
            self._replies += [each.reply.lines for each in self._fresh]
            self._fresh.clear()

    def keep(self, exchange: Exchange, message: bytes = b"") -> None:
        """Keeps a line, or a message, and the reply to it; the tape does as well."""
        if self.tape.exchange(exchange, message):
            self._fresh.append(exchange)
            return
        reply = exchange.reply
        self.tape.add(Side.CLIENT, Layer.PLAIN, message or exchange.heard)
        if exchange.command is not None:
            self.add_command(exchange.command)
        self.add_reply(reply.lines, reply.size)
        self.tape.add(Side.SERVER, Layer.PLAIN, reply.octets)

    def add_command(self, command: Command) -> None:
        """Keeps a line of the client, as far as the tape's budget reaches."""
        if self.tape.charge(_cost(command)):
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


def exchanged(heard: bytes, command: Command | None, reply: Reply) -> Exchange:
    """What was said, with what it costs to keep it, to the octet as it costs in parts."""
    cost = _cost(command) if command is not None else 0
    cost += PIECE_OVERHEAD + len(heard)
    cost += LINE_OVERHEAD + reply.size + PIECE_OVERHEAD + len(reply.octets)
    return Exchange(heard, command, reply, cost)


def _cost(command: Command) -> int:
    return LINE_OVERHEAD + len(command.line) + len(command.shown)


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
