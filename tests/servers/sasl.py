"""Cyrus' SASL, which Postfix and Sendmail ask about passwords: a database of one account."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.servers.running import PASSWORD, USERNAME, find_program

SETTINGS = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {database}
mech_list: {mechanisms}
"""


def make_account(folder: Path, file: str, mechanisms: Iterable[str]) -> Path:
    """Writes a server's settings file into a folder, and the database beside it; returns that."""
    database = folder / "accounts"
    text = SETTINGS.format(database=database, mechanisms=" ".join(mechanisms))
    (folder / file).write_text(text)
    user, _, realm = USERNAME.partition("@")
    subprocess.run(
        [find_program("saslpasswd2"), "-p", "-c", "-f", database, "-u", realm, user],
        input=PASSWORD.encode(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    return database
