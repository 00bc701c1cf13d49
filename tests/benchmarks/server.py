"""The bundled server beside plain aiosmtpd: `python -m tests.benchmarks.server`.

All run in processes of their own and take the same mail from Postfix's `smtp-source`; ours keeps
a full tape of every session and the messages in a bounded inbox. Postfix's `smtp-sink` is written
in C and keeps nothing. A server that always says the same, on uvloop, shows what the sender and
the loop can do at most. Needed: Postfix's two (Debian: the package postfix), and uvloop.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from smtplab.wire.loop import faster_loop
from tests.benchmarks.compare import Limit, compare, exit_code
from tests.benchmarks.postfix import find, sink

THEIRS, OURS, FAST, SINK = "aiosmtpd", "smtplab", "smtplab, uvloop", "smtp-sink"
MOST = "at most"

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
from smtplab.wire.loop import run_loop

async def main():
    inbox = Inbox(64 << 20, drop_oldest=True)
    lab = Lab(find("honest"), base="plain", auth=False, inbox=inbox)
    await lab.start()
    print(lab.port, flush=True)
    await asyncio.Event().wait()

run_loop(main(), long={long})
"""

AT_MOST = """
import asyncio
from smtplab.wire.loop import run_loop

class Parrot(asyncio.BufferedProtocol):
    def connection_made(self, transport):
        self.transport, self.room, self.tail = transport, memoryview(bytearray(1 << 18)), None
        transport.write(b"220 lab.test ESMTP\\r\\n")

    def get_buffer(self, sizehint):
        return self.room

    def buffer_updated(self, count):
        if self.tail is not None:
            self.tail = (self.tail + self.room[max(0, count - 5) : count].tobytes())[-5:]
            if self.tail == b"\\r\\n.\\r\\n":
                self.tail = None
                self.transport.write(b"250 OK\\r\\n")
            return
        verb = self.room[:4].tobytes()
        self.tail = b"" if verb == b"DATA" else None
        self.transport.write(b"354 go\\r\\n" if verb == b"DATA" else b"250 OK\\r\\n")
        if verb == b"QUIT":
            self.transport.close()

async def main():
    server = await asyncio.get_running_loop().create_server(Parrot, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()

run_loop(main(), long=True)
"""

LOADS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("1 KB, one kept connection", ("-s", "1", "-m", "400", "-l", "1024", "-d"), 1.5),
    ("1 KB, ten kept connections", ("-s", "10", "-m", "400", "-l", "1024", "-d"), 1.5),
    ("1 KB, new connections, one", ("-s", "1", "-m", "200", "-l", "1024"), 1.5),
    ("1 KB, new connections, ten", ("-s", "10", "-m", "200", "-l", "1024"), 1.5),
    ("1 MB", ("-s", "1", "-m", "10", "-l", str(1 << 20), "-d"), 5),
    ("20 MB", ("-s", "1", "-m", "1", "-l", str(20 << 20)), 8),
)
"""Name, options of `smtp-source`, and how many times as fast as aiosmtpd ours must be."""

KEPT = ("1 KB, one kept connection", "1 KB, ten kept connections")
OF_SINK = 0.7
"""How fast ours must be on uvloop, with the sink's speed as 1, on kept connections."""


@dataclass(frozen=True)
class Served:
    """A server that runs, in a process of its own."""

    process: int
    port: int


@contextmanager
def served(program: str) -> Iterator[Served]:
    """Runs a server; it prints its port."""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(process.pid, int(process.stdout.readline()))
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
    source, their_sink = find("smtp-source"), find("smtp-sink")
    if source is None or their_sink is None or faster_loop() is None:
        print("Postfix's smtp-source and smtp-sink, and uvloop, have to be installed")
        return 2
    code = 0
    with ExitStack() as stack:
        ports = {
            THEIRS: stack.enter_context(served(AIOSMTPD)).port,
            OURS: stack.enter_context(served(SMTPLAB.format(long=False))).port,
            FAST: stack.enter_context(served(SMTPLAB.format(long=True))).port,
            SINK: stack.enter_context(sink(their_sink)),
            MOST: stack.enter_context(served(AT_MOST)).port,
        }
        for name, options, times in LOADS:
            contenders = {who: sending(source, options, port) for who, port in ports.items()}
            limits = [Limit(OURS, THEIRS, round(1 / times, 3))]
            if name in KEPT:
                limits.append(Limit(FAST, SINK, round(1 / OF_SINK, 3)))
            code |= exit_code(compare(name, contenders, rounds=9, warm_up=1), limits)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
