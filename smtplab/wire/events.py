"""What the byte streams report: opened, bytes on the wire, closed how."""

from enum import Enum

from smtplab.values import value


class Ending(Enum):
    """How the peer's half of a connection ended."""

    FIN = "closed"
    """An orderly end."""
    RESET = "reset"
    """The peer, or something between, threw the connection away."""
    CUT = "cut"
    """TLS ended without close_notify (RFC 8446 §6.1): the end may be forged."""
    TIMEOUT = "timeout"
    """Nothing came within the time limit."""
    LOCAL = "we closed"


@value
class Opened:
    """A TCP connection stands. `address` is the numeric one that answered."""

    host: str
    port: int
    address: str
    seconds: float


@value
class ConnectFailed:
    """No connection to one address, or no address at all (`address` is then empty)."""

    host: str
    port: int
    address: str
    reason: str


@value
class Segment:
    """One write to, or one read from, the network.

    `data` is there for ciphertext only: the octets of cleartext are in the entries of the command
    or reply that they make up, and nothing is stored twice.
    """

    from_client: bool
    size: int
    data: bytes | None = None


@value
class Closed:
    """The connection is over."""

    ending: Ending


WireEvent = Opened | ConnectFailed | Segment | Closed
