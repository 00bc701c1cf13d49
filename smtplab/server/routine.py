"""Routine: the turns that are the same for most clients, answered without a look at each part.

A plain MAIL, RCPT or DATA that was taken once is taken again, in its place in a transaction, with
the same reply; and a message that came in one block, with nothing odd in it, goes to the inbox as
it is. What is kept, said and told of is what it would be anyway.
"""

import re
from collections.abc import Callable

from smtplab.scenarios.model import Scenario
from smtplab.server.content import LENIENT_ENDS, whole_message
from smtplab.server.events import CommandRead, ReplySaid, ServerEvent
from smtplab.server.exchange import Command, Exchange
from smtplab.server.honest import ACCEPTED, Honest
from smtplab.server.replies import Reply, reply_of
from smtplab.server.session_log import SessionLog, exchanged
from smtplab.server.turns import Turn, TurnReader
from smtplab.server.wire import Wire
from smtplab.values import value

MOST_LINES = 512
"""That are known by heart at a time."""

TAKEN = {"MAIL": 250, "RCPT": 250, "DATA": 354}

_PLAIN = re.compile(
    r"(?:MAIL FROM|RCPT TO):<[A-Z0-9._+-]{1,64}@[A-Z0-9.-]{1,255}>|DATA", re.ASCII | re.IGNORECASE
)
"""Lines whose reply depends on nothing but their place: they have no parameters."""


@value
class Known:
    """What a line leads to in its place."""

    verb: str
    address: str
    exchange: Exchange


class Routines:
    """What the sessions of a lab know by heart."""

    def __init__(self) -> None:
        self.lines: dict[bytes, Known] = {}
        self.ends: dict[str, Exchange] = {}
        """What is said to a message, and what follows from it."""


def has_routine(scenario: Scenario) -> bool:
    """Whether most turns of a scenario depend on nothing but their place in a transaction."""
    server = scenario.server
    ends = server.end_of_data in LENIENT_ENDS or server.protocol == "lmtp"
    return not (ends or scenario.rules or server.auth.required)


class Routine:
    """The routine of one session, as long as it is in clear text."""

    def __init__(
        self,
        routines: Routines,
        reader: TurnReader,
        honest: Honest,
        wire: Wire,
        log: SessionLog,
        emit: Callable[[ServerEvent], None] | None,
    ) -> None:
        self._lines = routines.lines
        self._ends = routines.ends
        self._reader = reader
        self._honest = honest
        self._wire = wire
        self._log = log
        self._emit = emit

    def answer(self, data: bytes) -> bool:
        """Answers a block of octets behind which nothing waits; False: nothing was done."""
        reader = self._reader
        if reader.fresh and self._wire.writable:
            return self._take_message(data)
        known = self._lines.get(data)
        if known is None or not (reader.idle and reader.left > 0 and self._wire.writable):
            return False
        verb = known.verb
        if not self._honest.brain.repeat(verb, known.address):
            return False
        reader.left -= 1
        self._say(known.exchange)
        if verb == "DATA":
            reader.expect_message()
        else:
            reader.expect_command()
        self._wire.extend(reader.due)
        return True

    def _take_message(self, data: bytes) -> bool:
        content = whole_message(data)
        if content is None or len(content) > self._honest.manner.server.size:
            return False
        answer = self._honest.keep(content) or ACCEPTED
        exchange = self._ends.get(answer)
        if exchange is None:
            reply = reply_of(tuple(self._honest.worded("", [answer])))
            exchange = self._ends[answer] = exchanged(b"", None, reply)
        self._say(exchange, data)
        self._honest.brain.forget_transaction()
        self._reader.expect_command()
        self._wire.extend(self._reader.due)
        return True

    def _say(self, exchange: Exchange, message: bytes = b"") -> None:
        self._log.keep(exchange, message)
        if self._emit is not None:
            command, number = exchange.command, self._log.number
            if command is not None:
                self._emit(CommandRead(number, command.shown, command.encrypted))
            self._emit(ReplySaid(number, exchange.reply.lines, False))
        self._wire.answer(exchange.reply.octets)

    def learn(self, command: Command, turn: Turn, reply: Reply) -> None:
        """Keeps in mind what a line has just led to that clients say again and again."""
        line = command.line.encode("utf-8", "surrogateescape") + b"\r\n"
        plain = _PLAIN.fullmatch(command.line) and not command.encrypted
        if not plain or reply.code != TAKEN.get(turn.verb) or line in self._lines:
            return
        if len(self._lines) >= MOST_LINES:
            self._lines.clear()
        address = self._honest.brain.last_address(turn.verb)
        self._lines[line] = Known(turn.verb, address, exchanged(line, command, reply))
