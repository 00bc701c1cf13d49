"""What has been learnt: the steps done of each lesson, kept between runs in a small JSON file."""

import json
import os
import sys
from pathlib import Path


def default_path() -> Path:
    """Where the diary lies: the folder that the system has for a program's state."""
    own = os.environ.get("SMTPLAB_STATE")
    if own:
        return Path(own) / "lessons.json"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "smtplab" / "lessons.json"


class Diary:
    """Lesson -> most steps done so far. A diary that cannot be read or written is an empty one."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or default_path()
        self._done = self._read()

    def done(self, name: str) -> int:
        """How many steps of a lesson were done at best."""
        return self._done.get(name, 0)

    def note(self, name: str, steps: int) -> None:
        """Keeps it, when it is more than before."""
        if steps <= self.done(name):
            return
        self._done[name] = steps
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._done, indent=1, sort_keys=True) + "\n")
        except OSError:
            return  # learning goes on without a diary

    def _read(self) -> dict[str, int]:
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(value, dict):
            return {}
        return {k: v for k, v in value.items() if isinstance(v, int) and v > 0}
