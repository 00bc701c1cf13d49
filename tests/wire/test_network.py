"""One contract for every network: on the event loop, and without one."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

import pytest

from smtplab.wire.addresses import ANY_WAY, Way
from smtplab.wire.events import ConnectFailed, Ending, Opened
from smtplab.wire.network import Attempt
from smtplab.wire.stream import ByteStream
from smtplab.wire.tcp import LoopNetwork
from tests.wire import threads

Dial = Callable[[str, int, Way], Awaitable[list[Attempt]]]


async def on_the_loop(host: str, port: int, way: Way) -> list[Attempt]:
    return [attempt async for attempt in LoopNetwork(way).dial(host, port, 5)]


every_network = pytest.mark.parametrize("dial", [on_the_loop, threads.dial])


@every_network
async def test_a_port_where_nothing_listens_is_refused(dial: Dial) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening: nobody else can take it
        (found,) = await dial("127.0.0.1", held.getsockname()[1], ANY_WAY)
    assert isinstance(found, ConnectFailed)
    assert "refused" in found.reason


@every_network
@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".test", "a..b"])
async def test_an_unknown_name_says_so(dial: Dial, host: str) -> None:
    found = await dial(host, 25, ANY_WAY)
    assert found == [ConnectFailed(host, 25, "", f"no address is known for the name {host!r}")]


async def both_ends(
    dial: Dial, listener: socket.socket
) -> tuple[Opened, ByteStream, socket.socket]:
    """Our end of a connection, and the peer's, which resets it when it is closed."""
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    (found,) = await dial("127.0.0.1", listener.getsockname()[1], ANY_WAY)
    assert isinstance(found, tuple)
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return *found, accepted


@every_network
async def test_a_reset_is_told_from_an_orderly_end(dial: Dial) -> None:
    with socket.socket() as listener:
        opened, stream, accepted = await both_ends(dial, listener)
        assert opened.address == stream.own_address == "127.0.0.1"
        accepted.close()
        async with asyncio.timeout(5):
            assert await stream.receive() == b""
        assert stream.ending is Ending.RESET
        await stream.close()


@every_network
async def test_closing_after_a_reset_that_nobody_has_read_yet_is_no_error(dial: Dial) -> None:
    with socket.socket() as listener:
        _, stream, accepted = await both_ends(dial, listener)
        accepted.close()
        await stream.close()  # with no turn of the event loop in between
        assert stream.ending is Ending.RESET


@every_network
async def test_what_came_before_a_write_failed_can_be_read(dial: Dial) -> None:
    with socket.socket() as listener:
        _, stream, accepted = await both_ends(dial, listener)
        accepted.sendall(b"552 too large\r\n")
        accepted.close()
        # With no turn of the event loop in between, the write is the first to notice.
        await stream.send(b"x" * 1000)
        async with asyncio.timeout(5):
            assert await stream.receive() == b"552 too large\r\n"
            assert await stream.receive() == b""
        assert stream.ending is Ending.RESET
        await stream.send(b"QUIT\r\n")  # there is nobody: that is no error
        await stream.close()


@every_network
async def test_a_half_closed_peer_still_gets_our_octets(dial: Dial) -> None:
    with socket.socket() as listener:
        _, stream, accepted = await both_ends(dial, listener)
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


@every_network
@pytest.mark.parametrize(("way", "host", "addresses", "reason"), WAYS)
async def test_the_way_that_the_user_wants(dial: Dial, way, host, addresses, reason) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        attempts = await dial(host, listener.getsockname()[1], way)
        opened = [attempt for attempt in attempts if isinstance(attempt, tuple)]
        for _, stream in opened:
            listener.accept()[0].close()
            await stream.close()
    assert [event.address for event, _ in opened] == addresses
    failed = [attempt for attempt in attempts if not isinstance(attempt, tuple)]
    assert all(reason in failure.reason for failure in failed)
    assert bool(failed) != bool(addresses)
