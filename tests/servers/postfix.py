"""A throw-away Postfix: own configuration, queue and log in one folder, SASL by Cyrus' sasldb.

Needs the packages postfix, sasl2-bin and libsasl2-modules, and root, whom Postfix insists on.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers.running import (
    DOMAIN,
    HOST,
    MECHANISMS,
    SCRAM,
    SERVER_NAME,
    MailServer,
    StartFailed,
    Unavailable,
    find_program,
    wait_until,
)
from tests.servers.sasl import make_account

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = {name}
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks =
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ {{ alice@{domain} = alice/ }} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
default_transport = discard
# Loopback is Postfix' own network: without this it would complete the headers of every message.
local_header_rewrite_clients =
smtputf8_enable = yes
message_size_limit = 41943040
mailbox_size_limit = 0
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_chain_files = {key}, {chain}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 1
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = {domain}
smtpd_sasl_security_options = noanonymous
"""

LISTENERS = """\
{host}:{smtp} inet n - n - - smtpd
{host}:{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
{host}:{submissions} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
"""

# name, type, private, wakeup time, process limit, program: all outside a chroot.
SERVICES = (
    ("pickup", "unix", "n", "60", "1", "pickup"),
    ("cleanup", "unix", "n", "-", "0", "cleanup"),
    ("qmgr", "unix", "n", "300", "1", "qmgr"),
    ("tlsmgr", "unix", "-", "1000?", "1", "tlsmgr"),
    ("rewrite", "unix", "-", "-", "-", "trivial-rewrite"),
    ("bounce", "unix", "-", "-", "0", "bounce"),
    ("defer", "unix", "-", "-", "0", "bounce"),
    ("trace", "unix", "-", "-", "0", "bounce"),
    ("verify", "unix", "-", "-", "1", "verify"),
    ("proxymap", "unix", "-", "-", "-", "proxymap"),
    ("error", "unix", "-", "-", "-", "error"),
    ("retry", "unix", "-", "-", "-", "error"),
    ("discard", "unix", "-", "-", "-", "discard"),
    ("anvil", "unix", "-", "-", "1", "anvil"),
    ("postlog", "unix-dgram", "n", "-", "1", "postlogd"),
)
DELIVERY = "virtual unix - n n - - virtual\n"

# The file list that `postfix check` wants beside the configuration, where packages put it.
FILE_LISTS = ("/etc/postfix/postfix-files", "/usr/share/postfix/postfix-files")


class Postfix(MailServer):
    """Postfix on three loopback ports, delivering alice's mail into a maildir."""

    mechanisms = (*MECHANISMS, *SCRAM)

    def __init__(self) -> None:
        self._postfix = find_program("postfix")
        find_program("saslpasswd2")
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            raise Unavailable("Postfix runs as root only")
        super().__init__()
        self._etc = self.folder / "etc"

    def prepare(self) -> None:
        """Writes main.cf, the SASL database and the folders, owned as Postfix wants them."""
        import pwd

        owner = pwd.getpwnam("postfix")
        for name in ("etc/sasl", "queue", "data", "mail"):
            (self.folder / name).mkdir(parents=True)
        for name in ("data", "mail"):
            os.chown(self.folder / name, owner.pw_uid, owner.pw_gid)
        for path in FILE_LISTS:
            if Path(path).is_file():
                shutil.copy(path, self._etc / "postfix-files")
                break
        main = MAIN.format(
            folder=self.folder,
            name=SERVER_NAME,
            host=HOST,
            domain=DOMAIN,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            key=self.identity.key_file,
            chain=self.identity.chain_file,
        )
        (self._etc / "main.cf").write_text(main)
        # Debian's Cyrus library looks for its file only in "sasl" below Postfix' folder.
        database = make_account(self._etc / "sasl", "smtpd.conf", self.mechanisms)
        os.chown(database, owner.pw_uid, -1)

    def launch(self) -> None:
        """Writes master.cf for these ports and starts the master."""
        listeners = LISTENERS.format(host=HOST, **vars(self.ports))
        services = "".join(
            f"{name} {kind} {private} - n {wakeup} {limit} {program}\n"
            for name, kind, private, wakeup, limit, program in SERVICES
        )
        (self._etc / "master.cf").write_text(listeners + services + DELIVERY)
        done = self._control("start")
        if done.returncode:
            raise StartFailed(f"postfix start: {done.stdout}\n{self.log()}")

    def halt(self) -> None:
        """Stops the master and waits until it is gone."""
        if self._master_runs():
            self._control("stop")
            wait_until(lambda: not self._master_runs(), 30, lambda: "Postfix does not stop")

    def log(self) -> str:
        """Postfix' own log file."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _control(self, verb: str) -> subprocess.CompletedProcess[str]:
        # An absolute folder: with a relative one "stop" finds nothing to stop.
        return subprocess.run(
            [self._postfix, "-c", str(self._etc), verb],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )

    def _master_runs(self) -> bool:
        return self._control("status").returncode == 0
