import asyncio
import socket
import struct

import pytest

from smtplab.wire.events import ConnectFailed, Ending, Opened
from smtplab.wire.tcp import TcpStream, Way, connect, resolve


async def attempts(host: str, port: int) -> list[ConnectFailed | tuple[Opened, TcpStream]]:
    return [attempt async for attempt in connect(host, port, 5)]


async def test_a_port_where_nothing_listens_is_refused() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: nobody else can take it
        found = await attempts("127.0.0.1", held.getsockname()[1])
    assert len(found) == 1
    assert isinstance(found[0], ConnectFailed)
    assert "refused" in found[0].reason


async def test_an_unknown_name_says_so() -> None:
    found = await attempts("no-such-host.invalid", 25)
    assert found == [
        ConnectFailed(
            "no-such-host.invalid",
            25,
            "",
            "no address is known for the name 'no-such-host.invalid'",
        )
    ]


async def test_a_name_that_cannot_be_encoded_is_a_reason_and_no_error() -> None:
    assert isinstance(await resolve("a" * 70 + ".test", 25), str)
    assert isinstance(await resolve("a..b", 25), str)


async def both_ends(listener: socket.socket) -> tuple[Opened, TcpStream, socket.socket]:
    """Our end of a connection, and the peer's, which resets it when it is closed."""
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    found = await attempts("127.0.0.1", listener.getsockname()[1])
    assert isinstance(found[-1], tuple)
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return *found[-1], accepted


async def test_a_reset_is_told_from_an_orderly_end() -> None:
    with socket.socket() as listener:
        opened, stream, accepted = await both_ends(listener)
        assert opened.address == "127.0.0.1"
        accepted.close()
        async with asyncio.timeout(5):
            assert await stream.receive() == b""
        assert stream.ending is Ending.RESET
        await stream.close()


async def test_closing_after_a_reset_that_nobody_has_read_yet_is_no_error() -> None:
    with socket.socket() as listener:
        _, stream, accepted = await both_ends(listener)
        accepted.close()
        await stream.close()  # with no turn of the event loop in between
        assert stream.ending is Ending.RESET


async def test_what_came_before_a_write_failed_can_be_read() -> None:
    with socket.socket() as listener:
        _, stream, accepted = await both_ends(listener)
        accepted.sendall(b"552 too large\r\n")
        accepted.close()
        # With no turn of the event loop in between, the write is the first to notice.
        await stream.send(b"x" * 1000)
        async with asyncio.timeout(5):
            assert await stream.receive() == b"552 too large\r\n"
            assert await stream.receive() == b""
        assert stream.ending is Ending.RESET
        await stream.close()


async def test_a_half_closed_peer_still_gets_our_octets() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        found = await attempts("127.0.0.1", listener.getsockname()[1])
        accepted, _ = listener.accept()
        assert isinstance(found[-1], tuple)
        stream = found[-1][1]
        accepted.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(5):
            assert await stream.receive() == b""
        assert stream.ending is Ending.FIN
        await stream.send(b"QUIT\r\n")
        assert await asyncio.to_thread(accepted.recv, 100) == b"QUIT\r\n"
        accepted.close()
        await stream.close()


WAYS = [
    (Way(4), "127.0.0.1", ["127.0.0.1"], ""),
    (Way(6), "127.0.0.1", [], "127.0.0.1 is no IPv6 address"),
    (Way(4), "::1", [], "::1 is no IPv4 address"),
    (Way(0, ("127.0.0.1", 0)), "127.0.0.1", ["127.0.0.1"], ""),
    (Way(0, ("192.0.2.1", 0)), "127.0.0.1", [], "assign requested address"),
]


@pytest.mark.parametrize(("way", "host", "addresses", "reason"), WAYS)
async def test_the_way_that_the_user_wants(way, host, addresses, reason) -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        attempts = [attempt async for attempt in connect(host, port, 5, way)]
    opened = [attempt for attempt in attempts if isinstance(attempt, tuple)]
    for _, stream in opened:
        await stream.close()
    assert [event.address for event, _ in opened] == addresses
    failed = [attempt for attempt in attempts if not isinstance(attempt, tuple)]
    assert all(reason in failure.reason for failure in failed)
    assert bool(failed) != bool(addresses)
