"""Haraka, the mail server of the Node world: one folder of settings, a plugin that keeps the mail.

`npm install Haraka` in the folder that SMTPLAB_NODE belongs to is all it takes.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.servers.foreground import ForegroundServer
from tests.servers.node import find_node
from tests.servers.running import (
    HOST,
    MECHANISMS,
    PASSWORD,
    SERVER_NAME,
    USERNAME,
    find_program,
    strip_trace,
)

PLUGIN = Path(__file__).with_name("haraka_plugin.js")

SETTINGS = """\
listen={host}:{smtp},{host}:{submission},{host}:{submissions}
smtps_port={submissions}
nodes=0
"""

# Every section has to be there, though empty. Its own limit of a line would fold the longest that
# RFC 5321 allows.
CONNECTION = """\
[main]
[haproxy]
hosts[]=
[headers]
[max]
bytes=67108864
line_length=512
data_line_length=1001
[message]
helo=at your service
close=good bye
[uuid]
"""

ACCOUNTS = """\
[core]
methods={mechanisms}
constrain_sender=false
[users]
{username}={password}
"""

PLUGINS = ("tls", "auth/flat_file", "haraka_plugin")


class Haraka(ForegroundServer):
    """Haraka on three loopback ports, keeping alice's mail octet for octet."""

    odd = ("auth-before-tls",)
    lacks = frozenset({"CHUNKING"})

    def __init__(self) -> None:
        self._node, modules = find_node("Haraka")
        self._program = Path(modules) / "Haraka" / "bin" / "haraka"
        self._openssl = find_program("openssl")
        super().__init__()

    def prepare(self) -> None:
        """Writes the settings and makes the maildir."""
        for name in ("tmp", "new"):
            (self.maildir / name).mkdir(parents=True)
        for name in ("config", "plugins", "queue"):
            (self.folder / name).mkdir()
        shutil.copy(PLUGIN, self.folder / "plugins")
        accounts = ACCOUNTS.format(
            mechanisms=",".join(MECHANISMS), username=USERNAME, password=PASSWORD
        )
        self._set("auth_flat_file.ini", accounts)
        self._set("connection.ini", CONNECTION)
        self._set("tls.ini", f"key={self.identity.key_file}\ncert={self.identity.chain_file}\n")
        self._make_parameters()
        self._set("me", SERVER_NAME)
        self._set("plugins", "\n".join(PLUGINS))

    def command(self) -> Sequence[str | Path]:
        """Writes where to listen, and who is served there."""
        self._set("smtp.ini", SETTINGS.format(host=HOST, **vars(self.ports)))
        wishes = {
            "maildir": str(self.maildir),
            "recipient": USERNAME,
            "login": [self.ports.submission, self.ports.submissions],
        }
        self._set("haraka_plugin.json", json.dumps(wishes))
        return [self._node, self._program, "-c", self.folder]

    def _make_parameters(self) -> None:
        # A group from a book: it would search for one of its own, for many seconds.
        subprocess.run(
            [
                self._openssl, "genpkey", "-genparam", "-algorithm", "DH",
                "-pkeyopt", "group:ffdhe2048", "-out", self.folder / "config" / "dhparams.pem",
            ],
            check=True, capture_output=True, timeout=30,
        )  # fmt: skip

    def as_sent(self, stored: bytes) -> bytes:
        """Without the trace headers; no line end was changed."""
        return strip_trace(stored)

    def _set(self, name: str, text: str) -> None:
        (self.folder / "config" / name).write_text(text + "\n")
