"""Clients as processes: their output, their end, and the time limit."""

import os
import select
import sys

import pytest

from smtplab.grading import process
from smtplab.grading.process import Finished


async def run(tmp_path, code: str, *, stdin: bytes | None = None, limit: float = 20.0) -> Finished:
    folder = tmp_path / "work"
    folder.mkdir()
    source = None
    if stdin is not None:
        source = tmp_path / "input"
        source.write_bytes(stdin)
    return await process.run(
        [sys.executable, "-c", code],
        folder=folder,
        variables=dict(os.environ),
        stdin=source,
        time_limit=limit,
    )


async def test_output_and_exit_code(tmp_path):
    code = "import sys; print(sys.stdin.read(), end=''); print('e', file=sys.stderr); sys.exit(3)"
    found = await run(tmp_path, code, stdin=b"hello")
    assert (found.exit_code, found.stdout, found.stderr.strip()) == (3, "hello", "e")
    assert found.signal == 0
    assert found.says("^hel")


async def test_without_input_there_is_nothing_to_read(tmp_path):
    assert (await run(tmp_path, "import sys; print(len(sys.stdin.read()))")).stdout.strip() == "0"


async def test_input_that_nobody_reads(tmp_path):
    assert (await run(tmp_path, "pass", stdin=b"x" * (1 << 20))).exit_code == 0


async def test_at_the_time_limit_it_is_killed(tmp_path):
    found = await run(tmp_path, "import time; time.sleep(60)", limit=0.3)
    assert found.exit_code is None
    assert found.seconds < 30


def ends(pid: int) -> bool:
    """Whether a process is over, or is so within 20 seconds."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 20)[0])
    finally:
        os.close(descriptor)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux tells when others end")
async def test_what_it_started_dies_with_it(tmp_path):
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', "
        "'import time; time.sleep(60)']); print(p.pid)"
    )
    found = await run(tmp_path, code)
    child = int(found.stdout)
    assert found.exit_code == 0
    assert found.seconds < 30
    assert ends(child)


async def test_long_output_is_cut(tmp_path):
    found = await run(tmp_path, "print('x' * 1000000)")
    assert len(found.stdout) == process.KEPT


@pytest.mark.parametrize(
    ("code", "signal"), [(0, 0), (1, 0), (128, 0), (139, 11), (-6, 6), (159, 31), (160, 0),
                         (255, 0), (None, 0)],
)  # fmt: skip
def test_which_exit_codes_tell_of_a_signal(code, signal):
    assert Finished(code, 1.0, "", "").signal == signal


async def test_a_program_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError):
        await process.run(
            ["/nowhere/at/all"], folder=tmp_path, variables={}, stdin=None, time_limit=5
        )
