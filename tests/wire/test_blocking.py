"""Waiting without an event loop: limits, and both directions at once.

The contracts of streams and networks are in test_stream.py and test_network.py.
"""

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from smtplab.wire import blocking
from smtplab.wire.blocking import READ_BLOCK, BlockingNetwork, BlockingStream, Deadline
from smtplab.wire.stream import HIGH_WATER


@pytest.fixture
def ends() -> Iterator[tuple[BlockingStream, Deadline, socket.socket]]:
    """A stream, its time limit, and the other end of it."""
    deadline = Deadline()
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    stream = BlockingStream(ours, deadline)
    yield stream, deadline, theirs
    theirs.close()
    blocking.run(stream.close())


def test_what_needs_an_event_loop_is_told_so() -> None:
    with pytest.raises(RuntimeError, match="event loop"):
        blocking.run(asyncio.sleep(1))


def test_a_wait_ends_at_its_limit(ends) -> None:
    stream, deadline, _ = ends
    with pytest.raises(TimeoutError), deadline.within(0.01):
        blocking.run(stream.receive())


def test_a_limit_holds_for_its_own_wait_only(ends) -> None:
    stream, deadline, theirs = ends
    with deadline.within(0.0):
        pass
    threading.Timer(0.02, theirs.sendall, [b"220 late\r\n"]).start()
    assert blocking.run(stream.receive()) == b"220 late\r\n"


def test_a_limit_can_be_moved_on(ends) -> None:
    stream, deadline, theirs = ends
    threading.Timer(0.05, theirs.sendall, [b"220 late\r\n"]).start()
    with deadline.within(0.01):
        deadline.extend(10)
        assert blocking.run(stream.receive()) == b"220 late\r\n"


@pytest.mark.parametrize("seconds", [1e6, 1e7, 1e12, float("inf")])
def test_a_limit_can_be_very_long(ends, seconds) -> None:
    stream, deadline, theirs = ends
    threading.Timer(0.02, theirs.sendall, [b"220 late\r\n"]).start()
    with deadline.within(seconds):
        assert blocking.run(stream.receive()) == b"220 late\r\n"


def test_a_peer_that_takes_nothing_is_given_up(ends) -> None:
    stream, deadline, theirs = ends
    theirs.sendall(b"452 later\r\n")
    with pytest.raises(TimeoutError), deadline.within(0.05):
        blocking.run(stream.send(bytes(1 << 23)))
    assert stream.receive_nowait() == b"452 later\r\n", "what it said meanwhile is not lost"


def test_a_peer_that_talks_before_it_listens_is_heard(ends) -> None:
    """Both ends would wait for ever if neither read while it writes."""
    stream, deadline, theirs = ends
    long = bytes(HIGH_WATER // 2)
    heard = bytearray()

    def peer() -> None:
        theirs.sendall(long)
        while len(heard) < len(long):
            heard.extend(theirs.recv(1 << 16))

    thread = threading.Thread(target=peer)
    thread.start()
    with deadline.within(10):
        blocking.run(stream.send(long))
    thread.join()
    assert bytes(heard) == long
    assert stream.receive_nowait() == long


def test_what_is_kept_unread_is_bounded(ends) -> None:
    stream, deadline, theirs = ends
    talking = threading.Thread(target=_say_all, args=(theirs, bytes(4 * HIGH_WATER)))
    talking.start()
    with pytest.raises(TimeoutError), deadline.within(0.2):
        blocking.run(stream.send(bytes(1 << 23)))  # which nobody reads
    assert HIGH_WATER <= stream._unread < HIGH_WATER + READ_BLOCK
    theirs.shutdown(socket.SHUT_RDWR)
    talking.join()


def _say_all(to: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):  # it hangs up in the middle
        to.sendall(data)


def test_time_passes() -> None:
    network = BlockingNetwork()
    before = network.time()
    blocking.run(network.pause(0.01))
    assert network.time() - before >= 0.01


def test_a_system_without_poll_does_without() -> None:
    code = (
        "import select; del select.poll; from smtplab.wire import blocking as b; print(b.AVAILABLE)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
