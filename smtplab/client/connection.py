"""One connection of the client: the stream, SMTP on it, TLS around it, all told to one sink."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime

from smtplab.client.events import ClientEvent, ReplyForged
from smtplab.client.settings import Security, SessionSettings
from smtplab.protocol.client import ClientProtocol
from smtplab.protocol.events import IrregularitySeen, ProtocolEvent, ReplyReceived, Span
from smtplab.protocol.message_data import WireContent, parts_of
from smtplab.protocol.replies import Reply, readable
from smtplab.protocol.verbs import Verb
from smtplab.tls.binding import end_point
from smtplab.tls.certificates import chain_from_message
from smtplab.tls.chain_check import check_chain
from smtplab.tls.chain_path import ChainProblem
from smtplab.tls.engine import TlsEngine
from smtplab.tls.events import (
    AlertSeen,
    ChainChecked,
    HandshakeMessage,
    KeyLine,
    TlsEvent,
    TlsFailed,
)
from smtplab.tls.observer import HandshakeObserver
from smtplab.tls.settings import VERSIONS, ClientTls, client_context, trusted_roots
from smtplab.wire.events import Closed, ConnectFailed, Ending, Opened, Segment, WireEvent
from smtplab.wire.stream import ByteStream
from smtplab.wire.tap import TapStream
from smtplab.wire.tcp import connect
from smtplab.wire.tls_stream import TlsStream

Sink = Callable[[ClientEvent | ProtocolEvent | TlsEvent | WireEvent], None]
"""Takes each event in the order in which it happened."""

Dial = Callable[[str, int, float], AsyncIterator[ConnectFailed | tuple[Opened, ByteStream]]]
"""Opens a stream to a host and port, with so many seconds for each attempt: `wire.tcp.connect`."""

Gate = Callable[[str], Awaitable[None]]
"""Waits, between two parts of a step, until the user wants the next: it is told what that is."""

BLOCK = 1 << 18
"""Octets that have to be taken within one time limit (RFC 5321 §4.5.3.2.5)."""

NAME_PROBLEMS = frozenset({"name-mismatch", "cn-only", "ip-as-dns"})

HOSTNAME_MISMATCH = 62
"""X509_V_ERR_HOSTNAME_MISMATCH, as OpenSSL would say it."""

CERTIFICATE = 11
"""The handshake type of a Certificate message (RFC 8446 §4)."""


def client_tls(settings: SessionSettings) -> ClientTls:
    """The TLS wishes of a session."""
    return ClientTls(
        settings.dialled_name,
        verify=settings.verify,
        ca_pem=settings.ca_pem,
        client_chain_pem=settings.client_chain_pem,
        client_key_pem=settings.client_key_pem,
        minimum=VERSIONS[settings.tls_minimum],
        maximum=VERSIONS[settings.tls_maximum] if settings.tls_maximum else None,
        ciphers=settings.ciphers,
        checks_name=settings.sni is None,
    )


class Connection:
    """The bytes of one session. Knows nothing of plans: it sends, waits, and reports."""

    def __init__(
        self,
        settings: SessionSettings,
        sink: Sink,
        now: Callable[[], datetime],
        dial: Dial = connect,
    ) -> None:
        self.settings = settings
        self.protocol = ClientProtocol()
        self.tls_failure: TlsFailed | None = None
        self.problems: tuple[ChainProblem, ...] = ()
        self._sink = sink
        self._now = now
        self._dial = dial
        self._stream: ByteStream | None = None
        self._tap: TapStream | None = None
        self._engine: TlsEngine | None = None
        self._observer: HandshakeObserver | None = None
        self._chain: tuple[bytes, ...] = ()
        self._closed = False
        self._is_up = False
        self._held: list[AlertSeen] = []
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

    # Opening and closing.

    async def open(self, limit: float) -> str | None:
        """Connects; None when a connection stands, else why there is none."""
        reason = "no address"
        async for attempt in self._dial(self.settings.host, self.settings.port, limit):
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
        self._tap = TapStream(stream, self._on_segment)
        self._stream = self._tap

    async def close(self) -> None:
        """Closes, and says how the connection ended; only once."""
        if self._stream is None or self._closed:
            return
        self._closed = True
        ending = self.ending or Ending.LOCAL
        await self._stream.close()
        self._take_keys()
        if self._engine is not None:
            self._engine.close()
        self._tell_held()
        self._sink(Closed(ending))

    # SMTP.

    async def send_line(self, line: bytes, verb: Verb, secrets: tuple[Span, ...]) -> None:
        """Sends a command with its CR LF."""
        self.protocol.send_command(line, verb=verb, secrets=secrets)
        await self._flush()

    async def send_raw(self, octets: bytes) -> None:
        """Sends octets exactly as they are."""
        self.protocol.send_raw(octets)
        await self._flush()

    async def send_lines(self, lines: Sequence[tuple[bytes, Verb]]) -> None:
        """Sends several commands in one breath (RFC 2920 §3.1)."""
        for line, verb in lines:
            self.protocol.send_command(line, verb=verb)
        await self._flush()

    async def send_preamble(self, octets: bytes) -> None:
        """Sends what comes before SMTP."""
        self.protocol.send_preamble(octets)
        await self._flush()

    async def send_content(self, wire: WireContent, taken: Callable[[], None]) -> None:
        """Sends a message; tells when a block was taken."""
        self.protocol.send_content(wire.data, whole=wire.whole)
        await self._flush_by_blocks(taken)

    async def send_chunk(self, line: bytes, octets: bytes, taken: Callable[[], None]) -> None:
        """Sends a BDAT line and its octets; tells when a block was taken."""
        self.protocol.send_chunk(line, octets)
        await self._flush_by_blocks(taken)

    async def _flush_by_blocks(self, taken: Callable[[], None]) -> None:
        self._report()
        data = self.protocol.data_to_send()
        octets = memoryview(data)
        for start in range(0, len(octets), BLOCK):
            if self._stream is not None:
                await self._stream.send(octets[start : start + BLOCK])
                taken()

    async def send_content_by_parts(self, wire: bytes, gate: Gate) -> None:
        """Sends a message in its wire form part by part, as the gate opens."""
        self.protocol.send_content(wire)
        self._report()
        last = b""
        for part in parts_of(self.protocol.data_to_send()):
            if last:
                await gate(f"{len(part):,} octets: {readable(part.rstrip()[:60])}")
            if self._stream is not None:
                await self._stream.send(part)
            last = part

    async def reply(self) -> Reply | None:
        """The reply to the oldest command that has none; None when the stream ended instead."""
        while self._stream is not None and not self._answers:
            data = await self._stream.receive()
            if not data:
                self.protocol.receive_eof()
                self._report()
                break
            self.protocol.receive_data(data)
            self._report()
        return self._next_answer() if self._answers else None

    def _next_answer(self) -> Reply:
        reply, forged = self._answers.popleft(), self.forged
        if forged is None:
            return reply
        self.forged = None
        self._sink(ReplyForged(forged))
        return forged

    def poll(self) -> None:
        """Takes what has arrived without being asked for."""
        if self._stream is None or self._closed:
            return
        data = self._stream.receive_nowait()
        if data:
            self.protocol.receive_data(data)
            self._report()

    def take_unasked(self) -> list[Reply]:
        """The replies that no command asked for, since the last call."""
        if not self._unasked:
            return []
        unasked, self._unasked = self._unasked, []
        return unasked

    def _report(self) -> None:
        """Tells the sink of all that happened; keeps each reply for whoever will ask for it."""
        for event in self.protocol.events_received():
            self._sink(event)
            if isinstance(event, ReplyReceived):
                (self._answers if event.verb is not None else self._unasked).append(event.reply)
            elif isinstance(event, IrregularitySeen):
                self.injected |= event.irregularity.kind == "injected-after-starttls"
        if self._held:
            self._tell_held()

    async def _flush(self) -> None:
        self._report()
        data = self.protocol.data_to_send()
        if self._stream is not None:
            await self._stream.send(data)

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
        assert self._tap is not None
        wishes = client_tls(self.settings)
        asked = self.settings.dialled_name if self.settings.sni is None else self.settings.sni
        self._engine = TlsEngine(client_context(wishes), server_name=asked or None)
        self._observer = HandshakeObserver()
        stream = TlsStream(self._tap, self._engine, self._take_keys)
        self._stream = stream
        done = await stream.handshake(gate)
        self._take_keys()
        self._check_chain(wishes)
        up = self._engine.up() if done else None
        misnamed = self._misnamed(wishes)
        if up is None or misnamed is not None:
            other = misnamed or TlsFailed("handshake failed")
            self.tls_failure = self._engine.failure or other
            self._sink(self.tls_failure)
            return False
        self._sink(up)
        self._is_up = True
        if self.settings.security is not Security.IMPLICIT:
            self.protocol.tls_up()
        return True

    def _misnamed(self, wishes: ClientTls) -> TlsFailed | None:
        """OpenSSL checks the name that it asks for; where another one counts, we have to."""
        if not wishes.verify or wishes.checks_name:
            return None
        wrong = any(p.code in NAME_PROBLEMS and p.severity == "error" for p in self.problems)
        return TlsFailed("hostname mismatch", HOSTNAME_MISMATCH) if wrong else None

    def end_point(self) -> bytes:
        """The channel binding of the TLS that stands; empty without one (RFC 5929 §4.1)."""
        return end_point(self._chain[0]) if self._is_up and self._chain else b""

    def _check_chain(self, wishes: ClientTls) -> None:
        if not self._chain:
            return
        self.problems = check_chain(
            self._chain, trusted_roots(wishes), self.settings.dialled_name, self._now()
        )
        self._sink(
            ChainChecked(self.settings.dialled_name, self._chain, self.problems, wishes.verify)
        )

    def _on_segment(self, from_client: bool, data: bytes | memoryview) -> None:
        if self._observer is None:
            self._sink(Segment(from_client, len(data)))
            return
        octets = bytes(data)
        self._sink(Segment(from_client, len(octets), octets))
        self._observed(self._observer.feed(from_client, octets))

    def _take_keys(self) -> None:
        if self._engine is None or self._observer is None:
            return
        lines = self._engine.key_lines()
        if not lines:
            return
        for line in lines:
            self._sink(KeyLine(line))
        self._observed(self._observer.add_key_lines(lines))

    def _observed(self, events: list[TlsEvent]) -> None:
        for event in events:
            if isinstance(event, HandshakeMessage) and event.data[:1] == bytes([CERTIFICATE]):
                self._chain = self._chain or chain_from_message(event.data)
            if isinstance(event, AlertSeen) and not event.from_client and self._is_up:
                self._held.append(event)
            else:
                self._sink(event)

    def _tell_held(self) -> None:
        """The server's alerts, which stand behind what it said before them in the same octets."""
        held, self._held = self._held, []
        for event in held:
            self._sink(event)
