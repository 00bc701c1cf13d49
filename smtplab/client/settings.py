"""What the user wants of a session: where to, how safe, who, what."""

from dataclasses import dataclass, field
from enum import Enum

from smtplab.protocol.sasl import Credentials


class Security(Enum):
    """What TLS the user asks for."""

    PLAIN = "plain"
    """None, even when it is offered."""
    STARTTLS = "starttls"
    """Required: without it the session is refused (RFC 3207 §6)."""
    OPPORTUNISTIC = "opportunistic"
    """STARTTLS when it is offered, clear text when not."""
    IMPLICIT = "implicit"
    """TLS from the first octet (RFC 8314 §3)."""


class InitialResponse(Enum):
    """Whether the first message of an AUTH exchange goes onto the line of the command."""

    AUTO = "auto"
    """When the mechanism begins with the client and the line stays short (RFC 4954 §4)."""
    ON = "on"
    """However long the line, and with LOGIN, where no standard foresees it."""
    OFF = "off"
    """Only when the server has asked for it with 334."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How long to wait for each kind of reply, in seconds: the minimums of RFC 5321 §4.5.3.2.

    `scale` shortens them all; a limit never falls below 0.05 s.
    """

    connect: float = 60.0
    greeting: float = 300.0
    handshake: float = 60.0
    command: float = 300.0
    data: float = 120.0
    content: float = 600.0
    quit: float = 30.0
    scale: float = 1.0

    def of(self, name: str) -> float:
        """The scaled limit of that name."""
        seconds: float = getattr(self, name)
        return max(0.05, seconds * self.scale)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom: the reverse-path and the forward-paths (RFC 5321 §2.3.1)."""

    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """Everything that the planner needs to know of the user's wishes."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    envelope: Envelope
    content: bytes = field(repr=False)
    """The message, any line ends; what goes over the wire is derived from it."""
    raw_content: bool = False
    ehlo_name: str = "localhost"
    server_name: str = ""
    """The name that the certificate must have, and SNI; empty: the host."""
    credentials: Credentials | None = field(default=None, repr=False)
    mechanism: str | None = None
    """Use this one, offered or not; None: the best of those offered."""
    initial_response: InitialResponse = InitialResponse.AUTO
    auth_in_clear: bool = False
    """Send credentials over an unencrypted connection. Off unless the user said so."""
    verify: bool = True
    ca_pem: bytes | None = field(default=None, repr=False)
    """Trust only these certificate authorities; None: the system's."""
    client_chain_pem: bytes | None = field(default=None, repr=False)
    """The certificate, with its chain, that we show to a server that asks for one."""
    client_key_pem: bytes | None = field(default=None, repr=False)
    limits: TimeLimits = TimeLimits()

    @property
    def dialled_name(self) -> str:
        """The name that the server's certificate has to be for (RFC 9525)."""
        return self.server_name or self.host
