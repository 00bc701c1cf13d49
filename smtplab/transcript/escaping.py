"""Text of others made safe to show: no terminal acts on it, no markup reads it."""

from typing import Any

from smtplab.protocol.replies import printable


def escape(data: bytes | str) -> str:
    """Text that no terminal acts on, for a line on a screen or on a page.

    It is that of `protocol.replies.readable`, but for the tab: it is a space here, as columns would
    not stay where they are, and in the fields of a message it stands for nothing else.
    """
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else data
    return printable(text.replace("\t", " "))


def json_text(value: Any, indent: int | None = None) -> str:
    """One JSON value, on one line unless it is to be indented.

    By itself JSON escapes C0 controls alone. Here C1 controls, turns of direction and lone
    surrogates are escapes as well: they mean the same, and no terminal acts on them.
    """
    import json  # here, as most sessions need none

    text = json.dumps(value, ensure_ascii=False, indent=indent)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not line.isprintable():
            lines[number] = "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)
    return "\n".join(lines)
