"""The console with a long record: `python -m tests.benchmarks.console`.

A hundred entries on the Wire beside a hundred thousand: how long a key takes to be painted, a page
to be scrolled (in processor time, because a pilot waits between keys). How long the long record
takes to be there, and what memory it takes. And the time to the first useful screen, beside that
of a Textual application with nothing in it.
"""

import asyncio
import gc
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from smtplab.protocol.events import CommandSent, ReplyReceived
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Entry, Transcript
from smtplab.tui.app import Console
from smtplab.tui.opening import Opening
from smtplab.tui.screens.main import MainScreen
from smtplab.tui.widgets.wire import Wire
from tests.benchmarks.compare import Limit, compare, exit_code

FEW, MANY = "100 entries", "100,000 entries"
EMPTY, OURS = "an empty Textual application", "the console's start screen"

SIZE = (120, 40)
MOST_SECONDS = 5.0
"""To fill the Wire with the long record."""
MOST_OCTETS = 100 << 20
"""More memory with the long record than without."""


def record(count: int) -> Transcript:
    """A record of so many lines: commands and their replies in turn."""
    (reply,) = ReplyParser().receive_data(b"250 2.0.0 fine, and go on like this\r\n")
    events = (
        CommandSent(Verb.NOOP, b"NOOP this is one of very many lines\r\n", ()),
        ReplyReceived(reply, Verb.NOOP),
    )
    entries = [Entry(n + 1, n * 1000, "ehlo", False, events[n % 2]) for n in range(count)]
    return Transcript("a long record", entries)


async def _with_record(count: int, work: Callable[[Pilot[int]], Awaitable[float]]) -> float:
    app = Console(Opening(record=record(count)))
    async with app.run_test(size=SIZE) as pilot:
        while not isinstance(app.screen, MainScreen):
            await pilot.pause()
        await pilot.pause()
        return await work(pilot)


async def _keys(pilot: Pilot[int]) -> float:
    """Thirty lines up, each painted before the next."""
    await pilot.press("G")
    started = time.process_time()
    for _ in range(30):
        await pilot.press("up")
    return time.process_time() - started


async def _pages(pilot: Pilot[int]) -> float:
    """Three pages up, and the end again."""
    await pilot.press("G")
    started = time.process_time()
    for key in ("pageup", "pageup", "pageup", "G"):
        await pilot.press(key)
    return time.process_time() - started


async def _fill(*, traced: bool) -> tuple[float, int]:
    """Seconds until the long record is on the Wire, and the octets that it takes, if traced."""
    long = record(100_000)
    app = Console(Opening())
    octets = 0
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        gc.collect()
        if traced:
            tracemalloc.start()
        started = time.perf_counter()
        await app.open_record(long)
        while not app.screen.query(Wire) or app.screen.query_one(Wire).current is None:
            await pilot.pause()
        seconds = time.perf_counter() - started
        if traced:
            gc.collect()
            octets, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    return seconds, octets


FIRST_SCREEN = """
import asyncio, sys, time
{make}
async def main():
    async with app.run_test(size=(120, 40)) as pilot:
        while not ({ready}):
            await pilot.pause()
        await pilot.pause()
        print(time.monotonic(), flush=True)
asyncio.run(main())
"""
"""A program that tells the moment of its first useful screen."""

EMPTY_APP = FIRST_SCREEN.format(make="from textual.app import App\napp = App()", ready="True")
OUR_APP = FIRST_SCREEN.format(
    make="from smtplab.tui.app import Console\nfrom smtplab.tui.opening import Opening\n"
    "app = Console(Opening())",
    ready="app.screen.query('#choices')",
)


def first_screen(program: str) -> Callable[[], float]:
    """Seconds from the start of a process to its first useful screen."""

    def once() -> float:
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
        )
        return float(done.stdout) - started

    return once


def main() -> int:
    """Runs the comparisons."""
    code = 0
    for title, work in (("thirty keys", _keys), ("four pages", _pages)):
        contenders = {
            FEW: lambda work=work: asyncio.run(_with_record(100, work)),
            MANY: lambda work=work: asyncio.run(_with_record(100_000, work)),
        }
        code |= exit_code(compare(title, contenders, rounds=5, warm_up=1), (Limit(MANY, FEW, 1.5),))
    first = {EMPTY: first_screen(EMPTY_APP), OURS: first_screen(OUR_APP)}
    code |= exit_code(compare("first screen", first, rounds=7), (Limit(OURS, EMPTY, 1.5),))
    seconds, _ = asyncio.run(_fill(traced=False))
    _, octets = asyncio.run(_fill(traced=True))
    held = seconds < MOST_SECONDS and octets < MOST_OCTETS
    print(
        f"\n{'held' if held else 'BROKEN'}: {MANY} are on the Wire after {seconds:.2f} s (at most "
        f"{MOST_SECONDS:g}) and take {octets / (1 << 20):.0f} MiB (at "
        f"most {MOST_OCTETS >> 20})"
    )
    return code | (not held)


if __name__ == "__main__":
    raise SystemExit(main())
