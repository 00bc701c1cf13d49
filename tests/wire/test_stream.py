"""One contract for every stream: TCP, TLS over memory, tap, memory."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
import trustme

from smtplab.tls.engine import TlsEngine
from smtplab.tls.settings import ClientTls, ServerTls, client_context, server_context
from smtplab.wire.blocking import BlockingStream, Deadline
from smtplab.wire.events import Ending
from smtplab.wire.memory import memory_pair
from smtplab.wire.stream import ByteStream
from smtplab.wire.tap import TapStream
from smtplab.wire.tcp import TcpStream
from smtplab.wire.tls_stream import TlsStream
from tests.wire.threads import PATIENCE, Threaded

Pair = tuple[ByteStream, ByteStream]


@contextlib.asynccontextmanager
async def memory() -> AsyncIterator[Pair]:
    yield memory_pair()


@contextlib.asynccontextmanager
async def tapped() -> AsyncIterator[Pair]:
    one, other = memory_pair()
    yield TapStream(one, lambda sent, data: None), TapStream(other, lambda sent, data: None)


@contextlib.asynccontextmanager
async def tcp() -> AsyncIterator[Pair]:
    loop = asyncio.get_running_loop()
    accepted: asyncio.Queue[TcpStream] = asyncio.Queue()

    def accept() -> TcpStream:
        stream = TcpStream()
        accepted.put_nowait(stream)
        return stream

    server = await loop.create_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    _, one = await loop.create_connection(TcpStream, "127.0.0.1", port)
    other = await accepted.get()
    try:
        yield one, other
    finally:
        await asyncio.gather(one.close(), other.close())
        server.close()
        await server.wait_closed()


@contextlib.asynccontextmanager
async def without_a_loop() -> AsyncIterator[Pair]:
    deadline = Deadline()
    deadline.extend(PATIENCE)
    one, other = (Threaded(BlockingStream(raw, deadline)) for raw in socket.socketpair())
    try:
        yield one, other
    finally:
        await asyncio.gather(one.close(), other.close())


@contextlib.asynccontextmanager
async def tls() -> AsyncIterator[Pair]:
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    server = TlsEngine(
        server_context(ServerTls(chain, leaf.private_key_pem.bytes())), server_side=True
    )
    wishes = ClientTls("localhost", ca_pem=authority.cert_pem.bytes())
    client = TlsEngine(client_context(wishes), server_name="localhost")
    below = memory_pair()
    one, other = TlsStream(below[0], client), TlsStream(below[1], server)
    assert all(await asyncio.gather(one.handshake(), other.handshake()))
    try:
        yield one, other
    finally:
        client.close()
        server.close()


Maker = Callable[[], AbstractAsyncContextManager[Pair]]

every_stream = pytest.mark.parametrize("make", [memory, tapped, tcp, without_a_loop, tls])


async def read(stream: ByteStream, count: int) -> bytes:
    """Octets until there are that many, or the stream ends."""
    data = b""
    async with asyncio.timeout(10):
        while len(data) < count:
            more = await stream.receive()
            if not more:
                break
            data += more
    return data


@every_stream
async def test_octets_arrive_in_order_and_both_ways(make: Maker) -> None:
    async with make() as (one, other):
        await one.send(b"EHLO x\r\n")
        await one.send(b"NOOP\r\n")
        assert await read(other, 14) == b"EHLO x\r\nNOOP\r\n"
        await other.send(b"250 ok\r\n")
        assert await read(one, 8) == b"250 ok\r\n"


@every_stream
async def test_much_data_arrives_whole(make: Maker) -> None:
    data = bytes(range(256)) * 16_384
    async with make() as (one, other):
        _, got = await asyncio.gather(one.send(data), read(other, len(data)))
        assert got == data


@every_stream
async def test_close_is_an_end_after_the_last_octets(make: Maker) -> None:
    async with make() as (one, other):
        await one.send(b"221 bye\r\n")
        closing = asyncio.ensure_future(one.close())
        assert await read(other, 9) == b"221 bye\r\n"
        assert await other.receive() == b""
        assert other.ending is Ending.FIN
        assert await other.receive() == b"", "an ended stream stays ended"
        await other.close()
        await closing


@every_stream
async def test_nothing_is_ended_while_both_are_open(make: Maker) -> None:
    async with make() as (one, other):
        assert one.ending is None
        assert other.ending is None
        assert other.receive_nowait() == b""


@every_stream
async def test_sending_into_a_closed_stream_is_no_error(make: Maker) -> None:
    async with make() as (one, other):
        closing = asyncio.ensure_future(other.close())
        assert await read(one, 1) == b""
        await one.send(b"QUIT\r\n")
        await one.send(b"QUIT\r\n")
        await one.close()
        await closing


@every_stream
async def test_closing_twice_is_no_error(make: Maker) -> None:
    async with make() as (one, other):
        await asyncio.gather(one.close(), other.close())
        await one.close()
        await other.close()


@every_stream
async def test_receive_nowait_takes_what_has_arrived(make: Maker) -> None:
    async with make() as (one, other):
        await one.send(b"421 bye\r\n")
        got = await read(other, 1)
        assert got + other.receive_nowait() == b"421 bye\r\n"
