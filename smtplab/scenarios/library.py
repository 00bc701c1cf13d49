"""The catalogue: the bundled folder, found by id, and a user's own files, found by path."""

import difflib
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from smtplab.scenarios.errors import UnknownScenario
from smtplab.scenarios.model import Scenario
from smtplab.scenarios.reader import read_file

SUFFIX = ".yaml"

_ID = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")
"""What an id looks like; nothing else is looked for in the catalogue."""


def bundled_folder() -> Path:
    """The folder of the catalogue: inside the installed package, or beside it in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "files"
    return installed if installed.is_dir() else here.parent.parent / "scenarios"


def ids() -> tuple[str, ...]:
    """The ids of all bundled scenarios, `honest` first, then in order."""
    folder = bundled_folder()
    found = [p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob(f"*{SUFFIX}")]
    return tuple(sorted(found, key=lambda name: ("/" in name, name)))


def expand(patterns: Iterable[str]) -> list[str]:
    """The ids that globs stand for, each once; what is no glob, or a file, stays as it is.

    Raises UnknownScenario for a glob that fits nothing.
    """
    known = ids()
    found: list[str] = []
    for pattern in patterns:
        fitting = [name for name in known if fnmatchcase(name, pattern)]
        if not fitting and re.search(r"[*?\[]", pattern) and not Path(pattern).is_file():
            raise UnknownScenario(
                f"no scenario matches {pattern!r}; 'smtplab scenarios list' shows all"
            )
        found += fitting or [pattern]
    return list(dict.fromkeys(found))


def path_of(name: str) -> Path:
    """The file of a scenario: a bundled id, or the path of a user's own file."""
    if _ID.fullmatch(name):
        bundled = bundled_folder() / f"{name}{SUFFIX}"
        if bundled.is_file():
            return bundled
    own = Path(name)
    if own.suffix in (SUFFIX, ".yml"):
        if own.is_file():
            return own
        raise UnknownScenario(f"there is no scenario file {name}")
    if own.is_file():
        raise UnknownScenario(f"{name} is no scenario file: its name would end with {SUFFIX}")
    raise UnknownScenario(_unknown(name))


def find(name: str) -> Scenario:
    """The scenario; UnknownScenario, or ScenarioError when its file has mistakes."""
    path = path_of(name)
    return read_file(path, name)


def text_of(name: str) -> str:
    """The file of a scenario as text."""
    return path_of(name).read_text(encoding="utf-8")


def _unknown(name: str) -> str:
    known = ids()
    tails = {known_id.rpartition("/")[2]: known_id for known_id in known}
    close = difflib.get_close_matches(name, known, 2, 0.5)
    close += [tails[t] for t in difflib.get_close_matches(name.rpartition("/")[2], tails, 2, 0.6)]
    nearest = list(dict.fromkeys(close))[:3]
    if nearest:
        return f"no scenario is called {name!r}; near it are {', '.join(nearest)}"
    return f"no scenario is called {name!r}; 'smtplab scenarios list' shows all"
