"""Words and octets for a POSIX shell, so that nothing in them can become a command."""

import shlex
from collections.abc import Iterable, Iterator

LINES_AT_ONCE = 200
"""Arguments of one printf at most."""


def word(value: str) -> str:
    """A value as one word; what does not print is written in octal, and made by printf."""
    if value.isprintable():
        return shlex.quote(value)
    return f'"$(printf {octal(value.encode("utf-8", "surrogateescape"))})"'


def octal(data: bytes) -> str:
    """Octets as the format of a printf, quoted."""
    return "'" + "".join(map(_octal, data)) + "'"


PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"\\%'")


def _octal(octet: int) -> str:
    return chr(octet) if octet in PLAIN else f"\\{octet:03o}"


def printing(data: bytes) -> Iterator[str]:
    """Commands that print exactly these octets: lines of text as they are, the rest in octal."""
    lines: list[str] = []
    for line in data.split(b"\r\n")[:-1]:
        text = _as_text(line)
        if text is None or len(lines) == LINES_AT_ONCE:
            yield from _printing_lines(lines)
            lines = []
        if text is None:
            yield f"printf {octal(line + CRLF)}"
        else:
            lines.append(text)
    yield from _printing_lines(lines)
    rest = data.rpartition(CRLF)[2]
    if rest:
        yield f"printf {octal(rest)}"


CRLF = b"\r\n"


def _as_text(line: bytes) -> str | None:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def _printing_lines(lines: Iterable[str]) -> Iterator[str]:
    words = ["'" + line.replace("'", "'\\''") + "'" for line in lines]
    if words:
        yield " \\\n  ".join([r"printf '%s\r\n'", *words])


def comment(lines: Iterable[str]) -> list[str]:
    """Lines as comments; they must have no line ends in them."""
    return [f"# {line}" for line in lines]


def script(lines: Iterable[str]) -> bytes:
    """The lines as a file; octets that were no text in the session are themselves again."""
    text = "".join(line + "\n" for line in lines)
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
