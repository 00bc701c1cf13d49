"""A throw-away OpenSMTPD, unpacked (see tests/servers/unpacked.py), since it excludes Postfix.

Its users and folders are compiled in, so it gets namespaces with an /etc/passwd, a /run and a /var
of its own.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.servers.foreground import ForegroundServer
from tests.servers.namespaces import apart, require_namespaces
from tests.servers.running import DOMAIN, HOST, SERVER_NAME, USERNAME, Unavailable, greets
from tests.servers.unpacked import unpacked

PROGRAM = "usr/sbin/smtpd"
HELPERS = "usr/libexec/opensmtpd"

SETTINGS = """\
pki lab cert "{chain}"
pki lab key "{key}"
table boxes {{ "{username}" = "keeper" }}
smtp max-message-size "64M"
listen on {host} port {smtp} tls pki lab hostname {name}
listen on {host} port {submission} tls-require pki lab hostname {name}
listen on {host} port {submissions} smtps pki lab hostname {name}
listen on socket
action keep maildir "{maildir}" virtual <boxes>
match from any for domain {domain} action keep
"""

KEEPER = 25003

ACCOUNTS = f"""\
root:x:0:0::/:/bin/false
opensmtpd:x:25001:25001::/var/lib/opensmtpd/empty:/bin/false
opensmtpq:x:25002:25002::/var/lib/opensmtpd/empty:/bin/false
keeper:x:{KEEPER}:{KEEPER}::/:/bin/false
"""

GROUPS = f"""\
root:x:0:
opensmtpd:x:25001:
opensmtpq:x:25002:
keeper:x:{KEEPER}:
"""

SCRIPT = """\
mount --bind {folder}/accounts /etc/passwd
mount --bind {folder}/groups /etc/group
mount --bind {folder}/spool /var/spool
mount --bind {folder}/lib /var/lib
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /usr/libexec
mkdir /usr/libexec/opensmtpd
mount --bind {package}/{helpers} /usr/libexec/opensmtpd
exec {package}/{program} -d -f {folder}/smtpd.conf
"""


class OpenSmtpd(ForegroundServer):
    """OpenSMTPD on three loopback ports, delivering alice's mail into a maildir.

    Before version 7 its TLS does not go with OpenSSL 3: it offers STARTTLS, and every handshake
    ends with an alert.
    """

    lacks = frozenset({"CHUNKING", "PIPELINING", "SMTPUTF8"})
    mechanisms = ()
    heeds_term = False

    def __init__(self) -> None:
        self._package = unpacked("opensmtpd", PROGRAM)
        if not sys.platform.startswith("linux") or os.geteuid() != 0:
            raise Unavailable("OpenSMTPD runs as root only")
        require_namespaces()
        self.broken_tls = _version(self._package / PROGRAM) < 7
        super().__init__()

    def prepare(self) -> None:
        """Makes the folders that take the places of the system's, and its accounts."""
        for name, mode in (("spool/smtpd", 0o711), ("lib/opensmtpd/empty", 0o711), ("mail", 0o755)):
            (self.folder / name).mkdir(parents=True)
            (self.folder / name).chmod(mode)
        os.chown(self.folder / "mail", KEEPER, KEEPER)
        (self.folder / "accounts").write_text(ACCOUNTS)
        (self.folder / "groups").write_text(GROUPS)

    def command(self) -> Sequence[str | Path]:
        """Writes the settings for these ports."""
        text = SETTINGS.format(
            chain=self.identity.chain_file,
            key=self.identity.key_file,
            username=USERNAME,
            host=HOST,
            name=SERVER_NAME,
            domain=DOMAIN,
            maildir=self.maildir,
            **vars(self.ports),
        )
        (self.folder / "smtpd.conf").write_text(text)
        return apart(
            SCRIPT.format(
                folder=self.folder, package=self._package, program=PROGRAM, helpers=HELPERS
            )
        )

    def await_ports(self) -> None:
        """Its first port tells of all; one inside TLS may never greet."""
        self.wait_for(lambda: greets(self.ports.smtp, None))


def _version(program: Path) -> int:
    said = subprocess.run(
        [program, "-h"], capture_output=True, text=True, timeout=30, check=False
    ).stderr
    found = re.search(r"OpenSMTPD (\d+)", said)
    if found is None:
        raise Unavailable(f"{program} does not run: {said.strip()}")
    return int(found[1])
