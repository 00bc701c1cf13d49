"""What is shared out among workers: a whole run, once, and nothing that somebody watches."""

from types import SimpleNamespace

import pytest

from tests.conftest import IN_A_WORKER, pytest_cmdline_main

WHOLE, PART = pytest.Config.ArgsSource.TESTPATHS, pytest.Config.ArgsSource.ARGS


@pytest.mark.parametrize(
    ("source", "wishes", "has_xdist", "worker", "processes"),
    [
        (WHOLE, {}, True, None, "auto"),
        (WHOLE, {}, True, "gw0", None),
        (WHOLE, {}, False, None, None),
        (WHOLE, {"numprocesses": 0}, True, None, 0),
        (WHOLE, {"numprocesses": 3}, True, None, 3),
        (WHOLE, {"keyword": "tls"}, True, None, None),
        (WHOLE, {"usepdb": True}, True, None, None),
        (WHOLE, {"collectonly": True}, True, None, None),
        (WHOLE, {"capture": "no"}, True, None, None),
        (PART, {}, True, None, None),
    ],
)
def test_only_a_whole_run_is_shared_out(monkeypatch, source, wishes, has_xdist, worker, processes):
    monkeypatch.delenv(IN_A_WORKER, raising=False)
    if worker is not None:
        monkeypatch.setenv(IN_A_WORKER, worker)
    usual = {
        "numprocesses": None, "maxprocesses": None, "dist": "no", "keyword": "", "usepdb": False,
        "collectonly": False, "capture": "fd",
    }  # fmt: skip
    option = SimpleNamespace(**{**usual, **wishes})
    plugins = SimpleNamespace(hasplugin=lambda name: has_xdist)
    pytest_cmdline_main(SimpleNamespace(option=option, args_source=source, pluginmanager=plugins))
    assert option.numprocesses == processes
    assert (option.dist == "worksteal") == (processes == "auto")
