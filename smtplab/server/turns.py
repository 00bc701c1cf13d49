"""Turns: what a client says that has to be answered, read from the wire one after the other."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from smtplab.scenarios.model import Server
from smtplab.server.content import Chunks, Content, ContentReader
from smtplab.server.session_log import HIDDEN, Command, Hider
from smtplab.server.wire import Gone, Wire

LONGEST_COMMAND = 2048
"""Octets of a command line; RFC 5321 §4.5.3.1.4 asks for 512, extensions for more."""

LONGEST_RESPONSE = 12_288
"""Octets of a line of an AUTH exchange, AUTH itself included (RFC 4954 §4)."""

PATIENCE = 300.0
"""Seconds to wait for the next octets (RFC 5321 §4.5.3.2.7), unless a scenario says otherwise."""

SLOWEST_MESSAGE = 12
"""Times that patience for a whole message or chunk, which may come an octet at a time: an hour."""

VERBS = (
    "HELO", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "VRFY",
    "HELP", "QUIT",
)  # fmt: skip
STAGES = {verb: verb.lower() for verb in VERBS}
"""Verb -> stage; all others are `unknown`."""
LMTP_STAGES = {**STAGES, "LHLO": "ehlo", "EHLO": "unknown", "HELO": "unknown"}
"""The same where LMTP is spoken (RFC 2033 §4.1)."""

_CHUNK = re.compile(r"([0-9]{1,12})( +LAST)?", re.IGNORECASE)


def chunk_in(argument: str) -> tuple[int, bool] | None:
    """How many octets a BDAT announces, and whether they are the last; None for no such thing."""
    found = _CHUNK.fullmatch(argument)
    return (int(found[1]), found[2] is not None) if found else None


@dataclass(slots=True)
class Turn:
    """What has to be answered: a command, a line of an AUTH exchange, a message, or a stage."""

    stage: str
    verb: str = ""
    argument: str = ""
    response: bytes = b""
    content: Content | None = None
    refusal: str = ""
    """The honest reply to a line that cannot be a command, whatever it says."""


class Patience:
    """Gives up on a client that sends nothing for so many seconds: raises Gone.

    A class, because an asynchronous generator costs several times as much, once for each command.
    """

    __slots__ = ("_timeout",)

    def __init__(self, limit: float) -> None:
        self._timeout = asyncio.timeout(limit)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise Gone("the client was too slow") from None


class TurnReader:
    """Reads the turns of one connection; `heard` and `note` are told of what came."""

    def __init__(
        self,
        wire: Wire,
        server: Server,
        patience: float,
        hider: Hider,
        heard: Callable[[Command], None],
        note: Callable[[str], None],
    ) -> None:
        self.patience = patience
        """Seconds to wait for the next octets."""
        self._wire = wire
        self._server = server
        self._hider = hider
        self._heard = heard
        self._note = note
        self._tried_auth = False
        self._owed_lf = False

    async def command(self) -> Turn:
        """The next command. Raises Gone at the end of the connection."""
        line, too_long = await self._wire.read_line(LONGEST_RESPONSE)
        if self._owed_lf and line == b"\n":
            line, too_long = await self._wire.read_line(LONGEST_RESPONSE)
        self._owed_lf = False
        if not line.endswith(b"\r\n") and not too_long:
            self._note("a command line ended with LF alone, not with CR LF")
        octets = line.removesuffix(b"\n").removesuffix(b"\r")
        text = octets.decode("utf-8", "surrogateescape")
        verb, _, argument = text.partition(" ")
        verb = verb.upper()
        self._hear(text, may_be_secret=self._tried_auth and verb not in STAGES)
        self._tried_auth = self._tried_auth or verb == "AUTH"
        if too_long or (len(line) > LONGEST_COMMAND and verb != "AUTH"):
            return Turn("unknown", refusal="500 5.5.2 The line is too long")
        if _has_surrogates(text):
            return Turn("unknown", refusal="500 5.5.2 The line is not UTF-8")
        stages = LMTP_STAGES if self._server.protocol == "lmtp" else STAGES
        return Turn(stages.get(verb, "unknown"), verb, argument.strip())

    async def auth_response(self) -> Turn:
        """The client's line in the exchange of AUTH."""
        async with Patience(self.patience):
            line, too_long = await self._wire.read_line(LONGEST_RESPONSE)
        octets = line.removesuffix(b"\n").removesuffix(b"\r")
        self._heard(Command(octets.decode("latin-1"), HIDDEN, self._wire.encrypted))
        if too_long:
            return Turn("auth-step", refusal="500 5.5.6 The line is too long")
        return Turn("auth-step", response=octets)

    async def message(self) -> Turn:
        """The message behind DATA."""
        reader = ContentReader(self._server.end_of_data, self._server.size)
        rest = None
        async with Patience(self.patience * SLOWEST_MESSAGE):
            while rest is None:
                rest = reader.feed(await self._some())
        self._wire.unread(rest)
        self._owed_lf = reader.owes_lf
        for oddity in reader.oddities():
            self._note(oddity)
        return Turn("eom", content=reader)

    async def _some(self) -> bytes:
        """The next octets, unless they take too long."""
        async with Patience(self.patience):
            return await self._wire.read_some()

    async def chunk(self, turn: Turn, chunks: Chunks) -> Turn:
        """The octets behind a BDAT; the last chunk is the end of the message, as a stage too."""
        left, last = chunk_in(turn.argument) or (0, False)
        async with Patience(self.patience * SLOWEST_MESSAGE):
            while left > 0:
                data = await self._some()
                chunks.add(data[:left])
                self._wire.unread(data[left:])
                left -= min(left, len(data))
        return Turn("eom" if last else "bdat", turn.verb, turn.argument, content=chunks)

    def _hear(self, text: str, *, may_be_secret: bool) -> None:
        shown = self._hider.hide(text, may_be_secret=may_be_secret)
        if _has_surrogates(shown):
            shown = shown.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        self._heard(Command(text, shown, self._wire.encrypted))


def _has_surrogates(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
