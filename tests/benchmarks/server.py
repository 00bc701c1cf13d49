"""The bundled server beside plain aiosmtpd: `python -m tests.benchmarks.server`.

Both run in processes of their own and take the same mail from Postfix's `smtp-source`; ours keeps
a full tape of every session and the messages in a bounded inbox. `smtp-source` has to be there
(Debian: the package postfix).
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.benchmarks.compare import Limit, compare, exit_code

THEIRS, OURS = "aiosmtpd", "smtplab"

AIOSMTPD = """
import asyncio
from aiosmtpd.smtp import SMTP

class Taking:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    def make():
        return SMTP(Taking(), hostname="lab.test", data_size_limit=1 << 26, loop=loop)
    server = await loop.create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""

SMTPLAB = """
import asyncio
from smtplab.scenarios.library import find
from smtplab.server.inbox import Inbox
from smtplab.server.lab import Lab

async def main():
    inbox = Inbox(64 << 20, drop_oldest=True)
    lab = Lab(find("honest"), base="plain", auth=False, inbox=inbox)
    await lab.start()
    print(lab.port, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


LOADS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("1 KB, one kept connection", ("-s", "1", "-m", "400", "-l", "1024", "-d"), 1 / 1.5),
    ("1 KB, ten kept connections", ("-s", "10", "-m", "400", "-l", "1024", "-d"), 1 / 1.5),
    ("1 KB, new connections, one", ("-s", "1", "-m", "200", "-l", "1024"), 1 / 1.5),
    ("1 KB, new connections, ten", ("-s", "10", "-m", "200", "-l", "1024"), 1 / 1.5),
    ("1 MB", ("-s", "1", "-m", "10", "-l", str(1 << 20), "-d"), 1 / 5),
    ("20 MB", ("-s", "1", "-m", "1", "-l", str(20 << 20)), 1 / 8),
)
"""Name, options of `smtp-source`, and how much of aiosmtpd's time ours may take."""


@contextmanager
def served(program: str) -> Iterator[int]:
    """A server in a process of its own; its port."""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def sending(source: str, options: tuple[str, ...], port: int) -> Callable[[], float]:
    """Sends the load once; how long it took."""

    def once() -> float:
        started = time.perf_counter()
        subprocess.run(
            [source, *options, "-f", "a@lab.test", "-t", "b@lab.test", f"127.0.0.1:{port}"],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return time.perf_counter() - started

    return once


def main() -> int:
    """Runs every load."""
    source = shutil.which("smtp-source", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if source is None:
        print("smtp-source is not installed")
        return 2
    code = 0
    with served(AIOSMTPD) as theirs, served(SMTPLAB) as ours:
        for name, options, at_most in LOADS:
            contenders = {
                THEIRS: sending(source, options, theirs),
                OURS: sending(source, options, ours),
            }
            done = compare(name, contenders, rounds=9, warm_up=1)
            code |= exit_code(done, (Limit(OURS, THEIRS, round(at_most, 3)),))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
