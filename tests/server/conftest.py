"""A lab for each test, and raw clients that are closed behind it."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from smtplab.scenarios import library
from smtplab.scenarios.model import Scenario
from smtplab.scenarios.reader import read_text
from smtplab.server.certificates import Authority
from smtplab.server.events import ServerEvent
from smtplab.server.lab import Lab
from tests.server.raw_client import LIMIT, RawClient, dial, trusting

HEAD = "title: A test\nseverity: info\nstory: None.\n"


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


class Labs:
    """Starts labs, dials them, and cleans up."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.events: list[ServerEvent] = []
        self._labs: list[Lab] = []
        self._told = asyncio.Event()
        self._clients: list[RawClient] = []

    async def start(self, what: str = "honest", *, time_scale: float = 0.001, **wishes) -> Lab:
        """A bundled scenario by its id, or the rest of a file behind its title."""
        scenario = self.scenario(what)
        lab = Lab(
            scenario,
            authority=self.authority,
            time_scale=time_scale,
            on_event=self._tell,
            **wishes,
        )
        await lab.start()
        self._labs.append(lab)
        return lab

    def _tell(self, event: ServerEvent) -> None:
        self.events.append(event)
        self._told.set()

    @staticmethod
    def scenario(what: str) -> Scenario:
        if "\n" in what or ":" in what:
            return read_text((HEAD + what).encode(), "test.yaml", "test")
        return library.find(what)

    async def dial(self, lab: Lab) -> RawClient:
        client = await dial(lab.host, lab.port)
        self._clients.append(client)
        return client

    async def greeted(self, lab: Lab) -> RawClient:
        """Dialled, shaken hands on an implicit base, greeted."""
        client = await self.dial(lab)
        if lab.base == "implicit":
            await client.start_tls(trusting(lab.ca_pem))
        assert (await client.reply())[:3] == b"220"
        return client

    async def hello(self, lab: Lab) -> RawClient:
        """As far as EHLO; inside TLS, unless the base is plain."""
        client = await self.greeted(lab)
        await client.ask(b"EHLO client.test")
        if lab.base == "starttls":
            assert (await client.ask(b"STARTTLS"))[:3] == b"220"
            await client.start_tls(trusting(lab.ca_pem))
            await client.ask(b"EHLO client.test")
        return client

    async def closed(self, lab: Lab, number: int = 1) -> str:
        """How a session ended."""
        async with asyncio.timeout(LIMIT):
            while len(lab.sessions) < number or not lab.sessions[number - 1].closed:
                self._told.clear()
                await self._told.wait()
        return lab.sessions[number - 1].closed

    async def stop(self) -> None:
        for client in self._clients:
            client.close()
        for lab in self._labs:
            await lab.stop()
            assert [log.errors for log in lab.sessions if log.errors] == []


@pytest.fixture(scope="session")
def loaded() -> Iterator[None]:
    """What was loaded before stays out of the collector's way, which `labs` calls each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
async def labs(authority: Authority, loaded: None) -> AsyncIterator[Labs]:
    found = Labs(authority)
    yield found
    await found.stop()
    gc.collect()  # so that a forgotten transport warns in the test that forgot it
