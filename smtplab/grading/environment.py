"""The surroundings of one run: variables, home, working folder and files, all fresh."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smtplab.grading.message import Message
from smtplab.grading.template import render_text
from smtplab.grading.values import NAMES, UNEXPORTED, Values

PREFIX = "SMTPLAB_"

TRUST = (
    "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO", "PERL_LWP_SSL_CA_FILE",
)  # fmt: skip
"""Where programs look for the authorities to trust; all name the lab's own."""

PRIVATE = (
    "HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "USERPROFILE",
)  # fmt: skip
"""Where programs look for the user's own settings, which must not decide a grade."""

UNWANTED = frozenset({
    "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "MAILRC", "MAIL",
    "SSLKEYLOGFILE",
})  # fmt: skip
"""What would lead a client away from the lab, or write down its keys."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The folders and files of one run."""

    folder: Path
    message: Message
    config_template: str | None = None
    keep_home: bool = False
    recipe_folder: Path | None = None
    here: Path | None = None
    """Where a relative path of the command counts from: its own folder is a fresh one."""

    @property
    def temp(self) -> Path:
        """The client's working folder, and what {temp_dir} is."""
        return self.folder / "work"

    def prepare(self, where: Mapping[str, str], tls: str, credentials: tuple[str, str] | None,
                ca_pem: bytes) -> Values:  # fmt: skip
        """Makes the files; gives the values. `where` has host, port and so on."""
        home = self.folder / "home"
        for path in (self.temp, home):
            path.mkdir(parents=True)
        single = {
            **where,
            "tls": tls,
            "scheme": "smtps" if tls == "implicit" else "smtp",
            "address": f"{where['host']}:{where['port']}",
            "sender": self.message.sender,
            "recipient": self.message.recipients[0],
            "subject": self.message.subject,
            "temp_dir": str(self.temp),
            "python": sys.executable,
            "here": str(self.here or Path.cwd()),
        }
        if credentials is not None:
            single["username"], single["password"] = credentials
        if self.recipe_folder is not None:
            single["recipe_dir"] = str(self.recipe_folder)
        for name, content in self._files(ca_pem).items():
            path = self.folder / _FILE_NAMES[name]
            path.write_bytes(content)
            single[name] = str(path)
        values = Values(single, self.message.recipients, tls, credentials is not None)
        return self._with_config(values)

    def _files(self, ca_pem: bytes) -> dict[str, bytes]:
        return {
            "ca_file": ca_pem,
            "message_file": self.message.lf,
            "message_file_crlf": self.message.crlf,
            "body_file": self.message.body_lf,
        }

    def _with_config(self, values: Values) -> Values:
        if self.config_template is None:
            return values
        path = self.folder / "config"
        single = {**values.single, "config_file": str(path)}
        values = Values(single, values.recipients, values.tls, values.auth)
        path.write_text(render_text(self.config_template, values, "config template"), "utf-8")
        # msmtp refuses a file with a password that others can read.
        path.chmod(0o600)
        return values

    def variables(self, values: Values, inherited: Mapping[str, str]) -> dict[str, str]:
        """The environment of the client. What has no value is not there; nothing is empty."""
        kept = {
            name: value
            for name, value in inherited.items()
            if name.upper() not in UNWANTED and not name.startswith(PREFIX)
        }
        if not self.keep_home:
            home = str(self.folder / "home")
            kept = {name: value for name, value in kept.items() if name not in PRIVATE}
            kept |= {"HOME": home}
            if os.name == "nt":
                kept |= {"USERPROFILE": home}
        kept |= dict.fromkeys(TRUST, values.single["ca_file"])
        kept |= {"TMPDIR": values.single["temp_dir"], "NO_COLOR": "1"}
        return kept | exported(values)


def exported(values: Values) -> dict[str, str]:
    """The values as variables of the environment; the recipients are joined with commas."""
    found = {
        PREFIX + name.upper(): values.single[name]
        for name in NAMES
        if values.single.get(name) and name not in UNEXPORTED
    }
    return {**found, PREFIX + "RECIPIENTS": ",".join(values.recipients)}


_FILE_NAMES = {
    "ca_file": "ca.pem",
    "message_file": "message.eml",
    "message_file_crlf": "message-crlf.eml",
    "body_file": "body.txt",
}
