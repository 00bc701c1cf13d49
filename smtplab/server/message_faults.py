"""What can be wrong with a message, for rules that ask for it.

A server sees the octets and nothing of how they came to be; so each of these is told from the
message alone, as it was before its dots were stuffed.
"""

import re
from collections.abc import Callable

LONGEST_LINE = 998
"""Octets of a line, its end not counted (RFC 5322 §2.1.1)."""

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def header_of(message: bytes) -> list[bytes]:
    """The lines of the header, whatever ends them."""
    lines: list[bytes] = []
    for line in _LINE_END.split(message):
        if not line:
            break
        lines.append(line)
    return lines


def _lacks(name: bytes) -> Callable[[bytes], bool]:
    """Whether a message has no such field (RFC 5322 §3.6)."""

    def lacks(message: bytes) -> bool:
        found = (_FIELD.match(line) for line in header_of(message))
        return all(field is None or field[1].lower() != name for field in found)

    return lacks


def _has_stray_line(message: bytes) -> bool:
    """A line of the header that is no field and continues none: the blank line is missing."""
    return any(line[:1] not in b" \t" and not _FIELD.match(line) for line in header_of(message))


MESSAGE_FAULTS: dict[str, Callable[[bytes], bool]] = {
    "bare-lf": lambda message: message.count(b"\n") > message.count(b"\r\n"),
    "bare-cr": lambda message: message.count(b"\r") > message.count(b"\r\n"),
    "nul": lambda message: b"\0" in message,
    "8bit": lambda message: _NOT_ASCII.search(message) is not None,
    "8bit-header": lambda message: any(map(_NOT_ASCII.search, header_of(message))),
    "long-line": lambda message: any(len(x) > LONGEST_LINE for x in _LINE_END.split(message)),
    "no-from": _lacks(b"from"),
    "no-date": _lacks(b"date"),
    "no-message-id": _lacks(b"message-id"),
    "no-blank-line": _has_stray_line,
}
"""Each fault that `when: {content: ...}` may name."""
