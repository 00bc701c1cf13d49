"""A throw-away Sendmail, unpacked, with a host name, accounts and a mailer of its own.

Its package conflicts with postfix, so it is unpacked: sendmail-bin and sendmail-cf into one folder
(see tests/servers/unpacked.py). It also wants m4, the packages sasl2-bin and libsasl2-modules, and
namespaces, since it sleeps a minute on a machine without a full host name.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.servers.foreground import ForegroundServer
from tests.servers.namespaces import apart, require_namespaces
from tests.servers.running import (
    DOMAIN,
    HOST,
    MECHANISMS,
    SCRAM,
    SERVER_NAME,
    Unavailable,
    find_program,
)
from tests.servers.sasl import make_account
from tests.servers.unpacked import unpacked

PROGRAM = "usr/libexec/sendmail/sendmail"
MACROS = "usr/share/sendmail/cf"

# Without a folder of authorities STARTTLS vanishes without a word; so it does where a folder above
# the key is writable for all, as /tmp is, unless its sticky bit is trusted. On a busy machine it
# would queue or refuse mail.
SETTINGS = """\
divert(0)dnl
OSTYPE(`linux')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`nocanonify')dnl
undefine(`ALIAS_FILE')dnl
define(`QUEUE_DIR', `{folder}/queue')dnl
define(`STATUS_FILE', `{folder}/statistics')dnl
define(`HELP_FILE', `{folder}/help')dnl
define(`confPID_FILE', `{folder}/pid')dnl
define(`confDOMAIN_NAME', `{name}')dnl
define(`confSERVICE_SWITCH_FILE', `{folder}/services')dnl
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')dnl
define(`confCACERT_PATH', `{folder}')dnl
define(`confCACERT', `{ca}')dnl
define(`confSERVER_CERT', `{chain}')dnl
define(`confSERVER_KEY', `{key}')dnl
define(`confTLS_SRV_OPTIONS', `V')dnl
define(`confAUTH_MECHANISMS', `{mechanisms}')dnl
TRUST_AUTH_MECH(`{mechanisms}')dnl
define(`confAUTH_OPTIONS', `A p')dnl
define(`confAUTH_REALM', `{domain}')dnl
define(`confTO_IDENT', `0')dnl
define(`confQUEUE_LA', `10000')dnl
define(`confREFUSE_LA', `10000')dnl
define(`confMAX_MESSAGE_SIZE', `67108864')dnl
DAEMON_OPTIONS(`Name=smtp, Addr={host}, Port={smtp}')dnl
DAEMON_OPTIONS(`Name=submission, Addr={host}, Port={submission}, M=a')dnl
DAEMON_OPTIONS(`Name=submissions, Addr={host}, Port={submissions}, M=as')dnl
define(`LOCAL_MAILER_PATH', `{folder}/store')dnl
define(`LOCAL_MAILER_ARGS', `store $u')dnl
define(`LOCAL_MAILER_FLAGS', `Swn8')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
Cw{domain}
ESASL_CONF_PATH={folder}/sasl
"""

STORE = """\
#!/bin/sh
set -e
cat >{maildir}/tmp/$$
mv {maildir}/tmp/$$ {maildir}/new/$$
"""

ACCOUNTS = """\
root:x:0:0::/:/bin/false
daemon:x:1:1::/:/bin/false
alice:x:25004:8::/:/bin/false
"""

SCRIPT = """\
hostname {name}
mount --bind {folder}/hosts /etc/hosts
mount --bind {folder}/accounts /etc/passwd
exec {folder}/sendmail -C {folder}/sendmail.cf -bD -X {folder}/traffic
"""


class Sendmail(ForegroundServer):
    """Sendmail on three loopback ports, keeping alice's mail in a maildir."""

    lacks = frozenset({"CHUNKING", "SMTPUTF8"})
    mechanisms = (*MECHANISMS, *SCRAM)
    heeds_term = False

    def __init__(self) -> None:
        self._package = unpacked("sendmail", PROGRAM)
        self._m4 = find_program("m4")
        find_program("saslpasswd2")
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            raise Unavailable("Sendmail runs as root only here: it has namespaces of its own")
        require_namespaces()
        super().__init__()

    def prepare(self) -> None:
        """Writes the accounts and the mailer, and makes the folders."""
        for name in ("queue", "sasl", "mail/alice/tmp", "mail/alice/new"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "queue").chmod(0o700)
        # A copy: as the package has it, it runs for a group, and takes nothing from outside.
        shutil.copyfile(self._package / PROGRAM, self.folder / "sendmail")
        store = self.folder / "store"
        store.write_text(STORE.format(maildir=self.maildir))
        for program in (store, self.folder / "sendmail"):
            program.chmod(0o755)
        (self.folder / "hosts").write_text(f"{HOST} {SERVER_NAME} localhost\n")
        (self.folder / "services").write_text("hosts files\naliases files\n")
        (self.folder / "accounts").write_text(ACCOUNTS)
        make_account(self.folder / "sasl", "Sendmail.conf", self.mechanisms)

    def command(self) -> Sequence[str | Path]:
        """Has m4 write the settings for these ports."""
        text = SETTINGS.format(
            folder=self.folder,
            name=SERVER_NAME,
            domain=DOMAIN,
            host=HOST,
            ca=self.identity.ca_file,
            chain=self.identity.chain_file,
            key=self.identity.key_file,
            mechanisms=" ".join(self.mechanisms),
            **vars(self.ports),
        )
        macros = self._package / MACROS
        made = subprocess.run(
            [self._m4, f"-D_CF_DIR_={macros}/", "m4/cf.m4", "-"],
            cwd=macros, input=text.encode(), capture_output=True, timeout=30, check=True,
        )  # fmt: skip
        (self.folder / "sendmail.cf").write_bytes(made.stdout)
        return apart(SCRIPT.format(folder=self.folder, name=SERVER_NAME))

    def logs(self) -> Sequence[Path]:
        """What was said on its connections."""
        return [self.folder / "traffic"]
