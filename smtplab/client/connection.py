"""One connection of the client: the stream, SMTP on it, TLS around it, all told to one sink."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from smtplab.client.events import ClientEvent, ReplyForged
from smtplab.client.settings import Security, SessionSettings
from smtplab.protocol.client import ClientProtocol
from smtplab.protocol.events import IrregularitySeen, ProtocolEvent, ReplyReceived, Span
from smtplab.protocol.message_data import WireContent, parts_of
from smtplab.protocol.replies import Reply, readable
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import TlsEvent, TlsFailed
from smtplab.wire.events import Closed, ConnectFailed, Ending, Opened, Segment, WireEvent
from smtplab.wire.network import Network
from smtplab.wire.stream import ByteStream
from smtplab.wire.tap import TapStream

if TYPE_CHECKING:
    from smtplab.client.securing import Securing
    from smtplab.tls.problems import ChainProblem

Sink = Callable[[ClientEvent | ProtocolEvent | TlsEvent | WireEvent], None]
"""Takes each event in the order in which it happened."""

Gate = Callable[[str], Awaitable[None]]
"""Waits, between two parts of a step, until the user wants the next: it is told what that is."""

BLOCK = 1 << 18
"""Octets that have to be taken within one time limit (RFC 5321 §4.5.3.2.5)."""


class Connection:
    """The bytes of one session. Knows nothing of plans: it sends, waits, and reports."""

    def __init__(
        self,
        settings: SessionSettings,
        sink: Sink,
        now: Callable[[], datetime],
        network: Network,
    ) -> None:
        self.settings = settings
        self.protocol = ClientProtocol()
        self._sink = sink
        self._now = now
        self._network = network
        self.own_address = ""
        """The numeric address of our end; empty before there is one."""
        self._stream: ByteStream | None = None
        self._securing: Securing | None = None
        self._closed = False
        self._unasked: list[Reply] = []
        self._answers: deque[Reply] = deque()
        """Replies that came before anybody waited for them, such as an early greeting."""
        self.forged: Reply | None = None
        """Takes the place of the next reply, by the user's wish."""
        self.injected = False
        """Octets came in the clear between STARTTLS's 220 and the handshake."""

    @property
    def ending(self) -> Ending | None:
        """How the peer's half ended, if it has."""
        return self._stream.ending if self._stream is not None else None

    @property
    def stream(self) -> ByteStream | None:
        """Where the octets go; None before there is a connection."""
        return self._stream

    @property
    def is_clear(self) -> bool:
        """Whether no TLS is around what goes by."""
        return self._securing is None

    # Opening and closing.

    async def open(self, limit: float) -> str | None:
        """Connects; None when a connection stands, else why there is none."""
        reason = "no address"
        async for attempt in self._network.dial(self.settings.host, self.settings.port, limit):
            if isinstance(attempt, ConnectFailed):
                self._sink(attempt)
                reason = attempt.reason
            else:
                opened, stream = attempt
                self.adopt(opened, stream)
                return None
        return reason

    def adopt(self, opened: Opened, stream: ByteStream) -> None:
        """Takes a stream that is already open."""
        self._sink(opened)
        self.own_address = stream.own_address
        self._stream = stream

    async def close(self) -> None:
        """Closes, and says how the connection ended; only once."""
        if self._stream is None or self._closed:
            return
        self._closed = True
        ending = self.ending or Ending.LOCAL
        await self._stream.close()
        if self._securing is not None:
            self._securing.close()
        self._sink(Closed(ending))

    # SMTP.

    async def send_line(self, line: bytes, verb: Verb, secrets: tuple[Span, ...]) -> None:
        """Sends a command with its CR LF."""
        self.protocol.send_command(line, verb=verb, secrets=secrets)
        await self._send(self._outgoing())

    async def send_raw(self, octets: bytes) -> None:
        """Sends octets exactly as they are."""
        self.protocol.send_raw(octets)
        await self._send(self._outgoing())

    async def send_lines(self, lines: Sequence[tuple[bytes, Verb]]) -> None:
        """Sends several commands in one breath (RFC 2920 §3.1)."""
        for line, verb in lines:
            self.protocol.send_command(line, verb=verb)
        await self._send(self._outgoing())

    async def send_preamble(self, octets: bytes) -> None:
        """Sends what comes before SMTP."""
        self.protocol.send_preamble(octets)
        await self._send(self._outgoing())

    async def send_content(self, wire: WireContent, taken: Callable[[], None]) -> None:
        """Sends a message; tells when a block was taken."""
        self.protocol.send_content(wire.data, whole=wire.whole)
        await self._flush_by_blocks(taken)

    async def send_chunk(self, line: bytes, octets: bytes, taken: Callable[[], None]) -> None:
        """Sends a BDAT line and its octets; tells when a block was taken."""
        self.protocol.send_chunk(line, octets)
        await self._flush_by_blocks(taken)

    async def _flush_by_blocks(self, taken: Callable[[], None]) -> None:
        data = self._outgoing()
        if len(data) <= BLOCK:
            await self._send(data)
            return
        octets = memoryview(data)
        for start in range(0, len(octets), BLOCK):
            await self._send(octets[start : start + BLOCK])
            taken()

    async def send_content_by_parts(self, wire: bytes, gate: Gate) -> None:
        """Sends a message in its wire form part by part, as the gate opens."""
        self.protocol.send_content(wire)
        last = b""
        for part in parts_of(self._outgoing()):
            if last:
                await gate(f"{len(part):,} octets: {readable(part.rstrip()[:60])}")
            await self._send(part)
            last = part

    async def reply(self) -> Reply | None:
        """The reply to the oldest command that has none; None when the stream ended instead."""
        while self._stream is not None and not self._answers:
            data = await self._stream.receive()
            if not data:
                self.protocol.receive_eof()
                self._report()
                break
            self.take(data)
        return self._next_answer() if self._answers else None

    def _next_answer(self) -> Reply:
        reply, forged = self._answers.popleft(), self.forged
        if forged is None:
            return reply
        self.forged = None
        self._sink(ReplyForged(forged))
        return forged

    def poll(self) -> bool:
        """Takes what has arrived without being asked for; whether that, or an end, has come."""
        stream = self._stream
        if stream is None or self._closed:
            return False
        data = stream.receive_nowait()
        if data:
            self.take(data)
        return bool(data) or stream.ending is not None

    def early_answer(self) -> Reply | None:
        """The reply to what is still being sent, if it has come already."""
        self.poll()
        return self._next_answer() if self._answers else None

    def take_unasked(self) -> list[Reply]:
        """The replies that no command asked for, since the last call."""
        if not self._unasked:
            return []
        unasked, self._unasked = self._unasked, []
        return unasked

    def _report(self) -> None:
        """Tells the sink of all that happened; keeps each reply for whoever will ask for it."""
        sink = self._sink
        for event in self.protocol.events_received():
            sink(event)
            if isinstance(event, ReplyReceived):
                (self._answers if event.verb is not None else self._unasked).append(event.reply)
            elif isinstance(event, IrregularitySeen):
                self.injected |= event.irregularity.kind == "injected-after-starttls"
        if self._securing is not None:
            self._securing.tell_held()

    def take(self, data: bytes) -> None:
        """Octets came: tells what they are, and keeps the replies for whoever asks for them."""
        if self._securing is None:
            self._sink(Segment(False, len(data)))
        self.protocol.receive_data(data)
        self._report()

    def _outgoing(self) -> bytes:
        """What has to go out, told already: no record shows an answer before its question."""
        self._report()
        return self.protocol.data_to_send()

    def _send(self, data: bytes | memoryview) -> Awaitable[None]:
        assert self._stream is not None
        if self._securing is None and data:
            self._sink(Segment(True, len(data)))
        return self._stream.send(data)

    # TLS.

    def prepare_tls(self) -> bool:
        """Before the handshake: drops what came in the clear after the 220; True if nothing did."""
        self.poll()
        if self.settings.security is not Security.IMPLICIT:
            self.protocol.start_tls()
            self._report()
        return not (self.injected or self.take_unasked())

    async def shake_hands(self, gate: Gate | None = None) -> bool:
        """The handshake; False when it failed, with `tls_failure` and `problems` saying why.

        With a gate it goes flight by flight.
        """
        from smtplab.client.securing import Securing

        assert self._stream is not None
        below = TapStream(self._stream, self._on_ciphertext)
        self._securing = Securing(self.settings, self._sink, self._now, below)
        self._stream = self._securing.stream
        if not await self._securing.shake_hands(gate):
            return False
        if self.settings.security is not Security.IMPLICIT:
            self.protocol.tls_up()
        return True

    @property
    def tls_failure(self) -> TlsFailed | None:
        """Why the handshake failed, if it did."""
        return self._securing.failure if self._securing is not None else None

    @property
    def problems(self) -> "tuple[ChainProblem, ...]":
        """All that is wrong with the server's certificates."""
        return self._securing.problems if self._securing is not None else ()

    def end_point(self) -> bytes:
        """The channel binding of the TLS that stands; empty without one (RFC 5929 §4.1)."""
        return self._securing.end_point() if self._securing is not None else b""

    def _on_ciphertext(self, from_client: bool, data: bytes | memoryview) -> None:
        octets = bytes(data)
        self._sink(Segment(from_client, len(octets), octets))
        if self._securing is not None:
            self._securing.saw(from_client, octets)
