"""SIGTERM ends a session as Ctrl-C does, and afterwards means what it meant before."""

import asyncio
import os
import signal
import threading

import pytest

from smtplab.cli.interruption import cancel_on_sigterm, sigterm_as_keyboard

pytestmark = pytest.mark.skipif(os.name == "nt", reason="this system sends no such signals")


def test_it_is_a_keyboard_interrupt_for_a_while():
    former = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), sigterm_as_keyboard():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is former


def test_another_thread_changes_nothing():
    former = signal.getsignal(signal.SIGTERM)
    seen = []

    def inside() -> None:
        with sigterm_as_keyboard():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [former]


def test_on_a_loop_it_cancels_the_task():
    async def main() -> str:
        cancel_on_sigterm()
        signal.raise_signal(signal.SIGTERM)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return "cancelled"
        return "not"

    assert asyncio.run(main()) == "cancelled"
