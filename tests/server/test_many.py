"""Many connections at once, each with its own fault."""

import asyncio
import sys

import pytest

from smtplab.server.lab import Lab
from tests.server.conftest import Labs
from tests.server.raw_client import RawClient

MANY = 500

FAULTS = """
rules:
  - {at: mail, when: {arg: "*split*"}, do: [{shape: bytes}, {pass: loud}]}
  - {at: rcpt, when: {arg: "*grey*", nth: 1}, do: [{reply: 451 4.7.1 Later}]}
  - {at: data, when: {from: "*reset*"}, do: [{close: rst}]}
  - {at: eom, when: {from: "*late*"}, do: [{wait: 20s}, {pass: loud}]}
  - {at: rcpt, when: {from: "*busy*"}, do: [{reply: 421 4.3.2 Busy}]}
"""

DELIVERED, DEFERRED, LOST, SENT_AWAY = "delivered", "deferred", "rst", "fin"

ENDS = {
    "split": DELIVERED, "grey": DEFERRED, "reset": LOST, "late": DELIVERED, "busy": SENT_AWAY,
}  # fmt: skip
"""What is in the reverse-path, and how that session ends."""


@pytest.fixture
def descriptors() -> None:
    """Room for both ends of all connections, in one process."""
    if sys.platform == "win32":
        return
    import resource

    wanted, (soft, hard) = 4 * MANY, resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard not in (-1, resource.RLIM_INFINITY) and hard < wanted:
        pytest.skip(f"only {hard} files may be open")
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def a_session(labs: Labs, lab: Lab, word: str, arrived: asyncio.Barrier) -> str:
    """One client; how it ended for it."""
    client = await labs.hello(lab)
    await arrived.wait()
    mail = await client.ask(f"MAIL FROM:<{word}@client.test>".encode())
    assert mail[:3] == b"250"
    rcpt = await client.ask(f"RCPT TO:<{word}@lab.test>".encode())
    if rcpt[:3] == b"421":
        return await client.ended()
    if rcpt[:3] == b"451":
        return DEFERRED
    return await _data(client, word)


async def _data(client: RawClient, word: str) -> str:
    client.send(b"DATA\r\n")
    if word == "reset":
        return await client.ended()
    assert (await client.reply())[:3] == b"354"
    assert (await client.ask(b"Subject: x\r\n\r\nx\r\n."))[:3] == b"250"
    return DELIVERED


@pytest.mark.parametrize("base", ["plain", "starttls"])
async def test_many_sessions_at_once_have_each_its_own_fault(
    labs: Labs, descriptors: None, base: str
) -> None:
    many = MANY if base == "plain" else MANY // 10
    lab = await labs.start(FAULTS, base=base)
    words = [list(ENDS)[number % len(ENDS)] for number in range(many)]
    arrived = asyncio.Barrier(many)
    ended = await asyncio.gather(*(a_session(labs, lab, word, arrived) for word in words))
    assert ended == [ENDS[word] for word in words]
    assert len(lab.inbox) == ended.count(DELIVERED)
    assert len(lab.sessions) == many
    assert not any(log.errors for log in lab.sessions)
