"""The shell without a screen: lines from stdin, text to stdout. For pipes and screen readers."""

import asyncio
import sys
from collections.abc import AsyncIterator

from smtplab.shell.session import Shell


async def lines_of_stdin() -> AsyncIterator[str]:
    """The lines of stdin without their line ends, read beside the event loop."""
    while True:
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        yield line.removesuffix("\n").removesuffix("\r")


async def run_plain(shell: Shell, *, prompts: bool) -> None:
    """Does line after line until there are no more; `prompts` says before each what comes next."""
    watcher = asyncio.create_task(shell.poll(), name="poll")  # noqa: TID251  # kept, and cancelled
    try:
        if prompts:
            shell.tell(shell.next_text())
        async for line in lines_of_stdin():
            await shell.handle(line)
            if shell.over:
                return
            if prompts and shell.body is None:
                shell.tell(shell.next_text())
    finally:
        watcher.cancel()
