"""A byte stream run through a TLS engine: ciphertext below, cleartext above."""

from collections.abc import Awaitable, Callable

from smtplab.tls.engine import Handshake, TlsEngine
from smtplab.wire.events import Ending
from smtplab.wire.stream import ByteStream

BLOCK = 1 << 16


class TlsStream:
    """TLS over any stream.

    `on_progress` is called whenever the engine has digested octets: then the keys for what was
    seen are in the key log, and an observer can read on.
    """

    def __init__(
        self, inner: ByteStream, engine: TlsEngine, on_progress: Callable[[], None] | None = None
    ) -> None:
        self.engine = engine
        self._inner = inner
        self._on_progress = on_progress or (lambda: None)
        self._broken = False
        self._cut_off = False
        """A record went out in part only: nothing can follow it."""

    @property
    def ending(self) -> Ending | None:
        """FIN only after a close_notify: without one anybody could have cut the stream."""
        if self._inner.ending is Ending.LOCAL:
            return Ending.LOCAL
        if self.engine.peer_closed:
            return Ending.FIN
        if self._inner.ending is Ending.RESET:
            return Ending.RESET
        if self._broken or self._inner.ending is Ending.FIN:
            return Ending.CUT
        return self._inner.ending

    @property
    def own_address(self) -> str:
        """That of the stream below."""
        return self._inner.own_address

    async def handshake(self, gate: Callable[[str], Awaitable[None]] | None = None) -> bool:
        """Shakes hands; False when it failed, and `engine.failure` says why. The alert is sent.

        `gate` is awaited before each flight but the first, and told whose it is.
        """
        first = True
        while True:
            result = self.engine.handshake()
            if gate is not None and not first:
                self._on_progress()
                await gate("our next flight")
            first = False
            await self._flush()
            if result is not Handshake.WANTS_DATA:
                return result is Handshake.DONE
            if gate is not None:
                await gate("the server's next flight")
            self._feed(await self._inner.receive())

    async def receive(self) -> bytes:
        """The next cleartext; empty at the end, and after a failure of TLS."""
        while not self._broken:
            data = self._read()
            await self._flush()
            if data or self.engine.peer_closed or self.engine.failure is not None:
                return data
            ciphertext = await self._inner.receive()
            self._feed(ciphertext)
            if not ciphertext:
                self._broken = True
                return self._read()
        return b""

    def receive_nowait(self) -> bytes:
        """The cleartext of what has arrived already."""
        ciphertext = self._inner.receive_nowait()
        if ciphertext:
            self.engine.receive_data(ciphertext)
        return self._read()

    async def send(self, data: bytes | memoryview) -> None:
        """Encrypts and sends, block by block."""
        octets = memoryview(data)
        for start in range(0, len(octets), BLOCK):
            self.engine.write(octets[start : start + BLOCK])
            await self._flush()

    async def close(self) -> None:
        """Sends close_notify (RFC 8446 §6.1) and closes the stream below."""
        self.engine.close_notify()
        await self._flush()
        await self._inner.close()
        self.engine.close()

    def _feed(self, ciphertext: bytes) -> None:
        if ciphertext:
            self.engine.receive_data(ciphertext)
        else:
            self.engine.receive_eof()

    def _read(self) -> bytes:
        data = self.engine.read()
        self._on_progress()
        return data

    async def _flush(self) -> None:
        self._on_progress()
        data = self.engine.data_to_send()
        if data and not self._cut_off:
            self._cut_off = True  # unless it all goes out, which a time limit may prevent
            await self._inner.send(data)
            self._cut_off = False
            self._on_progress()
