"""Postfix's test programs, which the benchmarks send from and to."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager


def find(program: str) -> str | None:
    """Where a program of Postfix is; Debian keeps them where not everybody looks."""
    return shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin")


@contextmanager
def sink(program: str) -> Iterator[int]:
    """Postfix's sink in a process of its own; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    process = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "128"])
    try:
        _await(port)
        yield port
    finally:
        process.kill()
        process.wait()


def _await(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("smtp-sink does not listen")
