"""The tape of a connection: every octet of both sides, in clear text and as it was on the wire."""

from enum import Enum
from itertools import chain

from smtplab.server.blocks import Blocks
from smtplab.server.exchange import Exchange

PIECE_OVERHEAD = 128
"""What a piece costs beside its octets, about; so that many tiny pieces are bounded as well."""


class Side(Enum):
    """Who sent it."""

    CLIENT = "client"
    SERVER = "server"


class Layer(Enum):
    """Where the octets were seen."""

    PLAIN = "plain"
    """On the wire, unencrypted."""
    TLS = "tls"
    """Inside TLS."""
    CIPHER = "cipher"
    """On the wire, as records of TLS."""


class Piece(Blocks):
    """Octets of one side at one layer. They may hold passwords, so `repr` does not show them."""

    __slots__ = ("layer", "side")

    def __init__(self, side: Side, layer: Layer, data: bytes) -> None:
        super().__init__(data)
        self.side = side
        self.layer = layer

    @property
    def data(self) -> bytes:
        """All of them; put together for each call."""
        return self.joined()


SAID = (Side.SERVER, Layer.PLAIN)
"""Side and layer of a reply in clear text."""


class Budget:
    """How many octets may still be kept; shared by all connections of a lab."""

    def __init__(self, octets: int) -> None:
        self.left = octets


class Tape:
    """What crossed one connection, in order."""

    __slots__ = ("_budget", "_charged", "_fresh", "_latest", "_pieces", "truncated")

    def __init__(self, budget: Budget) -> None:
        self.truncated = False
        """Whether the budget was used up, so that something is missing."""
        self._budget = budget
        self._charged = 0
        self._pieces: list[Piece] = []
        self._fresh: list[tuple[Side, Layer, bytes] | bytes | Exchange] = []
        """The pieces behind those, as they came: most are never looked at."""
        self._latest: tuple[Side, Layer] | None = None
        """Side and layer of the last piece."""

    @property
    def pieces(self) -> list[Piece]:
        """What came, the octets of one side at one layer together."""
        if self._fresh:
            self._pieces += chain.from_iterable(map(_pieces_of, self._fresh))
            self._fresh.clear()
        return self._pieces

    def charge(self, octets: int) -> bool:
        """Takes from the budget all or nothing, for what is kept beside the tape as well.

        After the first refusal nothing more is kept, so that what there is has no gaps.
        """
        if self.truncated or octets > self._budget.left:
            self.truncated = True
            return False
        self._budget.left -= octets
        self._charged += octets
        return True

    def release(self) -> None:
        """Throws away what was kept, and gives its room back."""
        self._pieces.clear()
        self._fresh.clear()
        self._latest = None
        self._budget.left += self._charged
        self._charged = 0

    def add(self, side: Side, layer: Layer, data: bytes) -> None:
        """Keeps octets, as far as the budget reaches."""
        latest = (side, layer)
        if latest == self._latest:
            if self.charge(len(data)):
                self.pieces[-1].add(data)
        elif self.charge(len(data) + PIECE_OVERHEAD):
            self._latest = latest
            self._fresh.append((side, layer, data))

    def exchange(self, exchange: Exchange, message: bytes = b"") -> bool:
        """Keeps what a client said behind a reply in clear text, and the next reply, as one.

        False, and nothing was done, where the budget does not reach or it is not behind a reply.
        """
        cost = exchange.cost + len(message)
        if self.truncated or cost > self._budget.left or self._latest != SAID:
            return False
        self._budget.left -= cost
        self._charged += cost
        if message:
            self._fresh.append(message)
        self._fresh.append(exchange)
        return True

    def turn_to_cipher(self, count: int) -> None:
        """The last octets of the client, taken for clear text when they came, are TLS records."""
        if self.truncated:
            return  # they may not be here, and what is here may be something else
        moved = b""
        for piece in reversed(self.pieces):
            if len(moved) >= count:
                break
            if piece.side is Side.CLIENT and piece.layer is Layer.PLAIN:
                taken = piece.data[-(count - len(moved)) :]
                piece.cut(len(taken))
                moved = taken + moved
        self.add(Side.CLIENT, Layer.CIPHER, moved)

    def clear_text(self, side: Side) -> bytes:
        """Everything that a side said, inside TLS or not."""
        return self._joined(side, (Layer.PLAIN, Layer.TLS))

    def at(self, side: Side, layer: Layer) -> bytes:
        """Everything of a side at one layer."""
        return self._joined(side, (layer,))

    def _joined(self, side: Side, layers: tuple[Layer, ...]) -> bytes:
        return b"".join(p.data for p in self.pieces if p.side is side and p.layer in layers)


def _pieces_of(fresh: tuple[Side, Layer, bytes] | bytes | Exchange) -> list[Piece]:
    if isinstance(fresh, tuple):
        return [Piece(*fresh)]
    if isinstance(fresh, bytes):
        return [Piece(Side.CLIENT, Layer.PLAIN, fresh)]
    said = Piece(*SAID, fresh.reply.octets)
    return [Piece(Side.CLIENT, Layer.PLAIN, fresh.heard), said] if fresh.heard else [said]
