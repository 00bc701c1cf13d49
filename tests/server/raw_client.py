"""A client that knows no SMTP: it shows the octets, how they were cut, and how it all ended."""

import asyncio
import socket
import ssl
import struct
from pathlib import Path
from typing import cast

LIMIT = 10.0
"""Seconds after which a test gives up waiting; nothing is measured by it."""


class RawClient(asyncio.Protocol):
    """One connection. `segments` are the reads of clear text as they came from the network."""

    def __init__(self) -> None:
        self.segments: list[bytes] = []
        self.received = bytearray()
        """Clear text, inside TLS or not, that was not taken yet."""
        self.ciphertext = bytearray()
        self.ending = ""
        """fin, rst, or cut: TLS that ended without close_notify."""
        self.alert = ""
        self.error: Exception | None = None
        self.transport: asyncio.Transport | None = None
        self._changed = asyncio.Event()
        self._tls: ssl.SSLObject | None = None
        self._in = ssl.MemoryBIO()
        self._out = ssl.MemoryBIO()
        self._up = False
        self._notified = False
        self.lost = False

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._tls is None:
            self.segments.append(data)
            self.received += data
        else:
            self.ciphertext += data
            self._in.write(data)
            if self._up:
                self._decrypt()
        self._changed.set()

    def eof_received(self) -> bool:
        if self._up and not self._notified:
            self._decrypt()
        self.ending = self.ending or ("cut" if self._up and not self._notified else "fin")
        self._changed.set()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.error = error
        if error is not None and not self.ending:
            self.ending = "rst" if isinstance(error, ConnectionError) else repr(error)
        self.lost = True
        self._changed.set()

    # What tests call.

    def send(self, data: bytes) -> None:
        assert self.transport is not None
        if self._tls is None:
            self.transport.write(data)
            return
        self._tls.write(data)
        self.transport.write(self._out.read())

    def send_raw(self, data: bytes) -> None:
        """Beside TLS, when there is one."""
        assert self.transport is not None
        self.transport.write(data)

    async def until(self, end: bytes) -> bytes:
        """Takes everything up to `end`, which must come."""
        await self._wait(lambda: end in self.received)
        return self.take(self.received.index(end) + len(end))

    async def octets(self, count: int) -> bytes:
        await self._wait(lambda: len(self.received) >= count)
        return self.take(count)

    async def reply(self) -> bytes:
        """A whole reply: up to the line whose code is not followed by a hyphen."""
        lines = await self.until(b"\r\n")
        while lines.rsplit(b"\r\n", 2)[-2][3:4] == b"-":
            lines += await self.until(b"\r\n")
        return lines

    async def ask(self, command: bytes) -> bytes:
        """Sends a line; gives the reply."""
        self.send(command + b"\r\n")
        return await self.reply()

    async def ended(self) -> str:
        """How the connection ended; what came before stays in `received`."""
        await self._wait(lambda: bool(self.ending))
        return self.ending

    def take(self, count: int) -> bytes:
        data = bytes(self.received[:count])
        del self.received[:count]
        return data

    def half_close(self) -> None:
        assert self.transport is not None
        self.transport.write_eof()

    def reset(self) -> None:
        assert self.transport is not None
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def pause(self) -> None:
        assert self.transport is not None
        self.transport.pause_reading()

    def resume(self) -> None:
        assert self.transport is not None
        self.transport.resume_reading()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    # TLS.

    def client_hello(self, context: ssl.SSLContext, name: str = "localhost") -> bytes:
        """Turns to TLS; the octets with which the handshake begins, not sent yet."""
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=name)
        self._in.write(bytes(self.received))
        self.received.clear()
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return self._out.read()
        raise AssertionError("a handshake cannot be over before it began")

    async def start_tls(self, context: ssl.SSLContext, name: str = "localhost") -> None:
        """Raises ssl.SSLError, or ConnectionError when the server left."""
        self.send_raw(self.client_hello(context, name))
        await self.finish_handshake()

    async def finish_handshake(self) -> None:
        assert self._tls is not None
        assert self.transport is not None
        while not self._up:
            self._changed.clear()
            try:
                self._tls.do_handshake()
                self._up = True
            except ssl.SSLWantReadError:
                if not self.transport.is_closing():
                    self.transport.write(self._out.read())
                if self.ending:
                    raise ConnectionError(self.ending) from None
                async with asyncio.timeout(LIMIT):
                    await self._changed.wait()
            except ssl.SSLError:
                self.transport.write(self._out.read())
                raise
        self.transport.write(self._out.read())
        self._decrypt()

    @property
    def tls(self) -> ssl.SSLObject:
        assert self._tls is not None
        return self._tls

    def _decrypt(self) -> None:
        assert self._tls is not None
        while True:
            try:
                data = self._tls.read(1 << 16)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLError as error:
                self._notified = isinstance(error, ssl.SSLZeroReturnError)
                self.alert = "" if self._notified else str(error.reason)
                return
            if not data:
                self._notified = True
                return
            self.segments.append(data)
            self.received += data

    async def _wait(self, ready) -> None:
        try:
            async with asyncio.timeout(LIMIT):
                while not ready():
                    assert not self.ending, f"{self.ending} after {bytes(self.received)!r}"
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"nothing more after {bytes(self.received)!r}") from None


async def dial(host: str, port: int) -> RawClient:
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(RawClient, host, port)
    return client


async def dial_unix(path: Path) -> RawClient:
    loop = asyncio.get_running_loop()
    _, client = await loop.create_unix_connection(RawClient, str(path))
    return client


def trusting(ca_pem: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ca_pem.decode())
    return context
