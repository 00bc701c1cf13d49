"""Enhanced status codes (RFC 3463): put into replies that have none, or taken out."""

import functools
import re

BY_VERB: dict[tuple[str, str], str] = {
    ("MAIL", "250"): "2.1.0", ("RCPT", "250"): "2.1.5", ("VRFY", "252"): "2.1.5",
}  # fmt: skip
BY_CODE = {
    "214": "2.0.0", "221": "2.0.0", "235": "2.7.0", "250": "2.0.0", "252": "2.0.0",
    "500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1", "552": "5.3.4", "553": "5.1.3",
    "555": "5.5.4",
}  # fmt: skip

WITHOUT = frozenset({"EHLO", "HELO", "LHLO"})
"""Replies to these have none (RFC 2034 §4)."""

_CODED = re.compile(r"([0-9]{3}[ -])([245]\.[0-9]{1,3}\.[0-9]{1,3} ?)(.*)", re.DOTALL)
_BARE = re.compile(r"([245][0-9]{2})([ -])(.*)", re.DOTALL)


@functools.lru_cache(256)
def enhanced(verb: str, line: str) -> str:
    """The line with an enhanced status code, where one belongs."""
    found = _BARE.fullmatch(line)
    if found is None or verb in WITHOUT or _CODED.fullmatch(line):
        return line
    code = BY_VERB.get((verb, found[1])) or BY_CODE.get(found[1])
    return f"{found[1]}{found[2]}{code} {found[3]}" if code else line


@functools.lru_cache(256)
def plain(line: str) -> str:
    """The line without one."""
    found = _CODED.fullmatch(line)
    return f"{found[1]}{found[3]}" if found else line
