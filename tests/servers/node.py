"""The npm package smtp-server, which many services of the Node world are built on.

`npm install smtp-server` in a folder, and the variable SMTPLAB_NODE naming that folder's
`node_modules`, is all it takes.
"""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.servers.foreground import ForegroundServer
from tests.servers.running import HOST, PASSWORD, SERVER_NAME, USERNAME, Unavailable

VARIABLE = "SMTPLAB_NODE"

PROGRAM = Path(__file__).with_name("node_server.js")


def find_node(package: str) -> tuple[str, str]:
    """The path of node and the folder of its modules; Unavailable when this one is not there."""
    program, modules = shutil.which("node"), os.environ.get(VARIABLE, "")
    if program is None:
        raise Unavailable("node is not installed")
    if not (Path(modules) / package).is_dir():
        raise Unavailable(f"{VARIABLE} names no node_modules with {package}")
    return program, modules


class Node(ForegroundServer):
    """smtp-server on three loopback ports, keeping alice's mail octet for octet."""

    # It offers AUTH before TLS, and then says 538 to it.
    odd = ("auth-before-tls",)
    lacks = frozenset({"CHUNKING"})

    def __init__(self) -> None:
        self._node, self._modules = find_node("smtp-server")
        super().__init__()

    def prepare(self) -> None:
        """Makes the maildir."""
        for name in ("tmp", "new"):
            (self.maildir / name).mkdir(parents=True)

    def command(self) -> Sequence[str | Path]:
        """Writes what it should do."""
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
        file = self.folder / "wishes.json"
        file.write_text(json.dumps(wishes))
        return [self._node, PROGRAM, file]

    def as_sent(self, stored: bytes) -> bytes:
        """The very octets: this server puts nothing on top and changes no line end."""
        return stored
