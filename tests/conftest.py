"""A run of the whole suite is shared out among the processors; a part of it runs as usual."""

import pytest

MOST = 4
"""Workers at most: each starts the real servers that it needs."""


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """`-n` and `--dist` of pytest-xdist, where nobody has said otherwise: `-n 0` is one process."""
    wishes = config.option
    if not config.pluginmanager.hasplugin("xdist") or wishes.numprocesses is not None:
        return
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not wishes.keyword
    watched = wishes.usepdb or wishes.collectonly or wishes.capture == "no"
    if whole and not watched:
        wishes.numprocesses = "auto"
        wishes.maxprocesses = wishes.maxprocesses or MOST
        wishes.dist = "worksteal"
