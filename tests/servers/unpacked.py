"""Packages unpacked and not installed, since packages of mail servers exclude one another.

`apt-get download PACKAGE && dpkg-deb -x PACKAGE_*.deb FOLDER` makes such a folder. The libraries
that the package depends on have to be installed.
"""

import os
from pathlib import Path

from tests.servers.running import Unavailable


def unpacked(name: str, program: str) -> Path:
    """The folder of this package: the variable SMTPLAB_<name> says where, or the user's cache.

    Unavailable when the program, a path inside the folder, is not there.
    """
    variable = f"SMTPLAB_{name.upper()}"
    named = os.environ.get(variable)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(named) if named else cache / "smtplab" / name
    if not (folder / program).is_file():
        raise Unavailable(f"no {program} in {folder} (see {variable})")
    return folder.resolve()
