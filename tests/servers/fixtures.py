"""Fixtures for real servers and programs: skipped where missing, but failing in CI."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest

from tests.servers.exim import Exim
from tests.servers.node import Node
from tests.servers.postfix import Postfix
from tests.servers.running import MailServer, Unavailable


def missing(what: str) -> NoReturn:
    """Skips on somebody's own machine; in CI nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"CI has to provide it: {what}")
    pytest.skip(what)


def _run(make: Callable[[], MailServer]) -> Iterator[MailServer]:
    try:
        server = make()
    except Unavailable as reason:
        missing(str(reason))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def running_postfix() -> Iterator[MailServer]:
    """One Postfix for the whole run."""
    yield from _run(Postfix)


@pytest.fixture(scope="session")
def running_exim() -> Iterator[MailServer]:
    """One Exim for the whole run."""
    yield from _run(Exim)


@pytest.fixture
def postfix(running_postfix: MailServer) -> MailServer:
    """The Postfix of this run with an empty mailbox."""
    running_postfix.forget_mail()
    return running_postfix


@pytest.fixture
def exim(running_exim: MailServer) -> MailServer:
    """The Exim of this run with an empty mailbox."""
    running_exim.forget_mail()
    return running_exim


@pytest.fixture(scope="session")
def running_node() -> Iterator[MailServer]:
    """One smtp-server for the whole run."""
    yield from _run(Node)


@pytest.fixture
def node(running_node: MailServer) -> MailServer:
    """The smtp-server of this run with an empty mailbox."""
    running_node.forget_mail()
    return running_node


@pytest.fixture(params=["postfix", "exim", "node"])
def mail_server(request: pytest.FixtureRequest) -> MailServer:
    """Each server in turn."""
    server: MailServer = request.getfixturevalue(request.param)
    return server


def _program(name: str) -> str:
    path = shutil.which(name)
    return path if path is not None else missing(f"{name} is not installed")


@pytest.fixture(scope="session")
def swaks() -> str:
    """The path of swaks."""
    return _program("swaks")


@pytest.fixture(scope="session")
def tshark() -> str:
    """The path of tshark."""
    return _program("tshark")
