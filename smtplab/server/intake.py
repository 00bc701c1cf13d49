"""What a client has sent and nobody has taken yet, as lines or as octets."""

LONGEST_LINE = 1 << 20
"""Octets of a line without an end, after which the connection is given up."""


class EndlessLineError(Exception):
    """More than LONGEST_LINE octets have come, and no line end."""


class Intake:
    """The octets of one side of a connection that wait to be taken.

    They come and go in blocks, most of them whole: then nothing is copied.
    """

    __slots__ = ("_at", "_searched", "_skipped", "came", "waiting")

    def __init__(self) -> None:
        self.came = 0
        """Octets that came in all."""
        self.waiting: bytes | bytearray = b""
        """What came last; up to `_at` it has been taken. Empty when all of it has."""
        self._at = 0
        self._searched = 0
        """Octets of the line that is being read, which have been looked at already."""
        self._skipped = 0
        """Those that have been thrown away, because it is too long anyhow."""

    def __len__(self) -> int:
        return len(self.waiting) - self._at

    def add(self, data: bytes) -> None:
        """Appends octets."""
        self.came += len(data)
        if not self.waiting:
            self.waiting = data
            return
        if not isinstance(self.waiting, bytearray) or self._at:
            self.waiting, self._at = bytearray(self._rest()), 0
        self.waiting += data

    def take(self, count: int) -> bytes:
        """The next octets; all that there are, when there are not so many."""
        end = self._at + count
        if end >= len(self.waiting):
            return self.take_all()
        start, self._at = self._at, end
        return bytes(self.waiting[start:end])

    def take_all(self) -> bytes:
        """All that there is."""
        # The whole of a `bytes` is itself, and no copy.
        data = self._rest() if self._at else bytes(self.waiting)
        self.waiting, self._at = b"", 0
        return data

    def put_back(self, data: bytes) -> None:
        """Undoes a taking."""
        self.waiting, self._at = data + self._rest(), 0

    def take_line(self, limit: int) -> tuple[bytes, bool] | None:
        """The next line with its end, and whether it was too long (then it is not whole).

        None when its end is not here yet. Raises EndlessLineError when it never seems to come.
        """
        at = self.waiting.find(b"\n", self._at + self._searched)
        if at >= 0:
            if at + 1 == len(self.waiting) <= limit and not (self._at or self._skipped):
                # As most lines come: alone and whole.
                line, self.waiting, self._searched = bytes(self.waiting), b"", 0
                return line, False
            line = self.take(at + 1 - self._at)
            too_long = self._skipped + len(line) > limit
            self._searched = self._skipped = 0
            return line[:limit], too_long
        self._searched = len(self)
        if self._skipped + self._searched > limit:
            self._skipped += len(self.take_all())
            self._searched = 0
            if self._skipped > LONGEST_LINE:
                raise EndlessLineError
        return None

    def _rest(self) -> bytes:
        return bytes(memoryview(self.waiting)[self._at :])
