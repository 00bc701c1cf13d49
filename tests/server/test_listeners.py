"""Where a lab listens."""

import socket

import pytest

from smtplab.server.listeners import ExposedError, check_exposure
from tests.server.raw_client import dial, dial_unix


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_of_this_machine(host: str) -> None:
    check_exposure(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "mail.example", "localhost.", ""])
def test_beyond_it(host: str) -> None:
    with pytest.raises(ExposedError):
        check_exposure(host)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_localhost_is_both_on_one_port(labs) -> None:
    lab = await labs.start(base="plain")
    await lab.start("localhost")
    _, *both = lab.listening
    assert [event.host for event in both] == ["127.0.0.1", "::1"]
    assert both[0].port == both[1].port != lab.port
    for event in lab.listening:
        client = await dial(event.host, event.port)
        assert (await client.reply())[:3] == b"220"
        client.close()
    assert sorted({log.peer for log in lab.sessions}) == ["127.0.0.1", "::1"]


async def test_a_port_that_is_taken(labs) -> None:
    lab = await labs.start(base="plain")
    with pytest.raises(OSError, match="in use"):
        await lab.start("localhost", lab.port)
    assert len(lab.listening) == 1


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")
async def test_a_unix_socket(labs, tmp_path) -> None:
    lab = await labs.start(base="starttls")
    path = tmp_path / "lab"
    (_, event) = await lab.start_unix(path)
    assert (event.host, event.port) == (str(path), 0)
    client = await dial_unix(path)
    assert (await client.reply())[:3] == b"220"
    assert (await client.ask(b"QUIT"))[:3] == b"221"
    assert await client.ended() == "fin"
    client.close()
    await lab.stop()
    assert not path.exists()
