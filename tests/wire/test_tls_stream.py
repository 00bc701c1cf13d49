"""TLS over a stream; the contract that all streams share is in test_stream.py."""

import asyncio

import pytest
import trustme

from smtplab.tls.engine import TlsEngine
from smtplab.tls.settings import ClientTls, ServerTls, client_context, server_context
from smtplab.wire.events import Ending
from smtplab.wire.memory import MemoryStream, memory_pair
from smtplab.wire.tls_stream import TlsStream


@pytest.fixture
async def ends():
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost")
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    context = server_context(ServerTls(chain, leaf.private_key_pem.bytes()))
    server = TlsEngine(context, server_side=True)
    client = TlsEngine(
        client_context(ClientTls("localhost", ca_pem=authority.cert_pem.bytes())),
        server_name="localhost",
    )
    below = memory_pair()
    yield TlsStream(below[0], client), TlsStream(below[1], server), below
    client.close()
    server.close()


async def test_an_end_without_close_notify_is_a_cut(ends) -> None:
    client, server, below = ends
    await asyncio.gather(client.handshake(), server.handshake())
    await server.send(b"250 ok\r\n")
    await below[1].close()
    assert await client.receive() == b"250 ok\r\n"
    assert await client.receive() == b""
    assert client.ending is Ending.CUT


async def test_a_reset_inside_tls_is_a_reset(ends) -> None:
    client, server, below = ends
    await asyncio.gather(client.handshake(), server.handshake())
    below[1].reset()
    assert await client.receive() == b""
    assert client.ending is Ending.RESET


async def test_an_end_of_tls_counts_whatever_the_network_does_behind_it(ends) -> None:
    client, server, below = ends
    await asyncio.gather(client.handshake(), server.handshake())
    server.engine.close_notify()
    await below[1].send(server.engine.data_to_send())
    assert await client.receive() == b""
    below[1].reset()
    assert client.ending is Ending.FIN


async def test_a_peer_that_speaks_no_tls_fails_the_handshake(ends) -> None:
    client, _, below = ends
    other: MemoryStream = below[1]
    await other.send(b"554 no TLS here\r\n")
    async with asyncio.timeout(5):
        assert await client.handshake() is False
    assert client.engine.failure is not None
    assert client.engine.failure.not_tls.startswith(b"554 no TLS")


async def test_a_peer_that_leaves_fails_the_handshake(ends) -> None:
    client, _, below = ends
    await below[1].close()
    async with asyncio.timeout(5):
        assert await client.handshake() is False


class Deaf(MemoryStream):
    """Takes nothing any more, until the sender gives up; counts how often somebody tried."""

    def __init__(self, below: MemoryStream) -> None:
        super().__init__()
        self.peer = below.peer
        self.tried = 0

    async def send(self, data: bytes | memoryview) -> None:
        self.tried += 1
        raise TimeoutError


async def test_nothing_follows_a_record_that_was_cut_off(ends) -> None:
    """A close_notify would wait for ever, and make no sense behind half a record."""
    client, server, below = ends
    await asyncio.gather(client.handshake(), server.handshake())
    client._inner = deaf = Deaf(below[0])
    with pytest.raises(TimeoutError):
        await client.send(b"x" * 1000)
    await client.close()
    assert deaf.tried == 1
    assert client.ending is Ending.LOCAL
