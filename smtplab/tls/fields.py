"""Fields of a decoded message, and the cursor that makes them, octet by octet."""

from collections.abc import Callable

from smtplab.tls.names import name
from smtplab.values import value


@value
class Field:
    """A run of octets with a meaning: [start, end) of the message; children lie inside it."""

    label: str
    start: int
    end: int
    value: str = ""
    sentence: str = ""
    children: tuple["Field", ...] = ()


class Short(Exception):
    """The octets end before the field does. Never leaves this package: it becomes a field."""


class Cursor:
    """Reads a span of a message from left to right."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data = data
        self.at = at
        self.end = end

    @property
    def left(self) -> int:
        """Octets not read yet."""
        return self.end - self.at

    def skip(self, length: int) -> tuple[int, int]:
        """Passes over octets; Short when there are not as many."""
        if length > self.left:
            raise Short
        start, self.at = self.at, self.at + length
        return start, self.at

    def peek(self, length: int) -> int:
        """The number that comes next."""
        if length > self.left:
            raise Short
        return int.from_bytes(self.data[self.at : self.at + length], "big")

    def number(
        self, label: str, length: int, sentence: str = "", names: dict[int, str] | None = None
    ) -> Field:
        """A number, by its name where it has one."""
        value = self.peek(length)
        start, end = self.skip(length)
        text = str(value) if names is None else name(names, value, length)
        return Field(label, start, end, text, sentence)

    def octets(
        self, label: str, length: int, sentence: str = "", value: str | None = None
    ) -> Field:
        """Octets without further structure."""
        start, end = self.skip(length)
        shown = f"{length} bytes" if value is None else value
        return Field(label, start, end, shown, sentence)

    def rest(self, label: str, sentence: str = "") -> Field:
        """All that is left."""
        return self.octets(label, self.left, sentence)

    def prefixed(self, label: str, length_of_length: int, sentence: str = "") -> Field:
        """Octets behind their length."""
        start = self.at
        length = self.peek(length_of_length)
        self.skip(length_of_length)
        _, end = self.skip(length)
        return Field(label, start, end, f"{length} bytes", sentence)

    def vector(
        self,
        label: str,
        length_of_length: int,
        item: Callable[["Cursor"], Field],
        sentence: str = "",
    ) -> Field:
        """A list behind its length in octets (RFC 8446 §3.4)."""
        start = self.at
        length = self.peek(length_of_length)
        self.skip(length_of_length)
        if length > self.left:
            raise Short
        inner = Cursor(self.data, self.at, self.at + length)
        children = all_of(inner, item)
        self.skip(length)
        return Field(label, start, self.at, f"({len(children)})", sentence, children)


def all_of(cursor: Cursor, item: Callable[[Cursor], Field]) -> tuple[Field, ...]:
    """Items until the span is used up; what does not fit becomes a field of its own."""
    found: list[Field] = []
    while cursor.left:
        before = cursor.at
        try:
            found.append(item(cursor))
        except Short:
            cursor.at = before
            found.append(malformed(cursor))
        if cursor.at == before:
            found.append(malformed(cursor))
    return tuple(found)


def malformed(cursor: Cursor) -> Field:
    """The rest of a span whose structure is broken."""
    return cursor.rest("malformed", "These octets do not have the form that the standard asks for.")


def guarded(
    cursor: Cursor, read: Callable[[Cursor], tuple[Field, ...] | list[Field]]
) -> tuple[Field, ...]:
    """The fields that `read` finds; broken or surplus octets are fields too."""
    start = cursor.at
    try:
        found = tuple(read(cursor))
    except Short:
        cursor.at = start
        found = ()
        return (malformed(cursor),) if cursor.left else ()
    if cursor.left:
        found += (malformed(cursor),)
    return found
