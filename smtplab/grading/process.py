"""A client as a process: started without a shell, watched, and killed with all that it started."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

KEPT = 64 << 10
"""Octets of each output that are kept: the first ones."""

SIGNALS = range(129, 160)
"""Exit codes by which a shell tells of a signal. 255 is none: perl and git end so by themselves."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a process ended."""

    exit_code: int | None
    """None: it was still running at the time limit."""
    seconds: float
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)

    @property
    def signal(self) -> int:
        """The signal that ended it; 0 for none."""
        if self.exit_code is None:
            return 0
        if self.exit_code < 0:
            return -self.exit_code
        return self.exit_code - 128 if self.exit_code in SIGNALS else 0

    @property
    def signal_name(self) -> str:
        """The name of that signal, where it has one."""
        try:
            return signal.Signals(self.signal).name
        except ValueError:
            return f"signal {self.signal}"

    @property
    def output(self) -> str:
        """Both outputs."""
        return self.stdout + self.stderr

    def says(self, pattern: str) -> bool:
        """Whether a pattern is found in the output."""
        return re.search(pattern, self.output, re.MULTILINE) is not None


async def run(
    words: Sequence[str],
    *,
    folder: Path,
    variables: Mapping[str, str],
    stdin: Path | None,
    time_limit: float,
) -> Finished:
    """Runs a program in a folder for at most so many seconds, its input from a file or nothing.

    Its outputs go to files beside that folder: unlike a pipe, a file is held open by nobody. Raises
    OSError when it cannot be started.
    """
    outputs = [folder.with_name(name) for name in ("stdout", "stderr")]
    loop = asyncio.get_running_loop()
    begin = loop.time()
    started = _start(words, folder, variables, stdin, outputs)
    over = asyncio.Event()
    # Popen.wait is the one way of waiting that all systems have; hence a thread.
    waiter = threading.Thread(target=_wait, args=(started, loop, over), daemon=True)
    waiter.start()
    timed_out = False
    try:
        async with asyncio.timeout(time_limit):
            await over.wait()
    except TimeoutError:
        timed_out = True
    finally:
        ended = loop.time()
        _kill(started)
        await over.wait()
        waiter.join()
    code = None if timed_out else started.returncode
    return Finished(code, ended - begin, *(_text(path) for path in outputs))


def _start(
    words: Sequence[str],
    folder: Path,
    variables: Mapping[str, str],
    stdin: Path | None,
    outputs: Sequence[Path],
) -> "subprocess.Popen[bytes]":
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(stdin.open("rb")) if stdin is not None else subprocess.DEVNULL
        out, err = (stack.enter_context(path.open("wb")) for path in outputs)
        return subprocess.Popen(
            list(words),
            cwd=folder,
            env=dict(variables),
            stdin=source,
            stdout=out,
            stderr=err,
            start_new_session=sys.platform != "win32",
        )


def _wait(
    started: "subprocess.Popen[bytes]", loop: asyncio.AbstractEventLoop, over: asyncio.Event
) -> None:
    started.wait()
    # The loop may be gone, when the whole program is being stopped.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(over.set)


def _kill(started: "subprocess.Popen[bytes]") -> None:
    """Ends the process and all of its group, whatever is left of them."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            started.kill()
        else:
            os.killpg(started.pid, signal.SIGKILL)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(KEPT).decode("utf-8", "backslashreplace")
