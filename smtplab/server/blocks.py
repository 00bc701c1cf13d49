"""Octets that are kept as they came, so that a large message is not copied again and again."""

LARGE = 4096
"""Octets from which on a block is kept as it is."""


class Blocks:
    """Octets in order: large blocks as they are, uncopied; small ones put together."""

    __slots__ = ("_done", "_last")

    def __init__(self, data: bytes = b"") -> None:
        self._done: list[bytes | bytearray] | None = None
        """The blocks before the last; most often there are none."""
        self._last: bytes | bytearray = data

    def __len__(self) -> int:
        return len(self._last) + sum(map(len, self._done or ()))

    def add(self, data: bytes) -> None:
        """Appends octets."""
        last = self._last
        if last and len(data) < LARGE:
            if isinstance(last, bytearray):
                last += data
                return
            if len(last) < LARGE:
                self._last = bytearray(last + data)
                return
        if last:
            self._done = self._done or []
            self._done.append(last)
        self._last = data

    def cut(self, count: int) -> None:
        """Takes away the last octets."""
        while count >= len(self._last) and self._done:
            count -= len(self._last)
            self._last = self._done.pop()
        if count:
            self._last = self._last[: max(0, len(self._last) - count)]

    def clear(self) -> None:
        """Takes away all."""
        self._done, self._last = None, b""

    def joined(self) -> bytes:
        """All of them."""
        return b"".join([*self._done, self._last]) if self._done else bytes(self._last)
