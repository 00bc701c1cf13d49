"""A throw-away Exim: one configuration file, one folder, nothing installed.

Debian's exim4-daemon-light conflicts with postfix, so the tests take an unpacked package where
there is one (see tests/servers/unpacked.py). It also wants a user called Debian-exim.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.servers.foreground import ForegroundServer
from tests.servers.running import (
    DOMAIN,
    HOST,
    PASSWORD,
    SERVER_NAME,
    USERNAME,
    Unavailable,
)
from tests.servers.unpacked import unpacked

PROGRAM = "usr/sbin/exim4"
USER = "nobody"
GROUP = "nogroup"

CONFIGURATION = """\
primary_hostname = {name}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/spool/pid
# Exim starts itself anew for every delivery: by this path, or mail is accepted and never delivered.
exim_path = {program}
keep_environment = LD_LIBRARY_PATH
exim_user = {user}
exim_group = {group}
never_users =
daemon_smtp_ports = {smtp} : {submission} : {submissions}
tls_on_connect_ports = {submissions}
local_interfaces = {host}
host_lookup =
tls_advertise_hosts = *
tls_certificate = {folder}/chain.pem
tls_privatekey = {folder}/key.pem
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
smtputf8_advertise_hosts = *
chunking_advertise_hosts = *
dsn_advertise_hosts = *
acl_smtp_mail = sender
acl_smtp_rcpt = recipient
acl_smtp_data = content
domainlist ours = {domain}

begin acl
sender:
  accept condition = ${{if eq{{$received_port}}{{{smtp}}}}}
  deny   message = TLS first
         !encrypted = *
  deny   message = login first
         !authenticated = *
  accept
recipient:
  accept authenticated = *
  deny   message = relaying is not for you
         !domains = +ours
  deny   message = no such user
         !local_parts = alice
  accept
content:
  accept

begin routers
ours:
  driver = accept
  domains = +ours
  transport = mailbox
others:
  driver = accept
  transport = nowhere

begin transports
mailbox:
  driver = appendfile
  directory = {folder}/mail/alice
  maildir_format
  create_directory
  user = {user}
nowhere:
  driver = appendfile
  file = /dev/null
  user = {user}

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{username}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{username}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{{username}}}{{{password}}}fail}}
  server_set_id = $auth1
"""


def find_exim() -> Path:
    """The program, in an unpacked package or installed; Unavailable when none is fit to run."""
    program = _look_for_exim()
    tried = subprocess.run(
        [program, "-C", os.devnull, "-bV"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        check=False,
    )
    if tried.returncode:
        raise Unavailable(f"{program} does not run: {tried.stdout.strip()}")
    return program


def _look_for_exim() -> Path:
    try:
        return unpacked("exim", PROGRAM) / PROGRAM
    except Unavailable:
        installed = shutil.which("exim4", path="/usr/sbin:/usr/bin")
        if installed is None:
            raise
        return Path(installed).resolve()


class Exim(ForegroundServer):
    """Exim on three loopback ports, delivering alice's mail into a maildir."""

    def __init__(self) -> None:
        found = find_exim()
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            raise Unavailable("Exim runs as root only here: it changes users to deliver")
        super().__init__()
        # A copy here: as another user it starts itself anew, and root's folders are closed to that.
        self._program = Path(shutil.copy(found, self.folder / "exim4"))

    def prepare(self) -> None:
        """Makes the folders, owned by the user that Exim delivers as."""
        for name in ("spool", "log", "mail"):
            (self.folder / name).mkdir()
            shutil.chown(self.folder / name, USER, GROUP)
        self.identity.key_file.chmod(0o640)
        shutil.chown(self.identity.key_file, "root", GROUP)

    def command(self) -> Sequence[str | Path]:
        """Writes the configuration for these ports."""
        configuration = self.folder / "exim.conf"
        text = CONFIGURATION.format(
            folder=self.folder,
            name=SERVER_NAME,
            host=HOST,
            domain=DOMAIN,
            program=self._program,
            user=USER,
            group=GROUP,
            username=USERNAME,
            password=PASSWORD,
            **vars(self.ports),
        )
        configuration.write_text(text)
        configuration.chmod(0o644)
        return [self._program, "-C", configuration, "-bdf"]

    def halt(self) -> None:
        """Ends the daemon, and every delivery that still runs."""
        super().halt()
        (self.folder / "spool" / "pid").unlink(missing_ok=True)

    def logs(self) -> Sequence[Path]:
        """Its main log, and that of what it could not do."""
        return sorted((self.folder / "log").glob("*log"))
