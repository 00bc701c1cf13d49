"""A throw-away Exim: one configuration file, one folder, nothing installed.

Debian's exim4-daemon-light conflicts with postfix, so the tests take an unpacked package: from the
folder that the variable SMTPLAB_EXIM names, else from smtplab/exim in the user's cache folder.
`apt-get download exim4-daemon-light && dpkg-deb -x exim4-daemon-light_*.deb FOLDER` makes one. It
also wants the libraries that the package depends on, and a user called Debian-exim.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from tests.servers.running import (
    DOMAIN,
    HOST,
    PASSWORD,
    SERVER_NAME,
    USERNAME,
    MailServer,
    StartFailed,
    Unavailable,
    wait_until,
)

VARIABLE = "SMTPLAB_EXIM"
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
    named = os.environ.get(VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else cache / "smtplab" / "exim"
    program = folder / "usr" / "sbin" / "exim4"
    if program.is_file():
        return program.resolve()
    installed = shutil.which("exim4", path="/usr/sbin:/usr/bin")
    if installed:
        return Path(installed).resolve()
    raise Unavailable(f"no Exim in {folder} (see {VARIABLE}), and none is installed")


class Exim(MailServer):
    """Exim on three loopback ports, delivering alice's mail into a maildir."""

    def __init__(self) -> None:
        found = find_exim()
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            raise Unavailable("Exim runs as root only here: it changes users to deliver")
        super().__init__()
        # A copy here: as another user it starts itself anew, and root's folders are closed to that.
        self._program = Path(shutil.copy(found, self.folder / "exim4"))
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Makes the folders, owned by the user that Exim delivers as."""
        for name in ("spool", "log", "mail"):
            (self.folder / name).mkdir()
            shutil.chown(self.folder / name, USER, GROUP)
        self.identity.key_file.chmod(0o640)
        shutil.chown(self.identity.key_file, "root", GROUP)

    def launch(self) -> None:
        """Writes the configuration for these ports and starts the daemon in the foreground."""
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
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [self._program, "-C", str(configuration), "-bdf"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        pid_file = self.folder / "spool" / "pid"
        process = self._process
        wait_until(lambda: pid_file.exists() or process.poll() is not None, 20, self.log)
        if process.poll() is not None:
            raise StartFailed(self.log())

    def halt(self) -> None:
        """Ends the daemon and, as they share its session, every delivery that still runs."""
        if self._process is None:
            return
        group = self._process.pid
        _signal_group(group, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            _signal_group(group, signal.SIGKILL)
            self._process.wait(10)
        _signal_group(group, signal.SIGKILL)
        self._process = None
        (self.folder / "spool" / "pid").unlink(missing_ok=True)

    def log(self) -> str:
        """What went to the terminal, and the log files."""
        paths = [self.folder / "output", *sorted((self.folder / "log").glob("*log"))]
        return "".join(path.read_text(errors="replace") for path in paths if path.exists())


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
