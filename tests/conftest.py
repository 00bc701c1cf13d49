"""A run of the whole suite is shared out among the processors; a part of it runs as usual."""

import os

import pytest

MOST = 4
"""Workers at most: each starts the real servers that it needs."""

IN_A_WORKER = "PYTEST_XDIST_WORKER"
"""A variable that pytest-xdist sets in its workers, which come by here as well."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """`-n` and `--dist` of pytest-xdist, where nobody has said otherwise: `-n 0` is one process."""
    wishes = config.option
    if IN_A_WORKER in os.environ or not config.pluginmanager.hasplugin("xdist"):
        return
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not wishes.keyword
    watched = wishes.usepdb or wishes.collectonly or wishes.capture == "no"
    if whole and not watched and wishes.numprocesses is None:
        wishes.numprocesses = "auto"
        wishes.maxprocesses = wishes.maxprocesses or MOST
        wishes.dist = "worksteal"
