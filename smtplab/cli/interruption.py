"""Ctrl-C, and SIGTERM, by which `timeout` and CI end a program: both end a session in order."""

import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def sigterm_as_keyboard() -> Iterator[None]:
    """Inside, SIGTERM raises KeyboardInterrupt; without effect outside the main thread."""
    try:
        former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def cancel_on_sigterm() -> None:
    """On an event loop: SIGTERM cancels the running task, as Ctrl-C does."""
    import asyncio

    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
