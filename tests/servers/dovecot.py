"""Dovecot's submission server: it logs people in, and hands their mail to another server.

Needs the packages dovecot-core and dovecot-submissiond, and root. Behind it stands the bundled
server, which keeps what comes through.
"""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from smtplab.scenarios import reader
from smtplab.server.background import LoopThread
from smtplab.server.inbox import Inbox
from smtplab.server.lab import Lab
from tests.servers.foreground import ForegroundServer
from tests.servers.running import (
    DOMAIN,
    HOST,
    MECHANISMS,
    PASSWORD,
    SCRAM,
    SERVER_NAME,
    USERNAME,
    Unavailable,
    find_program,
    strip_trace,
)

VERSION = "2.3."
"""Another version has other settings."""

# Its penalty is a wait, ever longer, for an address that has said wrong passwords.
SETTINGS = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = submission
listen = {host}
hostname = {name}
ssl = yes
ssl_cert = <{chain}
ssl_key = <{key}
disable_plaintext_auth = yes
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
mail_location = maildir:{folder}/home
first_valid_uid = 1
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/tokens.conf
}}
passdb {{
  driver = passwd-file
  args = {folder}/accounts
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/home
}}
submission_relay_host = {host}
submission_relay_port = {behind}
submission_max_mail_size = 64M
service submission-login {{
  inet_listener submission {{
    port = {smtp}
  }}
  inet_listener other {{
    port = {submission}
  }}
  inet_listener submissions {{
    port = {submissions}
    ssl = yes
  }}
}}
"""

# A key lies in a file named for the party that it is for, its algorithm and its own name.
TOKEN_SETTINGS = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""
KEY_FILE = "keys/default/HS256/default"

BEHIND = f"""\
title: What stands behind Dovecot
severity: info
story: It knows one recipient.
server:
  size: 67108864
rules:
  - at: rcpt
    when: {{arg: "*stranger*@{DOMAIN}*"}}
    do:
      - reply: 550 5.1.1 No such user here
"""


class Dovecot(ForegroundServer):
    """Dovecot on three loopback ports; each of them wants a login."""

    odd = ("auth-before-tls",)
    lacks = frozenset({"SMTPUTF8"})
    mechanisms = (*MECHANISMS, *SCRAM)
    token_mechanisms = ("XOAUTH2", "OAUTHBEARER")
    takes_strangers = False

    def __init__(self) -> None:
        self._program = find_program("dovecot")
        version = subprocess.run(
            [self._program, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        if not version.startswith(VERSION):
            raise Unavailable(f"Dovecot {VERSION}x is known here, and this is {version.strip()}")
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            raise Unavailable("Dovecot runs as root only here: it changes users")
        super().__init__()
        self._token_key = os.urandom(32)
        self._behind = ExitStack()

    def prepare(self) -> None:
        """Writes the accounts and keys, and starts what stands behind."""
        for name in ("run", "state", "home", "mail"):
            (self.folder / name).mkdir()
        os.chmod(self.folder / "home", 0o777)
        (self.folder / "accounts").write_text(f"{USERNAME}:{{PLAIN}}{PASSWORD}\n")
        (self.folder / "tokens.conf").write_text(TOKEN_SETTINGS.format(folder=self.folder))
        key = self.folder / KEY_FILE
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(self._token_key))
        thread = self._behind.enter_context(LoopThread())
        scenario = reader.read_text(BEHIND.encode(), "behind", "behind")
        inbox = Inbox(drop_oldest=True, maildir=self.maildir)
        self._lab = Lab(scenario, base="plain", auth=False, inbox=inbox)
        thread.run(self._lab.start(HOST))
        self._behind.callback(lambda: thread.run(self._lab.stop()))

    def command(self) -> Sequence[str | Path]:
        """Writes the settings for these ports."""
        settings = self.folder / "dovecot.conf"
        text = SETTINGS.format(
            folder=self.folder,
            host=HOST,
            name=SERVER_NAME,
            chain=self.identity.chain_file,
            key=self.identity.key_file,
            mechanisms=" ".join((*self.mechanisms, *self.token_mechanisms)),
            behind=self._lab.port,
            **vars(self.ports),
        )
        settings.write_text(text)
        return [self._program, "-F", "-c", settings]

    def stop(self) -> None:
        """Stops what stands behind as well."""
        super().stop()
        self._behind.close()

    def token(self, seconds: int = 600) -> str:
        """A token that lets alice in for so long (RFC 7519)."""
        now = int(time.time())
        claims = {"sub": USERNAME, "iat": now - 600, "exp": now + seconds}
        parts = ({"typ": "JWT", "alg": "HS256"}, claims)
        content = b".".join(_for_a_url(json.dumps(part).encode()) for part in parts)
        signature = hmac.digest(self._token_key, content, hashlib.sha256)
        return (content + b"." + _for_a_url(signature)).decode()

    def as_sent(self, stored: bytes) -> bytes:
        return strip_trace(stored)


def _for_a_url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
