"""The npm package smtp-server, which many services of the Node world are built on.

`npm install smtp-server` in a folder, and the variable SMTPLAB_NODE naming that folder's
`node_modules`, is all it takes.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.servers.running import (
    HOST,
    PASSWORD,
    SERVER_NAME,
    USERNAME,
    MailServer,
    Unavailable,
)

VARIABLE = "SMTPLAB_NODE"

PROGRAM = Path(__file__).with_name("node_server.js")


class Node(MailServer):
    """smtp-server on three loopback ports, keeping alice's mail octet for octet."""

    # It offers AUTH before TLS, and then says 538 to it.
    odd = ("auth-before-tls",)
    chunking = False

    def __init__(self) -> None:
        program, modules = shutil.which("node"), os.environ.get(VARIABLE, "")
        if program is None:
            raise Unavailable("node is not installed")
        if not (Path(modules) / "smtp-server").is_dir():
            raise Unavailable(f"{VARIABLE} names no node_modules with smtp-server")
        super().__init__()
        self._command = [program, str(PROGRAM), str(self.folder / "wishes.json")]
        self._modules = modules
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Makes the maildir."""
        for name in ("tmp", "new"):
            (self.maildir / name).mkdir(parents=True)

    def launch(self) -> None:
        """Writes what it should do, and starts it."""
        wishes = {
            "name": SERVER_NAME,
            "host": HOST,
            "modules": self._modules,
            "maildir": str(self.maildir),
            "key": str(self.identity.key_file),
            "chain": str(self.identity.chain_file),
            "username": USERNAME,
            "password": PASSWORD,
            **vars(self.ports),
        }
        (self.folder / "wishes.json").write_text(json.dumps(wishes))
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def halt(self) -> None:
        """Ends it."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait(10)
        self._process = None

    def log(self) -> str:
        """What it printed."""
        output = self.folder / "output"
        return output.read_text(errors="replace") if output.exists() else ""

    def as_sent(self, stored: bytes) -> bytes:
        """The very octets: this server puts nothing on top and changes no line end."""
        return stored
