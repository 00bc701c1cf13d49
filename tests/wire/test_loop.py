"""uvloop where it is installed, wanted and worth it; asyncio's own loop otherwise."""

import asyncio
import sys

import pytest

from smtplab.wire.loop import CHOICE, faster_loop, run_loop


class Loop(asyncio.SelectorEventLoop):
    pass


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> type[Loop]:
    """Something in the place of uvloop, whether that is installed or not."""

    class Module:
        new_event_loop = Loop

    monkeypatch.setitem(sys.modules, "uvloop", Module)
    monkeypatch.delenv(CHOICE, raising=False)
    return Loop


async def kind() -> type[asyncio.AbstractEventLoop]:
    return type(asyncio.get_running_loop())


def test_long_work_runs_on_the_faster_loop(fast: type[Loop]) -> None:
    assert run_loop(kind(), long=True) is fast
    assert run_loop(kind()) is not fast


def test_the_user_can_do_without(fast: type[Loop], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "asyncio")
    assert faster_loop() is None
    assert run_loop(kind(), long=True) is not fast


def test_without_uvloop_it_is_asyncio(fast: type[Loop], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert faster_loop() is None
    assert run_loop(kind(), long=True) is not fast


def test_a_session_runs_on_uvloop() -> None:
    """The transports of uvloop are none of asyncio's classes."""
    uvloop = pytest.importorskip("uvloop")
    from smtplab.client.outcome import Verdict
    from smtplab.workbench.automatic import Automatic
    from smtplab.workbench.bench import Workbench
    from smtplab.workbench.options import Options
    from smtplab.workbench.target import parse_target

    async def session() -> Verdict:
        async with Workbench(parse_target("scenario:honest"), Options()) as bench:
            await Automatic(bench).run()
            assert bench.outcome is not None
            return bench.outcome.verdict

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(session()) is Verdict.DELIVERED
