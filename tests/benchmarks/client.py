"""The client beside those of others: `python -m tests.benchmarks.client`.

All send the same mail to Postfix's `smtp-sink`; ours keeps its whole record, and runs as `smtplab
send` does, without an event loop, and on both kinds of loop. Then the reply to EHLO, read by each
one's parser, and `smtplab send` beside swaks, both as whole processes. Needed: `smtp-sink` and
`swaks` (Debian: the packages postfix and swaks), `aiosmtplib` and `uvloop`.
"""

import asyncio
import gc
import logging
import shutil
import smtplib
import sys

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from smtplab.client.outcome import Verdict
from smtplab.client.runner import Runner
from smtplab.client.settings import Envelope, Security, SessionSettings
from smtplab.protocol.replies import ReplyParser
from smtplab.transcript.entries import Transcript
from smtplab.transcript.recorder import Recorder, wall_clock
from smtplab.transcript.redaction import Redactor
from smtplab.wire import blocking
from smtplab.wire.blocking import BlockingNetwork
from smtplab.wire.loop import faster_loop, run_loop
from smtplab.wire.network import Network
from smtplab.wire.tcp import LoopNetwork
from tests.benchmarks.compare import Limit, Round, command, compare, exit_code, timed
from tests.benchmarks.postfix import find, sink

SENDER, RECIPIENT = "a@lab.test", "b@lab.test"

STDLIB, ASYNC, SWAKS = "smtplib", "aiosmtplib", "swaks"
OURS, PIPELINED = "smtplab send", "smtplab send, PIPELINING"
LOOP, FAST = "smtplab, asyncio", "smtplab, uvloop"

LOADS: tuple[tuple[str, int, int, float], ...] = (
    ("1 KB, one kept connection", 1 << 10, 400, 1.0),
    ("1 MB", 1 << 20, 10, 1 / 1.7),
    ("20 MB", 20 << 20, 1, 1 / 1.7),
)
"""Name, octets of a message, messages, and how much of smtplib's time ours may take."""


def messages(size: int, count: int) -> list[bytes]:
    """Messages of about that size, in lines as mail has them; no two are the same object."""
    line = b"All work and no play makes a dull benchmark, and this is one line of 76 octets.\r\n"
    body = line * (size // len(line))
    return [b"Subject: speed %d\r\n\r\n" % number + body for number in range(count)]


# Sending.


def with_smtplib(port: int, contents: list[bytes]) -> None:
    """The standard library's client."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="lab.test") as client:
        for content in contents:
            client.sendmail(SENDER, [RECIPIENT], content)


async def with_aiosmtplib(port: int, contents: list[bytes]) -> None:
    """The other client for asyncio."""
    client = aiosmtplib.SMTP(
        hostname="127.0.0.1", port=port, local_hostname="lab.test", start_tls=False
    )
    async with client:
        for content in contents:
            await client.sendmail(SENDER, [RECIPIENT], content)


async def with_smtplab(
    port: int, contents: list[bytes], network: Network, *, pipelining: bool = False
) -> None:
    """Ours, with its record."""
    settings = SessionSettings(
        host="127.0.0.1",
        port=port,
        security=Security.PLAIN,
        envelope=Envelope(SENDER, (RECIPIENT,)),
        content=contents[0],
        further=tuple(contents[1:]),
        ehlo_name="lab.test",
        pipelining=pipelining,
    )
    transcript = Transcript()
    runner = Runner(settings, Recorder(transcript, Redactor()), wall_clock, network)
    while runner.planned is not None:
        await runner.hurry()
    assert runner.ended is not None
    assert runner.ended.verdict is Verdict.DELIVERED, runner.ended
    assert len(transcript) > 4 * len(contents)


def senders(port: int, size: int, count: int) -> dict[str, Round]:
    """Each contender with this load."""
    load = port, messages(size, count)
    return {
        STDLIB: timed(lambda: with_smtplib(*load)),
        ASYNC: timed(lambda: asyncio.run(with_aiosmtplib(*load))),
        OURS: timed(lambda: blocking.run(with_smtplab(*load, BlockingNetwork()))),
        PIPELINED: timed(
            lambda: blocking.run(with_smtplab(*load, BlockingNetwork(), pipelining=True))
        ),
        LOOP: timed(lambda: asyncio.run(with_smtplab(*load, LoopNetwork()))),
        FAST: timed(lambda: run_loop(with_smtplab(*load, LoopNetwork()), long=True)),
    }


def compare_sending(port: int) -> int:
    """All loads; 1 when a limit is broken."""
    code = 0
    for name, size, count, at_most in LOADS:
        done = compare(name, senders(port, size, count), rounds=7, warm_up=1)
        small = size < 1 << 20
        best = min((PIPELINED, FAST), key=done.median) if small else OURS
        limits = [Limit(best, STDLIB, round(at_most, 3))]
        if small:
            limits.append(Limit(OURS, ASYNC, round(1 / 1.3, 3)))
        code |= exit_code(done, limits)
    return code


# Parsing.

EHLO = b"".join(b"250-X-KEYWORD-%02d with some parameters\r\n" % n for n in range(49)) + (
    b"250 X-LAST\r\n"
)
"""A reply of 50 lines."""

READINGS = 2000


def read_theirs() -> None:
    """aiosmtplib's parser with one reply after the other; it wants a loop for its futures."""
    asyncio.run(_read_theirs())


async def _read_theirs() -> None:
    protocol = SMTPProtocol()
    loop = asyncio.get_running_loop()
    protocol._response_pending = True
    for _ in range(READINGS):
        waiting = protocol._response_waiter = loop.create_future()
        protocol.data_received(EHLO)
        assert waiting.result().code == 250


def read_ours() -> None:
    """Ours."""
    parser = ReplyParser()
    for _ in range(READINGS):
        (reply,) = parser.receive_data(EHLO)
        assert reply.code == 250


def compare_parsing() -> int:
    """The reply to EHLO; 1 when the limit is broken."""
    done = compare("EHLO", {ASYNC: timed(read_theirs), OURS: timed(read_ours)}, rounds=7)
    return exit_code(done, [Limit(OURS, ASYNC, 0.5)])


# Whole processes.


def compare_processes(swaks: str, port: int) -> int:
    """One message without TLS; 1 when the limit is broken."""
    theirs = f"{swaks} --silent 3 --server 127.0.0.1:{port} --from {SENDER} --to {RECIPIENT}"
    ours = (
        f"{sys.executable} -m smtplab send 127.0.0.1:{port} --tls plain --hide all "
        f"--from {SENDER} --to {RECIPIENT}"
    )
    contenders = {
        SWAKS: command(*theirs.split(), "--helo", "lab.test"),
        "python -c 'import asyncio'": command(sys.executable, "-c", "import asyncio"),
        OURS: command(*ours.split()),
    }
    done = compare("one message, whole processes", contenders, rounds=15)
    return exit_code(done, [Limit(OURS, SWAKS, 2.0)])


def main() -> int:
    """Runs every comparison."""
    program, swaks = find("smtp-sink"), shutil.which("swaks")
    if program is None or swaks is None or faster_loop() is None:
        print("smtp-sink, swaks and uvloop have to be installed")
        return 2
    logging.disable()
    gc.freeze()  # as `smtplab` does itself once all is loaded; it serves all contenders alike
    with sink(program) as port:
        code = compare_sending(port)
        return code | compare_parsing() | compare_processes(swaks, port)


if __name__ == "__main__":
    raise SystemExit(main())
