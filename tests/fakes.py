"""A scripted server in memory: what it says to each verb, and how it leaves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from smtplab.client.outcome import Outcome
from smtplab.client.progress import Decline
from smtplab.client.runner import Runner
from smtplab.client.settings import Envelope, Security, SessionSettings, TimeLimits
from smtplab.client.standing import LIMITS
from smtplab.protocol.sasl import Credentials
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Event
from smtplab.wire.events import ConnectFailed, Opened
from smtplab.wire.memory import MemoryStream, memory_pair
from smtplab.wire.network import Attempt
from smtplab.wire.tcp import LoopNetwork

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

PATIENCE, AWHILE = 10.0, 0.1
"""Seconds that the client waits for what will come, and for what a server keeps to itself."""

FIN, RST, SILENCE = b"\0fin", b"\0rst", b"\0silence"
"""Answers that are none: the server closes, throws the connection away, or says nothing (more)."""

HONEST: dict[str, tuple[bytes, ...]] = {
    "greeting": (b"220 fake.test ESMTP\r\n",),
    "EHLO": (
        b"250-fake.test\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n"
        b"250 AUTH PLAIN LOGIN CRAM-MD5\r\n",
    ),
    "HELO": (b"250 fake.test\r\n",),
    "LHLO": (b"250-fake.test\r\n250-PIPELINING\r\n250 CHUNKING\r\n",),
    "XCLIENT": (b"220 fake.test ESMTP\r\n",),
    "BDAT": (b"250 2.0.0 octets\r\n",),
    "AUTH": (b"235 2.7.0 in\r\n",),
    "MAIL": (b"250 2.1.0 ok\r\n",),
    "RCPT": (b"250 2.1.5 ok\r\n",),
    "DATA": (b"354 go\r\n",),
    "content": (b"250 2.0.0 queued\r\n",),
    "RSET": (b"250 ok\r\n",),
    "NOOP": (b"250 ok\r\n",),
    "QUIT": (b"221 bye\r\n",),
}  # fmt: skip


@dataclass
class ScriptedServer:
    """Answers each verb from a table; the last answer of a verb is repeated."""

    answers: dict[str, tuple[bytes, ...]]
    heard: list[bytes] = field(default_factory=list)
    """Every line, and every message with its final dot, in order."""
    counts: dict[str, int] = field(default_factory=dict)

    async def serve(self, stream: MemoryStream) -> None:
        """Until either side ends it."""
        if not await self._say(stream, "greeting"):
            return
        buffer = b""
        while data := await stream.receive():
            buffer += data
            while b"\n" in buffer:
                line, _, buffer = buffer.partition(b"\n")
                self.heard.append(line + b"\n")
                verb = line.split(b" ")[0].strip().upper().decode("ascii", "replace")
                if verb == "BDAT":
                    buffer = await self._chunk(stream, buffer, int(line.split()[1]))
                if not await self._say(stream, verb):
                    return
                if verb == "DATA" and self.said.startswith(b"354"):
                    buffer = await self._content(stream, buffer)
                    if not await self._say(stream, "content"):
                        return

    said = b""

    async def _say(self, stream: MemoryStream, verb: str) -> bool:
        choices = self.answers.get(verb, (b"500 what?\r\n",))
        number = self.counts.get(verb, 0)
        self.counts[verb] = number + 1
        self.said = answer = choices[min(number, len(choices) - 1)]
        if answer == FIN:
            await stream.close()
        elif answer == RST:
            stream.reset()
        else:
            await stream.send(answer.removesuffix(SILENCE))
            return True
        return False

    async def _chunk(self, stream: MemoryStream, buffer: bytes, size: int) -> bytes:
        while len(buffer) < size:
            data = await stream.receive()
            if not data:
                return b""
            buffer += data
        self.heard.append(buffer[:size])
        return buffer[size:]

    async def _content(self, stream: MemoryStream, buffer: bytes) -> bytes:
        buffer = b"\r\n" + buffer
        while b"\r\n.\r\n" not in buffer:
            data = await stream.receive()
            if not data:
                return b""
            buffer += data
        content, _, rest = buffer.partition(b"\r\n.\r\n")
        self.heard.append(content[2:] + b"\r\n.\r\n")
        return rest

    def lines(self) -> list[str]:
        """What was heard, a line each, without line ends."""
        return [line.rstrip(b"\r\n").decode("latin-1") for line in self.heard]


def settings(**wishes: Any) -> SessionSettings:
    """A plain session from alice to bob."""
    recipients = wishes.pop("recipients", ("bob@fake.test",))
    chosen: dict[str, Any] = {
        "host": "fake.test",
        "port": 25,
        "security": Security.PLAIN,
        "envelope": Envelope("alice@fake.test", tuple(recipients)),
        "content": b"Subject: x\r\n\r\nhello\r\n",
        "limits": TimeLimits.all(PATIENCE),
    }
    return SessionSettings(**{**chosen, **wishes})


CREDENTIALS = Credentials("alice", "open-sesame")


def limit_of(verb: str) -> str:
    """The name of the time limit of a verb; the table of answers has some that are none."""
    known = verb in Verb._value2member_map_
    return LIMITS[Verb(verb)][0] if known and Verb(verb) in LIMITS else "command"


class MemoryNetwork(LoopNetwork):
    """Every host answers, in memory, unless its name says that it is absent."""

    def __init__(self, accept: Callable[[MemoryStream], None]) -> None:
        super().__init__()
        self._accept = accept

    async def dial(self, host: str, port: int, limit: float) -> AsyncIterator[Attempt]:
        if host.startswith("absent"):
            yield ConnectFailed(host, port, "192.0.2.9", "no answer within 1 s")
            return
        ours, theirs = memory_pair()
        self._accept(theirs)
        yield Opened(host, port, "192.0.2.1", 0.0), ours


class Session:
    """A runner against a scripted server; its events in order."""

    def __init__(self, wishes: SessionSettings, **answers: bytes | tuple[bytes, ...]) -> None:
        table = {verb: a if isinstance(a, tuple) else (a,) for verb, a in answers.items()}
        silent = {
            limit_of(verb): AWHILE
            for verb, given in table.items()
            if any(answer.endswith(SILENCE) for answer in given)
        }
        wishes = replace(wishes, limits=replace(wishes.limits, **silent))
        self.server = ScriptedServer({**HONEST, **table})
        self.events: list[Event] = []
        self._tasks: list[asyncio.Task[None]] = []
        network = MemoryNetwork(self._accept)
        self.runner = Runner(wishes, self.events.append, lambda: NOON, network)

    def _accept(self, stream: MemoryStream) -> None:
        self._tasks.append(asyncio.create_task(self.server.serve(stream)))

    async def to_the_end(self) -> Outcome:
        """Automatic; at each question the safe answer."""
        for _ in range(200):
            if self.runner.ended is not None:
                break
            await self.runner.step()
        return await self.close()

    async def close(self) -> Outcome:
        """Ends it; how it ended."""
        await self.runner.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self.runner.ended is not None
        return self.runner.ended

    async def server_done(self) -> None:
        """Waits until the server has read all that was left to it; the session must be over."""
        await asyncio.gather(*self._tasks)

    async def until(self, stage: str) -> None:
        """Steps until that stage is planned."""
        for _ in range(100):
            if self.runner.stage.value == stage:
                return
            await self.runner.step()
        raise AssertionError(f"{stage} never came")

    @property
    def question(self) -> Decline:
        """What would be declined now."""
        assert isinstance(self.runner.planned, Decline)
        return self.runner.planned
