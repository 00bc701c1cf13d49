"""Servers that are one program in the foreground, with whatever it starts in its session."""

import contextlib
import os
import signal
import subprocess
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

from tests.servers.running import MailServer


class ForegroundServer(MailServer):
    """A mail server that runs until the program ends, and logs to where that prints."""

    heeds_term = True
    """Whether SIGTERM ends the program; SIGKILL does in any case."""

    def __init__(self) -> None:
        super().__init__()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """Writes every file that depends on the ports; returns the program with its arguments."""

    def launch(self) -> None:
        """Starts the program; whether it stays shows when its ports are asked."""
        command = self.command()
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def runs(self) -> bool:
        """Whether the program has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def halt(self) -> None:
        """Ends the program and, as they share its session, everything it has started."""
        if self._process is None:
            return
        group = self._process.pid
        _signal_group(group, signal.SIGTERM if self.heeds_term else signal.SIGKILL)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            _signal_group(group, signal.SIGKILL)
            self._process.wait(10)
        _signal_group(group, signal.SIGKILL)
        self._process = None

    def logs(self) -> Sequence[Path]:
        """Other files that it logs to."""
        return ()

    def log(self) -> str:
        """What it printed, and what is in its log files."""
        paths = [self.folder / "output", *self.logs()]
        return "".join(path.read_text(errors="replace") for path in paths if path.exists())


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
