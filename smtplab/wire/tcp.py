"""TCP: names to addresses, connection attempts one after the other, and the stream itself."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import cast

from smtplab.wire.addresses import (
    ANY_WAY,
    Address,
    Way,
    addresses_in,
    look_up,
    numeric,
    why_failed,
)
from smtplab.wire.events import ConnectFailed, Ending, Opened
from smtplab.wire.network import Attempt
from smtplab.wire.stream import DRAIN_SECONDS, HIGH_WATER, READ_BLOCK
from smtplab.wire.time_limit import LoopTimeLimit

SEND_BLOCK = 1 << 18


class TcpStream(asyncio.BufferedProtocol):
    """A connected socket as a `ByteStream`, for one reader.

    An own protocol instead of asyncio's streams, because those cannot say what has arrived without
    waiting, and hide whether the end was a FIN or a reset.
    """

    def __init__(self) -> None:
        self._room = memoryview(bytearray(READ_BLOCK))
        self._pieces: list[bytes] = []
        self._unread = 0
        self._ending: Ending | None = None
        self._transport: asyncio.Transport | None = None
        self._reader: asyncio.Future[None] | None = None
        self._is_held_back = False
        self._writable = asyncio.Event()
        self._writable.set()
        self._ended = asyncio.Event()
        self._lost = asyncio.Event()
        self._closing = False

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # No isinstance: the transports of other event loops are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)
        raw: socket.socket | None = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get_buffer(self, sizehint: int) -> memoryview:
        """The room for the next read."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """So many octets were read into it."""
        if self._closing:
            return
        self._pieces.append(bytes(self._room[:nbytes]))
        self._unread += nbytes
        if self._reader is not None:
            self._wake()
        if self._unread > HIGH_WATER and self._transport is not None:
            self._is_held_back = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        self._end(Ending.FIN)
        return True  # our own half stays open: a half-close is not the end

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None and not self._closing:
            self._take_last_words()
        self._end(Ending.RESET if error is not None else Ending.FIN)
        self._writable.set()
        self._lost.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # The contract.

    @property
    def ending(self) -> Ending | None:
        """How the peer's half ended, once its last octets were read."""
        return None if self._pieces else self._ending

    @property
    def own_address(self) -> str:
        """The numeric address of our end; of a Unix socket there is none."""
        name = self._transport.get_extra_info("sockname") if self._transport is not None else None
        return str(name[0]) if isinstance(name, tuple) else ""

    async def receive(self) -> bytes:
        """The next octets; empty at the end."""
        while not self._pieces and self._ending is None:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self.receive_nowait()

    def receive_nowait(self) -> bytes:
        """What is here already."""
        pieces = self._pieces
        if not pieces:
            return b""
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._pieces, self._unread = [], 0
        if self._is_held_back:
            self._let_come()
        return data

    async def send(self, data: bytes | memoryview) -> None:
        """Writes all octets, block by block, at the speed at which the peer takes them."""
        transport, size = self._transport, len(data)
        if transport is None:
            return
        octets = memoryview(data) if size > SEND_BLOCK else data
        for start in range(0, size, SEND_BLOCK):
            if transport.is_closing():
                return
            transport.write(octets[start : start + SEND_BLOCK])
            if not self._writable.is_set():
                await self._writable.wait()

    async def close(self) -> None:
        """Says FIN, waits a little for the peer's, then lets go."""
        if self._closing or self._transport is None:
            return
        self._closing = True
        if not self._transport.is_closing():
            self._let_come()
            if self._ending is None and self._transport.can_write_eof():
                # A close with unread octets would be a reset, and could take our last ones along.
                # A peer that has reset the connection, unread by us so far, takes no FIN either.
                with contextlib.suppress(OSError):
                    self._transport.write_eof()
                await self._until_ended()
            self._transport.close()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._lost.wait()
        except TimeoutError:
            self._transport.abort()
            await self._lost.wait()
        self._end(Ending.LOCAL)

    async def _until_ended(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._ended.wait()

    def _let_come(self) -> None:
        """Reads on, where too much lay unread."""
        transport = self._transport
        if self._is_held_back and transport is not None and not transport.is_closing():
            self._is_held_back = False
            transport.resume_reading()

    def _take_last_words(self) -> None:
        """Reads what had arrived before a write failed: often it says why."""
        raw = self._transport.get_extra_info("socket") if self._transport is not None else None
        if raw is None or self._ending is not None:
            return
        with (
            contextlib.suppress(OSError),
            socket.fromfd(raw.fileno(), raw.family, raw.type) as same,
        ):
            same.setblocking(False)
            while self._unread < HIGH_WATER and (data := same.recv(READ_BLOCK)):
                self._pieces.append(data)
                self._unread += len(data)

    def _end(self, ending: Ending) -> None:
        if self._ending is None:
            self._ending = ending
        self._ended.set()
        self._wake()

    def _wake(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.done():
            reader.set_result(None)


async def resolve(host: str, port: int, way: Way = ANY_WAY) -> list[Address] | str:
    """All addresses of a name in the resolver's order, or why there is none."""
    found = numeric(host, port, way)
    if found:  # nobody has to be asked, and no thread to be started
        return addresses_in(found)
    return await asyncio.get_running_loop().run_in_executor(None, look_up, host, port, way)


class LoopNetwork:
    """The network of a session on the running event loop."""

    def __init__(self, way: Way = ANY_WAY) -> None:
        self._way = way

    def dial(self, host: str, port: int, limit: float) -> AsyncIterator[Attempt]:
        """As `connect`."""
        return connect(host, port, limit, self._way)

    def time_limit(self) -> LoopTimeLimit:
        """For the waits of one task at a time."""
        return LoopTimeLimit()

    def time(self) -> float:
        """The loop's clock."""
        return asyncio.get_running_loop().time()

    async def pause(self, seconds: float) -> None:
        """Lets so many seconds pass."""
        await asyncio.sleep(seconds)


async def connect(host: str, port: int, limit: float, way: Way = ANY_WAY) -> AsyncIterator[Attempt]:
    """Tries each address in turn: yields every failure, and last, if any, the stream.

    `limit` is the time for each attempt, in seconds.
    """
    addresses = await resolve(host, port, way)
    if isinstance(addresses, str):
        yield ConnectFailed(host, port, "", addresses)
        return
    loop = asyncio.get_running_loop()
    for address in addresses:
        began = loop.time()
        try:
            async with asyncio.timeout(limit):
                _, stream = await loop.create_connection(
                    TcpStream,
                    address.sockaddr[0],
                    port,
                    family=address.family,
                    local_addr=way.source,
                )
        except TimeoutError:
            yield ConnectFailed(host, port, address.text, f"no answer within {limit:g} s")
        except OSError as error:
            yield ConnectFailed(host, port, address.text, why_failed(error))
        else:
            yield Opened(host, port, address.text, loop.time() - began), stream
            return
