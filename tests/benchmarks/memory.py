"""What a long run leaves in memory: `python -m tests.benchmarks.memory`.

A bundled server with a bounded inbox takes 100,000 sessions, each with a message of 1 KB from
Postfix's `smtp-source` (Debian: the package postfix). Once as many sessions have been that the
oldest are forgotten, it must not grow any more. Linux only, which tells of a process in /proc.
"""

import re
import subprocess
import sys
from pathlib import Path

from smtplab.server.lab import MOST_SESSIONS
from tests.benchmarks.postfix import find
from tests.benchmarks.server import SMTPLAB, served

SESSIONS = 100_000
SETTLED = 2 * MOST_SESSIONS
"""Sessions after which nothing more is kept that was not kept before."""
AT_MOST = 1.05
"""How much the process may have at the end, with what it had then as 1."""

PROGRAM = SMTPLAB.format(long=False).replace("64 << 20", "8 << 20")


def resident(process: int) -> int:
    """KiB of a process in memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1])


def main() -> int:
    """Takes the sessions; 1 when there is more in memory at the end."""
    source = find("smtp-source")
    if source is None or not Path("/proc/self/status").exists():
        print("Postfix's smtp-source and Linux are needed")
        return 2
    sizes: dict[int, int] = {}
    print("| sessions | MiB |\n| ---: | ---: |")
    with served(PROGRAM) as server:
        for done in range(SETTLED, SESSIONS + 1, MOST_SESSIONS):
            count = SETTLED if done == SETTLED else MOST_SESSIONS
            send = [source, "-s", "10", "-m", str(count), "-l", "1024", f"127.0.0.1:{server.port}"]
            subprocess.run(send, check=True)
            sizes[done] = resident(server.process)
            print(f"| {done:,} | {sizes[done] / 1024:.1f} |", flush=True)
    grown = sizes[SESSIONS] / sizes[SETTLED]
    print(f"{'held' if grown <= AT_MOST else 'BROKEN'}: {grown:.3f} times; the limit is {AT_MOST}")
    return 0 if grown <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
