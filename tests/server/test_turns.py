"""Turns: what a client says, and how long it may take."""

import collections

import pytest

from smtplab.scenarios.model import Server
from smtplab.server.content import Chunks
from smtplab.server.exchange import Command
from smtplab.server.session_log import Hider
from smtplab.server.turns import (
    LONGEST_PHRASE,
    MOST_PHRASES,
    Phrases,
    Turn,
    TurnReader,
    chunk_in,
)
from smtplab.server.wire import Gone


@pytest.mark.parametrize(
    ("argument", "chunk"),
    [("5", (5, False)), ("5 LAST", (5, True)), ("0  last", (0, True)), ("", None), ("LAST", None),
     ("-1", None), ("5 LAST x", None), ("9" * 13, None)],
)  # fmt: skip
def test_what_bdat_announces(argument: str, chunk: tuple[int, bool] | None) -> None:
    assert chunk_in(argument) == chunk


SLOW = [
    ([], b"421 4.4.2 Nothing came for too long\r\n", "said 421"),
    ([b"NO"], b"421 4.4.2 Nothing came for too long\r\n", "said 421"),
    ([b"AUTH LOGIN\r\n"], b"334 VXNlcm5hbWU6\r\n", "the client was too slow"),
    (
        [b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c@d>\r\n", b"DATA\r\n"],
        b"354",
        "the client was too slow",
    ),
]


@pytest.mark.parametrize(("said", "reply", "how"), SLOW)
async def test_a_client_that_takes_too_long(labs, said: list[bytes], reply: bytes, how) -> None:
    lab = await labs.start("server: {timeout: 500s}", base="plain")
    client = await labs.hello(lab)
    client.send(b"".join(said))
    assert await client.ended() == "fin"
    assert reply in bytes(client.received)
    client.close()
    assert await labs.closed(lab) == how


async def test_a_client_that_never_shakes_hands(labs) -> None:
    lab = await labs.start("server: {timeout: 50s}", base="implicit")
    client = await labs.dial(lab)
    assert await client.ended() == "fin"
    assert await labs.closed(lab) == "the client was too slow"


SAID = [
    b"MAIL FROM:<a@b>\r\n", b"MAIL FROM:<a@b>\r\n", b"mail FROM:<a@b>\r\n", b"NOOP secret\r\n",
    b"MAIL FROM:<a@b>\n", b"AUTH PLAIN AGEAYg==\r\n", b"AGEAYg==\r\n", b"DATA\r\n",
    b"RCPT TO:<" + b"x" * LONGEST_PHRASE + b">\r\n",
]  # fmt: skip


async def test_what_is_remembered_of_lines() -> None:
    phrases: Phrases = {}
    for _ in range(2):
        heard: list[Command] = []
        notes: list[str] = []
        wire = Lines(SAID)
        reader = TurnReader(wire, Server(), 1, Hider([]), heard.append, notes.append, phrases)  # type: ignore[arg-type]
        stages = [turn.stage for turn in iter(reader.take, None)]
        assert stages == [
            "mail", "mail", "mail", "noop", "mail", "auth", "unknown", "data", "rcpt",
        ]  # fmt: skip
        assert [command.line.encode() for command in heard] == [x.rstrip() for x in SAID]
        assert [command.shown for command in heard[5:7]] == ["AUTH PLAIN ********", "********"]
        assert len(notes) == 1
    assert {line for line, _ in phrases} == {SAID[0], SAID[2], SAID[7]}


async def test_not_many_lines_are_remembered() -> None:
    phrases: Phrases = {}
    wire = Lines([b"MAIL FROM:<%d@b>\r\n" % number for number in range(2 * MOST_PHRASES)])
    reader = TurnReader(
        wire, Server(), 1, Hider([]), lambda command: None, lambda text: None, phrases
    )  # type: ignore[arg-type]
    for turn in iter(reader.take, None):
        assert turn.stage == "mail"
        assert len(phrases) <= MOST_PHRASES


class Lines:
    """A wire with these lines on it."""

    encrypted = False

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = list(reversed(lines))

    def take_line(self, limit: int) -> tuple[bytes, bool] | None:
        return (self._lines.pop(), False) if self._lines else None


class Drip:
    """A wire on which an octet comes whenever one is wanted, and never an end."""

    encrypted = False

    def __init__(self) -> None:
        self.octets = 0

    def take_all(self) -> bytes:
        self.octets += 1
        return b"x"

    def unread(self, data: bytes) -> None:
        assert data == b""


@pytest.mark.parametrize("way", ["DATA", "BDAT"])
async def test_a_message_that_comes_an_octet_at_a_time_and_never_ends(way: str) -> None:
    wire = Drip()
    reader = TurnReader(
        wire, Server(size=1000), 0.005, Hider([]), lambda command: None, lambda text: None, {}
    )  # type: ignore[arg-type]
    chunks = Chunks(1000)
    if way == "DATA":
        reader.expect_message()
    else:
        reader.expect_chunk(Turn("bdat", "BDAT", "999999999999 LAST"), chunks)
    with pytest.raises(Gone, match="too slow"):
        collections.deque(iter(reader.take, Turn("never")), maxlen=0)
    assert wire.octets > 1, "no single octet was late"
    assert len(chunks.content()) <= 1000
