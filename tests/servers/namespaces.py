"""Namespaces of one's own, for servers whose paths, users or host name are compiled in."""

import functools
import subprocess
from pathlib import Path

from tests.servers.running import Unavailable, find_program

OPTIONS = (
    "--mount", "--propagation", "private", "--uts", "--pid", "--fork", "--kill-child",
    "--mount-proc",
)  # fmt: skip


def apart(script: str) -> list[str | Path]:
    """The command that runs a shell script with mounts, a host name and processes of its own.

    They all end with it. It may mount over the folders of the system: nobody else sees that.
    """
    return [find_program("unshare"), *OPTIONS, "/bin/sh", "-euc", script]


@functools.cache
def require_namespaces() -> None:
    """Unavailable where the machine does not let us have them."""
    tried = subprocess.run(
        apart("true"), capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL
    )
    if tried.returncode:
        raise Unavailable(f"namespaces of one's own are forbidden: {tried.stderr.strip()}")
