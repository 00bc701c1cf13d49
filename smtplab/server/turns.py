"""Turns: what a client says that has to be answered, read from the wire one after the other."""

import asyncio
import math
import re
from collections.abc import Callable
from functools import partial

from smtplab.scenarios.model import Server
from smtplab.server.content import Chunks, Content, ContentReader
from smtplab.server.exchange import Command
from smtplab.server.session_log import HIDDEN, Hider
from smtplab.server.wire import Gone, Wire
from smtplab.values import value

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


@value
class Turn:
    """What has to be answered: a command, a line of an AUTH exchange, a message, or a stage."""

    stage: str
    verb: str = ""
    argument: str = ""
    response: bytes = b""
    content: Content | None = None
    refusal: str = ""
    """The honest reply to a line that cannot be a command, whatever it says."""


Phrases = dict[tuple[bytes, bool], tuple[Turn, Command]]
"""Lines that were heard before, and whether inside TLS -> what they say, and what is kept."""

REPEATED = frozenset({"EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "RSET", "QUIT"})
"""The verbs of lines that most clients say again and again, and that hold no secrets."""

MOST_PHRASES = 512
LONGEST_PHRASE = 512


class TurnReader:
    """Reads the turns of one connection; `heard` and `note` are told of what came.

    What it expects decides what the next octets are: a command, a response, a message, a chunk.
    """

    def __init__(
        self,
        wire: Wire,
        server: Server,
        patience: float,
        hider: Hider,
        heard: Callable[[Command], None],
        note: Callable[[str], None],
        phrases: Phrases,
    ) -> None:
        self.patience = patience
        """Seconds to wait for the next octets."""
        self.due = math.inf
        """When the next octets have to be here, or the whole line, on the loop's clock."""
        self.take: Callable[[], Turn | None] = self._command
        """The next turn; None when it is not all here. Raises Gone when it comes too slowly."""
        self.idle = True
        """Whether it is the client's turn to think of a command."""
        self.fresh = False
        """Whether a message is expected of which nothing has come."""
        self.left = math.inf
        """How many more commands may come; lines of AUTH count as such."""
        self._wire = wire
        self._clock = asyncio.get_running_loop().time
        self._stages = LMTP_STAGES if server.protocol == "lmtp" else STAGES
        self._server = server
        self._hider = hider
        self._heard = heard
        self._note = note
        self._phrases = phrases
        self._message: ContentReader | None = None
        self._latest = math.inf
        """When the message or chunk has to be whole."""
        self._tried_auth = False
        self._owed_lf = False

    # What is expected.

    def expect_command(self) -> None:
        """Any command."""
        self.take, self.due = self._command, self._clock() + self.patience
        self.idle, self.fresh = True, False

    def expect_response(self) -> None:
        """The client's line in the exchange of AUTH."""
        self.take, self.due = self._response, self._clock() + self.patience
        self.idle = False

    def expect_message(self) -> None:
        """The message behind DATA."""
        self._message = None
        self._expect_octets(self._content)
        self.fresh = True

    def expect_chunk(self, turn: Turn, chunks: Chunks) -> None:
        """The octets behind a BDAT; the last chunk is the end of the message, as a stage too."""
        count, last = chunk_in(turn.argument) or (0, False)
        end = Turn("eom" if last else "bdat", turn.verb, turn.argument, content=chunks)
        self._expect_octets(partial(self._chunk, end, chunks, chunks.size + count))

    def expect_again(self, turn: Turn) -> None:
        """What was taken and not answered."""
        self.take, self.idle = lambda: turn, False

    def _expect_octets(self, take: Callable[[], Turn | None]) -> None:
        now = self._clock()
        self._latest = now + self.patience * SLOWEST_MESSAGE
        self.take, self.due = take, now + self.patience
        self.idle = False

    # Each of these is `take` while it is expected.

    def _command(self) -> Turn | None:
        got = self._wire.take_line(LONGEST_RESPONSE)
        if got is not None and self._owed_lf:
            self._owed_lf = False
            if got[0] == b"\n":
                got = self._wire.take_line(LONGEST_RESPONSE)
        if got is None:
            return None
        self.left -= 1
        phrase = (got[0], self._wire.encrypted)
        known = self._phrases.get(phrase)
        if known is None:
            known = self._understood(*got)
            self._remember(phrase, known)
        self._heard(known[1])
        return known[0]

    def _understood(self, line: bytes, too_long: bool) -> tuple[Turn, Command]:
        if not line.endswith(b"\r\n") and not too_long:
            self._note("a command line ended with LF alone, not with CR LF")
        octets = line.removesuffix(b"\n").removesuffix(b"\r")
        text = octets.decode("utf-8", "surrogateescape")
        verb, _, argument = text.partition(" ")
        verb = verb.upper()
        command = self._written(text, may_be_secret=self._tried_auth and verb not in STAGES)
        self._tried_auth = self._tried_auth or verb == "AUTH"
        if too_long or (len(line) > LONGEST_COMMAND and verb != "AUTH"):
            return Turn("unknown", refusal="500 5.5.2 The line is too long"), command
        if _has_surrogates(text):
            return Turn("unknown", refusal="500 5.5.2 The line is not UTF-8"), command
        return Turn(self._stages.get(verb, "unknown"), verb, argument.strip()), command

    def _remember(self, phrase: tuple[bytes, bool], known: tuple[Turn, Command]) -> None:
        line = phrase[0]
        if known[0].verb in REPEATED and len(line) <= LONGEST_PHRASE and line.endswith(b"\r\n"):
            if len(self._phrases) >= MOST_PHRASES:
                self._phrases.clear()
            self._phrases[phrase] = known

    def _response(self) -> Turn | None:
        got = self._wire.take_line(LONGEST_RESPONSE)
        if got is None:
            return None
        self.left -= 1
        octets = got[0].removesuffix(b"\n").removesuffix(b"\r")
        self._heard(Command(octets.decode("latin-1"), HIDDEN, self._wire.encrypted))
        if got[1]:
            return Turn("auth-step", refusal="500 5.5.6 The line is too long")
        return Turn("auth-step", response=octets)

    def _content(self) -> Turn | None:
        data = self._octets()
        if not data:
            return None
        reader = self._message
        if reader is None:
            reader = ContentReader(self._server.end_of_data, self._server.size)
            self._message, self.fresh = reader, False
        rest = reader.feed(data)
        if rest is None:
            return None
        self._message = None
        if rest:
            self._wire.unread(rest)
        self._owed_lf = reader.owes_lf
        for oddity in reader.oddities():
            self._note(oddity)
        return Turn("eom", content=reader)

    def _chunk(self, end: Turn, chunks: Chunks, size: int) -> Turn | None:
        if chunks.size < size:
            data, missing = self._octets(), size - chunks.size
            chunks.add(data[:missing])
            self._wire.unread(data[missing:])
        return end if chunks.size == size else None

    def _octets(self) -> bytes:
        """What has come, unless it comes too slowly, by itself or all together."""
        now = self._clock()
        if now > self._latest:
            raise Gone(TOO_SLOW)
        self.due = min(self._latest, now + self.patience)
        return self._wire.take_all()

    def _written(self, text: str, *, may_be_secret: bool) -> Command:
        shown = self._hider.hide(text, may_be_secret=may_be_secret)
        if _has_surrogates(shown):
            shown = shown.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return Command(text, shown, self._wire.encrypted)


def _has_surrogates(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
