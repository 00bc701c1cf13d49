"""The wire: owns the octets of one connection, its TLS, and the way in which it ends.

asyncio's streams would hide what a lab wants to steer: how a write is cut, whether a connection
ends with FIN, RST or half of it, and what came before the last octet of a 220.
"""

import asyncio
import contextlib
import math
import os
import socket
import ssl
import struct
from collections.abc import Callable
from typing import cast

from smtplab.server.broken_handshakes import cut_flight
from smtplab.server.intake import EndlessLineError, Intake
from smtplab.server.patience import Patience
from smtplab.server.shaping import BLOCK, WHOLE, Shape, shaped
from smtplab.server.tape import Layer, Side, Tape
from smtplab.tls.engine import Handshake, TlsEngine
from smtplab.tls.events import TlsFailed, TlsUp

HIGH = 1 << 20
"""Octets that wait to be read at which the client is held up, until somebody wants more."""

ROOM, MOST_ROOM = 1 << 12, 1 << 16
"""Octets that one read takes at most: at first, and once a client has filled that."""

LINGER = 2.0
"""Seconds to read out what a client still sends after our FIN; closing at once would be a RST."""

STALL = 300.0
"""Seconds that a client may let us wait until it reads."""

TLS_RECORD = b"\x16\x03"
"""How the record of a ClientHello begins; no SMTP command does."""


# To look up a member of an Enum takes longer than to write down an octet.
CLIENT, SERVER = Side.CLIENT, Side.SERVER
PLAIN, TLS, CIPHER = Layer.PLAIN, Layer.TLS, Layer.CIPHER


class Gone(Exception):
    """The connection is over; the text says how."""


class Wire(asyncio.BufferedProtocol):
    """One connection. One task reads and writes; `on_open` is called when it is there."""

    def __init__(self, tape: Tape, on_open: "Callable[[Wire], None]") -> None:
        self.tape = tape
        self.peer = ""
        self.dropped = 0
        """Octets that the client had sent behind STARTTLS, ahead of the 220."""
        self.engine: TlsEngine | None = None
        self.encrypted = False
        self._on_open = on_open
        self._transport: asyncio.Transport | None = None
        self._room = memoryview(bytearray(ROOM))
        self._intake = Intake()
        self._mark = 0
        """How many octets had come in all when the last octet was written."""
        self._patience = Patience()
        self.extend = self._patience.extend
        """Moves on the time at which `more` is due, from within `meanwhile`."""
        self.writable = True
        """Whether the client takes what is written."""
        self._unblocked: asyncio.Event | None = None
        """Set when it does again, or never will."""
        self._lost = asyncio.Event()
        self._eof = False
        self._shaking = False
        self._held_up = False
        self._deaf = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        peer = transport.get_extra_info("peername")
        self.peer = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        self._on_open(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """The room for the next read."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """So many octets came into it; a copy of the right size leaves no holes in memory."""
        data = self._room[:nbytes].tobytes()
        if nbytes == len(self._room) < MOST_ROOM:
            self._room = memoryview(bytearray(MOST_ROOM))
        if self.engine is not None or self._intake.waiting or not self._patience.offer(data):
            self._came(data)

    def _came(self, data: bytes) -> None:
        if self.engine is None:
            self.tape.add(CLIENT, PLAIN, data)
            self._intake.add(data)
        elif self._tls_is_alive():
            self.tape.add(CLIENT, CIPHER, data)
            self.engine.receive_data(data)
            if self.encrypted:
                self._decrypt()
        # Octets behind a broken or closed TLS are dropped: nobody would ever take them.
        if self._eof:  # inside TLS it comes along with the last octets
            self._patience.wake()
        elif self._patience.nudge():
            return
        if not self._held_up and len(self._intake) > HIGH:
            self._held_up = True
            self._regulate()

    def eof_received(self) -> bool:
        """The client says no more, but may still be listening: True keeps our half open."""
        self._eof = True
        self._patience.wake()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing goes in or out any more."""
        self._lost.set()
        self.resume_writing()
        self._patience.end()
        if self.engine is not None:
            self.engine.close()

    def pause_writing(self) -> None:
        """The client does not read."""
        self.writable = False

    def resume_writing(self) -> None:
        """It reads again."""
        self.writable = True
        if self._unblocked is not None:
            self._unblocked.set()

    # Reading. `more` is due at a time of the loop's clock, and raises TimeoutError then.

    def take_line(self, limit: int) -> tuple[bytes, bool] | None:
        """The next line with its end, and whether it was too long (then it is not whole).

        None when its end is not here yet. Raises Gone when it never seems to come.
        """
        try:
            return self._intake.take_line(limit)
        except EndlessLineError:
            raise Gone("the client sent a line without an end") from None

    def take_all(self) -> bytes:
        """What there is, perhaps nothing."""
        return self._intake.take_all()

    def unread(self, data: bytes) -> None:
        """Puts back what was taken too much."""
        self._intake.put_back(data)

    @property
    def has_unread(self) -> bool:
        """Whether octets of the client are here that nobody has taken yet."""
        return self._intake.waiting != b""

    async def wait_for_octets(self, count: int) -> None:
        """Until so many unread octets are here; at most what fits the buffer."""
        while len(self._intake) < min(count, HIGH):
            await self.more(math.inf)

    async def more(
        self,
        due: float,
        meanwhile: Callable[[], bool] | None = None,
        at_once: Callable[[bytes], bool] | None = None,
    ) -> None:
        """Until more octets are here. Raises Gone at the end of the connection.

        `meanwhile` may deal with them; `at_once` is given those in clear text that come alone, and
        if it takes them it has to write them down as well. See `Patience.wait`.
        """
        if self._lost.is_set():
            raise Gone("the connection broke")
        if self._eof:
            raise Gone("the client closed")
        self._let_go()
        await self._patience.wait(due, meanwhile, at_once)

    def _let_go(self) -> None:
        """Reads on, if the client was held up."""
        if self._held_up:
            self._held_up = False
            self._regulate()

    def _regulate(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._held_up or self._deaf:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    # Writing.

    async def send(self, data: bytes, shape: Shape = WHOLE, time_scale: float = 1.0) -> None:
        """Writes, cut and paced as `shape` says. Raises Gone when nobody is there any more."""
        if shape == WHOLE and len(data) <= BLOCK:  # nearly every reply
            self.put(data)
            await self._drain()
            return
        for piece, pause in shaped(data, shape, time_scale):
            self.put(piece)
            await self._drain()
            if pause:
                await asyncio.sleep(pause)

    async def _drain(self) -> None:
        if self.writable:
            return
        self._unblocked = asyncio.Event()
        try:
            async with asyncio.timeout(STALL):
                await self._unblocked.wait()
        except TimeoutError:
            raise Gone("the client did not read") from None

    def put(self, data: bytes) -> None:
        """Writes without waiting until the client reads. Raises Gone when nobody is there."""
        transport = self._transport
        if transport is None or transport.is_closing():
            raise Gone("the connection broke")
        if self.encrypted and self.engine is not None:
            self.tape.add(SERVER, TLS, data)
            self.engine.write(data)
            self._flush()
        else:
            self.tape.add(SERVER, PLAIN, data)
            transport.write(data)
        self._mark = self._intake.came

    def answer(self, data: bytes) -> None:
        """Writes a reply in clear text, from within `at_once`; the tape is the caller's."""
        if self._transport is not None:
            self._transport.write(data)
        self._mark = self._intake.came

    def _flush(self) -> None:
        self._put(self.engine.data_to_send() if self.engine is not None else b"", CIPHER)

    def _put(self, data: bytes, layer: Layer) -> None:
        if data and self._transport is not None and not self._transport.is_closing():
            self.tape.add(SERVER, layer, data)
            self._transport.write(data)

    # TLS.

    async def start_tls(
        self, context: ssl.SSLContext, abort: str = "", due: float = math.inf
    ) -> TlsUp | TlsFailed | None:
        """Shakes hands. Clear text that came before the last octet written is thrown away.

        Raises TimeoutError when it is not done by `due`. With `abort`, a name of
        `broken_handshakes`, only as far as that message, which gives None; then nothing that the
        client sends is taken any more, and what is written goes out as it is.
        """
        early = self._end_of_clear_text()
        self._let_go()
        engine = self.engine = TlsEngine(context, server_side=True, key_log=False)
        self._shaking = True
        if early:
            self.tape.turn_to_cipher(len(early))
            engine.receive_data(early)
        while (state := engine.handshake()) is Handshake.WANTS_DATA:
            flight = engine.data_to_send()
            if flight and abort:
                self._shaking = False
                self._put(cut_flight(flight, abort), CIPHER)
                return None
            self._put(flight, CIPHER)
            if self._eof or self._lost.is_set():
                engine.receive_eof()
                continue
            await self._patience.wait(due)
        self._flush()
        self._shaking = False
        up = engine.up()
        if state is Handshake.FAILED or up is None:
            return engine.failure or TlsFailed("unknown")
        self.encrypted = True
        self._decrypt()
        return up

    def _end_of_clear_text(self) -> bytes:
        """Takes the buffer; gives what belongs to the handshake, drops what was said before it.

        A fast client's ClientHello may be here already: it came after the last octet of the 220. A
        hasty one sends it along with STARTTLS; being no SMTP, it can do no harm and is taken too.
        """
        behind = max(0, self._mark - self._intake.came + len(self._intake))
        waiting = self.take_all()
        if waiting.startswith(TLS_RECORD):
            return waiting
        self.dropped += behind
        return waiting[behind:]

    def _tls_is_alive(self) -> bool:
        engine = self.engine
        if engine is None or engine.failure is not None or engine.peer_closed:
            return False
        return self._shaking or self.encrypted

    def _decrypt(self) -> None:
        if self.engine is None:
            return
        data = self.engine.read()
        if data:
            self.tape.add(CLIENT, TLS, data)
            self._intake.add(data)
        self._flush()
        if self.engine.peer_closed or self.engine.failure is not None:
            self._eof = True

    # Ways to end.

    async def finish(self, *, notify: bool = True) -> None:
        """FIN, after all was sent; inside TLS after a close_notify, unless told otherwise."""
        self._shut_our_half(notify=notify)
        await self._read_out(LINGER)
        if self._transport is None:
            return
        # A client that has closed its half may still be reading what we said last.
        self._transport.close()
        due = asyncio.get_running_loop().time() + LINGER
        with contextlib.suppress(TimeoutError):
            while not self._lost.is_set():
                await self._patience.wait(due)
        await self.abort()

    async def reset(self) -> None:
        """RST: without a good-bye, and without waiting for anything."""
        if self._transport is not None and not self._lost.is_set():
            sock = self._transport.get_extra_info("socket")
            linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
            with contextlib.suppress(OSError, AttributeError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        await self.abort()

    async def half(self, seconds: float) -> None:
        """FIN from our side only: we go on reading until the client ends, or so many seconds."""
        self._shut_our_half(notify=True)
        await self._read_out(seconds)

    async def hang(self, seconds: float, *, deaf: bool) -> None:
        """Says nothing for so long; deaf, it does not even read, so that the client gets stuck."""
        if not deaf:
            await self._read_out(seconds)
            return
        self._deaf = True
        self._regulate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._lost.wait()

    async def abort(self) -> None:
        """Drops the connection, whatever state it is in, and what belongs to it."""
        if self._transport is not None:
            self._transport.abort()
            await self._lost.wait()

    def drop(self) -> None:
        """Drops the connection without waiting for it to be gone."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def client_closed(self) -> bool:
        """Whether the client has ended its half, and was not cut off."""
        return self._eof and not self._lost.is_set()

    def _shut_our_half(self, *, notify: bool) -> None:
        if self._transport is None or self._lost.is_set():
            return
        if self.encrypted and notify and self.engine is not None:
            self.engine.close_notify()
            self._flush()
        # A peer that has reset the connection makes this an OSError of many kinds.
        with contextlib.suppress(OSError, RuntimeError):
            self._transport.write_eof()

    async def _read_out(self, seconds: float) -> None:
        """Reads and forgets until the client ends, or so many seconds."""
        due = asyncio.get_running_loop().time() + seconds
        with contextlib.suppress(TimeoutError, Gone):
            while True:
                self.take_all()
                await self.more(due)
