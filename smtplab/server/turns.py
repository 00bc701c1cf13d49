"""Turns: what a client says that has to be answered, read from the wire one after the other."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

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

TOO_SLOW = "the client was too slow"

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

    async def command(self, due: float) -> Turn:
        """The next command. Raises Gone at the end of the connection, TimeoutError when due."""
        line, too_long = await self._wire.read_line(LONGEST_RESPONSE, due)
        if self._owed_lf and line == b"\n":
            line, too_long = await self._wire.read_line(LONGEST_RESPONSE, due)
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
        due = asyncio.get_running_loop().time() + self.patience
        try:
            line, too_long = await self._wire.read_line(LONGEST_RESPONSE, due)
        except TimeoutError:
            raise Gone(TOO_SLOW) from None
        octets = line.removesuffix(b"\n").removesuffix(b"\r")
        self._heard(Command(octets.decode("latin-1"), HIDDEN, self._wire.encrypted))
        if too_long:
            return Turn("auth-step", refusal="500 5.5.6 The line is too long")
        return Turn("auth-step", response=octets)

    async def message(self) -> Turn:
        """The message behind DATA."""
        reader = ContentReader(self._server.end_of_data, self._server.size)
        rest = None
        latest = self._latest()
        while rest is None:
            rest = reader.feed(await self._some(latest))
        self._wire.unread(rest)
        self._owed_lf = reader.owes_lf
        for oddity in reader.oddities():
            self._note(oddity)
        return Turn("eom", content=reader)

    async def chunk(self, turn: Turn, chunks: Chunks) -> Turn:
        """The octets behind a BDAT; the last chunk is the end of the message, as a stage too."""
        left, last = chunk_in(turn.argument) or (0, False)
        latest = self._latest()
        while left > 0:
            data = await self._some(latest)
            chunks.add(data[:left])
            self._wire.unread(data[left:])
            left -= min(left, len(data))
        return Turn("eom" if last else "bdat", turn.verb, turn.argument, content=chunks)

    def _latest(self) -> float:
        """When a message that begins now has to be whole, on the loop's clock."""
        return asyncio.get_running_loop().time() + self.patience * SLOWEST_MESSAGE

    async def _some(self, latest: float) -> bytes:
        """The next octets, unless they, or all together, take too long."""
        now = asyncio.get_running_loop().time()
        try:
            data = await self._wire.read_some(min(latest, now + self.patience))
        except TimeoutError:
            raise Gone(TOO_SLOW) from None
        if now > latest:
            raise Gone(TOO_SLOW)
        return data

    def _hear(self, text: str, *, may_be_secret: bool) -> None:
        shown = self._hider.hide(text, may_be_secret=may_be_secret)
        if _has_surrogates(shown):
            shown = shown.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        self._heard(Command(text, shown, self._wire.encrypted))


def _has_surrogates(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
