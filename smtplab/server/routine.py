"""Routine: the turns that are the same for most clients, answered without a look at each part.

MAIL and RCPT with a plain address and no parameters, and DATA, are taken with always the same reply
in their place in a transaction; and a message that came in one block, with nothing odd in it, goes
to the inbox as it is. What is kept, said and told of is what it would be anyway.
"""

import re
from collections.abc import Callable

from smtplab.scenarios.model import Scenario
from smtplab.server import brain
from smtplab.server.content import LENIENT_ENDS, whole_message
from smtplab.server.events import CommandRead, ReplySaid, ServerEvent
from smtplab.server.exchange import Command, Exchange
from smtplab.server.honest import ACCEPTED, GO_ON, Honest
from smtplab.server.replies import reply_of
from smtplab.server.session_log import Hider, SessionLog, exchanged
from smtplab.server.turns import TurnReader
from smtplab.server.wire import Wire
from smtplab.values import value

MOST_LINES = 512
"""That are kept in mind at a time."""

LONGEST_LINE = 256
"""Octets of a line that is plain; so its path is not too long either."""

TAKEN = {"MAIL": brain.TAKEN, "RCPT": brain.TAKEN, "DATA": GO_ON}

_WORDS = rb"[A-Z0-9_+-]+(?:\.[A-Z0-9_+-]+)*"
_LABEL = rb"[A-Z0-9]+(?:-+[A-Z0-9]+)*"
_LINE = re.compile(
    rb"(?:MAIL FROM|RCPT TO):<(%b@%b(?:\.%b)*)>\r\n|DATA\r\n" % (_WORDS, _LABEL, _LABEL),
    re.IGNORECASE,
)
"""Lines whose reply depends on nothing but their place."""


@value
class Known:
    """What a line leads to in its place."""

    verb: str
    address: str
    exchange: Exchange


class Routines:
    """What the sessions of a lab know by heart."""

    def __init__(self, hider: Hider) -> None:
        self.hider = hider
        self.lines: dict[bytes, Known] = {}
        self.ends: dict[str, Exchange] = {}
        """What is said to a message, and what follows from it."""


def has_routine(scenario: Scenario) -> bool:
    """Whether most turns of a scenario depend on nothing but their place in a transaction."""
    server = scenario.server
    odd = server.end_of_data in LENIENT_ENDS or server.protocol == "lmtp"
    return not (odd or scenario.rules or server.auth.required or server.tls.required)


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
        self._hider = routines.hider
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
        if not self._wire.writable:
            return False
        if reader.fresh:
            return self._take_message(data)
        known = (self._lines.get(data) or self._recognized(data)) if reader.idle else None
        if known is None or reader.left <= 0:
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

    def _recognized(self, data: bytes) -> Known | None:
        found = _LINE.fullmatch(data) if len(data) <= LONGEST_LINE else None
        if found is None:
            return None
        text, address = data[:-2].decode("ascii"), (found[1] or b"").decode("ascii")
        verb = text[:4].upper()
        command = Command(text, self._hider.hide(text, may_be_secret=False), encrypted=False)
        reply = reply_of(tuple(self._honest.worded(verb, [TAKEN[verb]])))
        known = Known(verb, address, exchanged(data, command, reply))
        if len(self._lines) >= MOST_LINES:
            self._lines.clear()
        self._lines[data] = known
        return known
