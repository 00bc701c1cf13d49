"""Starting, stopping, and where a lab may listen."""

import asyncio
import contextlib
import socket

import pytest

from smtplab.server.lab import Lab
from smtplab.server.listeners import ExposedError
from tests.server.raw_client import LIMIT, dial


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
async def test_beyond_loopback_only_when_told(labs, host: str) -> None:
    lab = Lab(labs.scenario("honest"), authority=labs.authority)
    with pytest.raises(ExposedError, match="--expose"):
        await lab.start(host)


def test_a_base_that_is_none(labs) -> None:
    with pytest.raises(ValueError, match="'tls' is no base; there are plain, starttls, implicit"):
        Lab(labs.scenario("honest"), base="tls", authority=labs.authority)


@pytest.mark.parametrize(
    ("mode", "base"), [("none", "plain"), ("starttls", "starttls"), ("implicit", "implicit")]
)
def test_the_base_is_the_scenario_s_own_mode(labs, mode: str, base: str) -> None:
    scenario = labs.scenario(f"server: {{tls: {{mode: {mode}}}}}")
    assert Lab(scenario, authority=labs.authority).base == base


async def test_without_auth_none_is_offered(labs) -> None:
    client = await labs.hello(await labs.start(base="plain", auth=False))
    assert b"AUTH" not in await client.ask(b"EHLO c")
    assert (await client.ask(b"AUTH PLAIN"))[:3] == b"502"


async def test_stop_drops_whoever_is_there(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.greeted(lab)
    late = await labs.dial(lab)
    await lab.stop()
    assert await client.ended() in ("fin", "rst")
    assert await late.ended() in ("fin", "rst")
    assert lab.sessions[0].closed == "the lab was stopped"
    with pytest.raises(OSError, match=r".*"):
        await dial(lab.host, lab.port)
    await lab.stop()


async def test_stop_in_the_middle_of_a_rule(labs) -> None:
    rules = "rules: [{at: noop, do: [{hang: deaf}]}, {at: rset, do: [{wait: 1h}]}]"
    lab = await labs.start(rules, base="plain", time_scale=1)
    for command in (b"NOOP\r\n", b"RSET\r\n"):
        client = await labs.greeted(lab)
        client.send(command)
    await asyncio.sleep(0)
    await lab.stop()
    assert len(lab.sessions) == 2


async def test_as_a_context_it_starts_and_stops(labs) -> None:
    async with Lab(labs.scenario("honest"), authority=labs.authority) as lab:
        (listening,) = lab.listening
        assert listening.to_json() == {
            "event": "listening",
            "scenario": "honest",
            "host": "127.0.0.1",
            "port": lab.port,
            "tls": "starttls",
        }


async def test_many_labs_and_sessions_in_one_loop(labs) -> None:
    found = [await labs.start(base="plain") for _ in range(10)]
    clients = await asyncio.gather(*(labs.hello(lab) for lab in found for _ in range(10)))
    for client in clients:
        client.send(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n")
    for client in clients:
        assert [(await client.reply())[:3] for _ in range(4)] == [b"250", b"250", b"354", b"250"]
    assert [len(lab.inbox) for lab in found] == [10] * 10


async def test_old_logs_make_room_for_new_ones(labs, monkeypatch) -> None:
    monkeypatch.setattr("smtplab.server.lab.MOST_SESSIONS", 3)
    lab = await labs.start(base="plain")
    left = lab._budget.left
    used = []
    for _ in range(6):
        client = await labs.greeted(lab)
        await client.ask(b"QUIT")
        await client.ended()
        client.close()
        await asyncio.gather(*lab._tasks.values())
        used.append(left - lab._budget.left)
    assert [log.number for log in lab.sessions] == [4, 5, 6]
    assert used[2] == used[3] == used[5]


@pytest.mark.parametrize("rounds", range(8))
async def test_what_is_being_accepted_when_it_stops_is_closed(labs, rounds: int) -> None:
    lab = await labs.start(base="plain")
    with socket.create_connection((lab.host, lab.port)) as client:
        for _ in range(rounds):
            await asyncio.sleep(0)
        await lab.stop()
        client.settimeout(LIMIT)
        # The greeting may have gone out before; the fixture fails for a transport that is left.
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1000)[:3] in (b"", b"220")
