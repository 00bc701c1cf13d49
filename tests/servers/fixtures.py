"""Fixtures for real servers and programs: skipped where missing, but failing in CI."""

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.exim import Exim
from tests.servers.haraka import Haraka
from tests.servers.node import Node
from tests.servers.opensmtpd import OpenSmtpd
from tests.servers.postfix import Postfix
from tests.servers.running import MailServer, Unavailable, find_program
from tests.servers.sendmail import Sendmail

EXCUSED = "SMTPLAB_EXCUSED"
"""Names the servers that this machine cannot run, whatever is installed: they skip in CI too."""

SERVERS: dict[str, type[MailServer]] = {
    "postfix": Postfix,
    "exim": Exim,
    "node": Node,
    "haraka": Haraka,
    "dovecot": Dovecot,
    "sendmail": Sendmail,
    "opensmtpd": OpenSmtpd,
}


def missing(what: str) -> NoReturn:
    """Skips on somebody's own machine; in CI nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"CI has to provide it: {what}")
    pytest.skip(what)


class Servers:
    """The servers of this run: each starts when it is first asked for, once."""

    def __init__(self) -> None:
        self._running: dict[str, MailServer] = {}
        self._failed: dict[str, Exception] = {}

    def __call__(self, name: str) -> MailServer:
        """This one with an empty mailbox; a test that needs it skips where it is not to be had."""
        if name in self._failed:
            raise self._failed[name]
        if name not in self._running:
            self._start(name)
        self._running[name].forget_mail()
        return self._running[name]

    def _start(self, name: str) -> None:
        try:
            server = SERVERS[name]()
        except Unavailable as reason:
            if name in os.environ.get(EXCUSED, "").split():
                pytest.skip(str(reason))
            missing(str(reason))
        try:
            server.start()
        except Exception as error:
            server.stop()
            self._failed[name] = error
            raise
        self._running[name] = server

    def stop(self) -> None:
        """Stops all of them."""
        for server in self._running.values():
            server.stop()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The servers of the whole run, by name."""
    started = Servers()
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture
def postfix(servers: Servers) -> MailServer:
    """The Postfix of this run with an empty mailbox."""
    return servers("postfix")


@pytest.fixture(params=["postfix", "exim", "node"])
def mail_server(request: pytest.FixtureRequest, servers: Servers) -> MailServer:
    """Each of the servers that all tests are for, in turn."""
    return servers(request.param)


def _program(name: str) -> str:
    try:
        return find_program(name)
    except Unavailable as reason:
        missing(str(reason))


@pytest.fixture(scope="session")
def swaks() -> str:
    """The path of swaks."""
    return _program("swaks")


@pytest.fixture(scope="session")
def tshark() -> str:
    """The path of tshark."""
    return _program("tshark")
