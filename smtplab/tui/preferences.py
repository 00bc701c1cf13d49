"""What a user wants of the screen, kept between runs: theme, speed, and keys of one's own.

The file is TOML, so that a person can write it:

    theme = "smtplab-light"
    speed = "reading"

    [keys]
    automatic = "space"
    breakpoint = "b,f8"

    [profiles."mail.example.org:587"]
    target = "mail.example.org:587"
    sender = "me@example.org"

A profile is what was last written into the form for a real server, without the password. The names
in `[keys]` are the ids of `smtplab.tui.keys`; the help of the console shows the keys.
"""

import os
import sys
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from smtplab.tui.keys import MAIN
from smtplab.verbs.pace import SPEEDS, USUAL_SPEED
from smtplab.workbench.options import OptionsError

FIELDS = ("target", "sender", "recipients", "username", "security")
"""What a profile holds. The password is none of it."""

MOST_PROFILES = 20


class PreferencesError(OptionsError):
    """A file with a mistake; the text names file and key."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """The wishes. `keys` maps the id of a command to its keys, parted by commas."""

    theme: str = ""
    speed: int = USUAL_SPEED
    keys: dict[str, str] = field(default_factory=dict)
    profiles: dict[str, dict[str, str]] = field(default_factory=dict)
    """Name -> field of the form -> what stood in it; the last used comes last."""

    def with_profile(self, name: str, fields: dict[str, str]) -> "Preferences":
        """The same wishes with one more profile; the oldest makes room."""
        kept = {k: v for k, v in self.profiles.items() if k != name}
        kept[name] = {key: value for key, value in fields.items() if key in FIELDS and value}
        return replace(self, profiles=dict(list(kept.items())[-MOST_PROFILES:]))


def default_path() -> Path:
    """Where the file lies: the folder that the system has for a program's settings."""
    own = os.environ.get("SMTPLAB_CONFIG")
    if own:
        return Path(own)
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "smtplab" / "console.toml"


def load(path: Path | None = None) -> Preferences:
    """The wishes in the file; those of nobody when there is none. Raises PreferencesError."""
    path = path or default_path()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError) as error:
        raise PreferencesError(f"{path}: {error}") from None
    unknown = set(values) - {"theme", "speed", "keys", "profiles"}
    if unknown:
        raise PreferencesError(f"{path}: {min(unknown)!r} is none of theme, speed, keys, profiles")
    theme = values.get("theme", "")
    if not isinstance(theme, str):
        raise PreferencesError(f"{path}: theme has to be a name in quotes")
    return Preferences(
        theme,
        _speed(values.get("speed"), path),
        _keys(values.get("keys"), path),
        _profiles(values.get("profiles"), path),
    )


def _speed(name: Any, path: Path) -> int:
    if name is None:
        return USUAL_SPEED
    names = [speed.name for speed in SPEEDS]
    if name not in names:
        raise PreferencesError(f"{path}: speed is {name!r}; there are {', '.join(names)}")
    return names.index(name)


def _keys(values: Any, path: Path) -> dict[str, str]:
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise PreferencesError(f"{path}: [keys] has to be a table of ids and keys")
    known = {binding.id for binding in MAIN}
    for name, keys in values.items():
        if name not in known:
            raise PreferencesError(f"{path}: no command has the id {name!r} in [keys]")
        if not isinstance(keys, str) or not keys.strip():
            raise PreferencesError(f'{path}: the keys of {name} have to be text such as "a,f5"')
    return dict(values)


def _profiles(values: Any, path: Path) -> dict[str, dict[str, str]]:
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise PreferencesError(f"{path}: [profiles] has to be a table of tables")
    for name, fields in values.items():
        for key, value in fields.items() if isinstance(fields, dict) else [("", None)]:
            if key not in FIELDS or not isinstance(value, str):
                raise PreferencesError(
                    f"{path}: profile {name!r} may have {', '.join(FIELDS)}, each as text"
                )
    return {name: dict(fields) for name, fields in values.items()}


def save(wishes: Preferences, path: Path | None = None) -> None:
    """Writes the file; one that cannot be written is no reason to stop."""
    path = path or default_path()
    lines = [f"theme = {_quoted(wishes.theme)}"] if wishes.theme else []
    lines.append(f"speed = {_quoted(SPEEDS[wishes.speed].name)}")
    if wishes.keys:
        lines += ["", "[keys]", *(f"{name} = {_quoted(k)}" for name, k in wishes.keys.items())]
    for name, fields in wishes.profiles.items():
        lines += ["", f"[profiles.{_quoted(name)}]"]
        lines += [f"{key} = {_quoted(value)}" for key, value in fields.items()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:
        return


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c if c.isprintable() else " " for c in escaped)}"'
