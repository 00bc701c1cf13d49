"""Replies as they are written down and sent."""

import functools

from smtplab.server.shaping import code_of
from smtplab.values import value

SHORT = 20
"""Lines of a reply that is remembered: most are the same again and again."""


@value
class Reply:
    """The lines, the same as octets, and what they say."""

    lines: tuple[str, ...]
    octets: bytes
    code: int | None
    """That of the last line; None when it has none, or when there are no lines."""
    size: int
    """Characters of all lines."""


def reply_of(lines: tuple[str, ...]) -> Reply:
    """The reply that these lines make."""
    return _remembered(lines) if len(lines) <= SHORT else _made(lines)


def _made(lines: tuple[str, ...]) -> Reply:
    octets = "\r\n".join([*lines, ""]).encode("utf-8", "replace")
    return Reply(lines, octets, code_of(lines[-1]) if lines else None, sum(map(len, lines)))


_remembered = functools.lru_cache(256)(_made)
