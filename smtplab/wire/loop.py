"""Which event loop a program of ours runs on: asyncio's, or uvloop's where that is installed."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Factory = Callable[[], asyncio.AbstractEventLoop]

CHOICE = "SMTPLAB_LOOP"
"""The variable that names the loop: asyncio, whatever is installed."""


def faster_loop() -> Factory | None:
    """Makes loops of uvloop (the extra `fast`); None where it is missing or not wanted."""
    if os.environ.get(CHOICE) == "asyncio":
        return None
    try:
        import uvloop
    except ImportError:
        return None
    factory: Factory = uvloop.new_event_loop
    return factory


def run_loop(main: Coroutine[Any, Any, T], *, long: bool = False) -> T:
    """`asyncio.run`; with `long` on the faster loop, if there is one.

    What is over in a moment is not worth it: to load uvloop takes longer than all of a short
    session.
    """
    with asyncio.Runner(loop_factory=faster_loop() if long else None) as runner:
        return runner.run(main)
