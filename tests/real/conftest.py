"""Tests here talk to programs that others wrote; every one of them is marked `real`."""

from pathlib import Path

import pytest

from tests.servers.fixtures import (  # noqa: F401  # pytest finds fixtures by their names here
    mail_server,
    postfix,
    servers,
    swaks,
    tshark,
)

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.real)
