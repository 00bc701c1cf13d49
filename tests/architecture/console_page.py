"""The tables of docs/console.md: keys and kinds of breakpoints, from the program's own."""

import re

from smtplab.tui.keys import KEYS, LINE, MOVING
from smtplab.workbench.breakpoints import KINDS


def with_tables(text: str) -> str:
    """The page with both tables as they are now."""
    text = _put(text, "breakpoints", _breakpoints())
    return _put(text, "keys", _keys())


def _put(text: str, name: str, table: str) -> str:
    mark = f"<!-- {name} -->"
    pattern = re.compile(rf"{re.escape(mark)}\n+(\|.*\n)*\n*")
    return pattern.sub(lambda match: f"{mark}\n\n{table}\n", text)


def _breakpoints() -> str:
    rows = [f"| `{kind.example}` | {kind.text} |" for kind in KINDS.values()]
    return "\n".join(["| breakpoint | stops at |", "| --- | --- |", *rows]) + "\n"


def _keys() -> str:
    rows = [f"| {key.id} | {_code(key.shown)} | {key.help} |" for key in KEYS]
    rows += [f"| | {_code(keys)} | {text} |" for keys, text in (*MOVING, *LINE)]
    return "\n".join(["| name | keys | what |", "| --- | --- | --- |", *rows]) + "\n"


def _code(keys: str) -> str:
    return keys.replace("|", "\\|").replace("*", "\\*")
