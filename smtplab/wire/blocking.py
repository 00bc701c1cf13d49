"""A client without an event loop: what has to wait keeps the whole program waiting.

For a session that nobody watches that is all it takes, and both the loop and the time to load it
are saved. What is awaited here never lets go, so `run` gets a whole session done in one go.
"""

import contextlib
import math
import select
import socket
import time
from collections.abc import AsyncIterator, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from smtplab.wire.addresses import ANY_WAY, Address, Way, look_up, why_failed
from smtplab.wire.events import ConnectFailed, Ending, Opened
from smtplab.wire.network import Attempt
from smtplab.wire.stream import DRAIN_SECONDS, HIGH_WATER

T = TypeVar("T")

READ_BLOCK = 1 << 13
"""Octets that one read takes at most: replies are short, and the room is made anew each time."""

LONGEST = 1 << 30
"""Milliseconds of one call; the system takes no more than 31 bits."""

AVAILABLE = hasattr(select, "poll")
"""Whether this system can do it."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs to its end what waits by this module's means only."""
    try:
        main.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    main.close()
    raise RuntimeError("something waited for an event loop, and there is none")


class Deadline:
    """When the present wait has to be over: the time limit of the streams that know of it."""

    def __init__(self) -> None:
        self._due = math.inf

    def within(self, seconds: float) -> Self:
        """For `with`: what is awaited inside ends with TimeoutError when it takes longer."""
        self.extend(seconds)
        return self

    def extend(self, seconds: float) -> None:
        """The present wait may take so many seconds from now on."""
        self._due = time.monotonic() + seconds

    def close(self) -> None:
        """No wait will follow."""
        self._due = math.inf

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._due = math.inf

    def wait(self, poll: "select.poll") -> None:
        """Until there is something to do. Raises TimeoutError when there never is."""
        while not poll.poll(self._left()):
            if self._due <= time.monotonic():
                raise TimeoutError

    def _left(self) -> float | None:
        """Milliseconds, rounded up: a wait that ended too early would be begun again and again."""
        if self._due == math.inf:
            return None
        return min(max(0, math.ceil((self._due - time.monotonic()) * 1000)), LONGEST)


class BlockingStream:
    """A connected socket as a `ByteStream`, for a program that does nothing else meanwhile."""

    def __init__(self, raw: socket.socket, deadline: Deadline) -> None:
        raw.setblocking(False)
        if raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._raw = raw
        self._deadline = deadline
        self._incoming = select.poll()
        self._incoming.register(raw, select.POLLIN)
        self._pieces: list[bytes] = []
        """What came while something was being sent."""
        self._unread = 0
        self._ending: Ending | None = None
        self._is_broken = False
        self._is_closed = False

    @property
    def ending(self) -> Ending | None:
        """How the peer's half ended, once its last octets were read."""
        return None if self._pieces else self._ending

    @property
    def own_address(self) -> str:
        """The numeric address of our end; of a Unix socket there is none."""
        name = () if self._is_closed else self._raw.getsockname()
        return str(name[0]) if isinstance(name, tuple) and name else ""

    async def receive(self) -> bytes:
        """The next octets; empty at the end."""
        if self._pieces:
            return self._take()
        while self._ending is None:
            self._deadline.wait(self._incoming)
            data = self._read()
            if data:
                return data
        return b""

    def receive_nowait(self) -> bytes:
        """What is here already."""
        self._keep_all()
        return self._take() if self._pieces else b""

    async def send(self, data: bytes | memoryview) -> None:
        """Writes all octets at the speed at which the peer takes them; reads on meanwhile."""
        while data and not (self._is_broken or self._is_closed):
            try:
                sent = self._raw.send(data)
                if sent == len(data):  # as nearly always
                    return
                data = memoryview(data)[sent:]
            except BlockingIOError:
                self._wait_for_room()
            except OSError:
                self._break()

    async def close(self) -> None:
        """Says FIN, waits a little for the peer's, then lets go."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._ending is None:
            # A peer that has reset the connection, unread by us so far, takes no FIN.
            with contextlib.suppress(OSError):
                self._raw.shutdown(socket.SHUT_WR)
            # A close with unread octets would be a reset, and could take our last ones along.
            with contextlib.suppress(TimeoutError):
                self._drain()
        self._raw.close()
        self._end(Ending.LOCAL)

    def _drain(self) -> None:
        with self._deadline.within(DRAIN_SECONDS):
            while self._ending is None:
                self._deadline.wait(self._incoming)
                self._read()

    def _read(self) -> bytes:
        """One read; empty when nothing is there, or nothing will be."""
        try:
            data = self._raw.recv(READ_BLOCK)
        except BlockingIOError:
            return b""
        except OSError:
            self._end(Ending.RESET)
            return b""
        if not data:
            # A failed write takes the reset with it: what is left then looks like an orderly end.
            self._end(Ending.RESET if self._is_broken else Ending.FIN)
        return data

    def _keep_all(self) -> None:
        """Reads what has come, and nobody has asked for yet."""
        while self._ending is None and self._unread < HIGH_WATER and self._incoming.poll(0):
            self._keep()

    def _keep(self) -> None:
        data = self._read()
        if data:
            self._pieces.append(data)
            self._unread += len(data)

    def _take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces, self._unread = [], 0
        return data

    def _wait_for_room(self) -> None:
        """Until the peer takes more. It may say something first: one that we never read, and that
        waits for us to do so, would take nothing for ever."""
        listens = self._ending is None and self._unread < HIGH_WATER
        either = select.poll()
        either.register(self._raw, select.POLLOUT | (select.POLLIN if listens else 0))
        self._deadline.wait(either)
        if listens:
            self._keep()

    def _break(self) -> None:
        """A write failed: what had arrived before often says why."""
        self._is_broken = True
        self._keep_all()
        self._end(Ending.RESET)

    def _end(self, ending: Ending) -> None:
        if self._ending is None:
            self._ending = ending


class BlockingNetwork:
    """The network of a session that `run` runs."""

    def __init__(self, way: Way = ANY_WAY) -> None:
        self._way = way
        self._deadline = Deadline()

    async def dial(self, host: str, port: int, limit: float) -> AsyncIterator[Attempt]:
        """Tries each address in turn: gives every failure, and last, if any, the stream."""
        addresses = look_up(host, port, self._way)
        if isinstance(addresses, str):
            yield ConnectFailed(host, port, "", addresses)
            return
        for address in addresses:
            began = self.time()
            try:
                raw = _connected(address, limit, self._way)
            except TimeoutError:
                yield ConnectFailed(host, port, address.text, f"no answer within {limit:g} s")
            except OSError as error:
                yield ConnectFailed(host, port, address.text, why_failed(error))
            else:
                opened = Opened(host, port, address.text, self.time() - began)
                yield opened, BlockingStream(raw, self._deadline)
                return

    def time_limit(self) -> Deadline:
        """The one that all streams of this network keep."""
        return self._deadline

    def time(self) -> float:
        """The seconds of a clock that never goes back."""
        return time.monotonic()

    async def pause(self, seconds: float) -> None:
        """Lets so many seconds pass."""
        time.sleep(seconds)  # noqa: ASYNC251  # what this module is for


def _connected(address: Address, limit: float, way: Way) -> socket.socket:
    raw = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        raw.settimeout(limit)
        if way.source is not None:
            raw.bind(way.source)
        raw.connect(address.sockaddr)
    except BaseException:
        raw.close()
        raise
    return raw
