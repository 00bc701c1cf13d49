"""What the user wants of a session: where to, how safe, who, what."""

from enum import Enum
from typing import Self

from smtplab.client.steps import Stage
from smtplab.protocol.sasl import Credentials
from smtplab.values import field, value


class Security(Enum):
    """What TLS the user asks for."""

    PLAIN = "plain"
    """None, even when it is offered."""
    STARTTLS = "starttls"
    """Required: without it the session is refused (RFC 3207 §6)."""
    OPPORTUNISTIC = "opportunistic"
    """STARTTLS when it is offered, clear text when not."""
    IF_OFFERED = "if-offered"
    """As opportunistic, but once it is offered it has to succeed."""
    IMPLICIT = "implicit"
    """TLS from the first octet (RFC 8314 §3)."""


class Login(Enum):
    """What becomes of a session whose login does not succeed."""

    REQUIRED = "required"
    """It ends."""
    IF_OFFERED = "if-offered"
    """It goes on where no mechanism is offered that suits; a login that is refused ends it."""
    OPTIONAL = "optional"
    """It goes on in any case."""


class InitialResponse(Enum):
    """Whether the first message of an AUTH exchange goes onto the line of the command."""

    AUTO = "auto"
    """When the mechanism begins with the client and the line stays short (RFC 4954 §4)."""
    ON = "on"
    """However long the line, and with LOGIN, where no standard foresees it."""
    OFF = "off"
    """Only when the server has asked for it with 334."""


class Helo(Enum):
    """Whether to say HELO, the hello without extensions."""

    AUTO = "auto"
    """When EHLO is answered by 500, 502 or 504 (RFC 5321 §3.2)."""
    NEVER = "never"
    """EHLO or nothing."""
    ONLY = "only"
    """Do not even try EHLO."""


class Smtputf8(Enum):
    """Whether to declare addresses and headers in UTF-8 (RFC 6531 §3.4)."""

    AUTO = "auto"
    """When there are any; a server that does not offer it is refused then."""
    ON = "on"
    OFF = "off"
    """Never; the octets go out all the same."""


QUIT_SECONDS = 30.0
"""The message is delivered by then, so nobody has to wait long."""


@value
class TimeLimits:
    """How long to wait for each kind of reply, in seconds: the minimums of RFC 5321 §4.5.3.2.

    `block` is for each block of the message to be taken, `content` for the reply to its end.
    `scale` shortens them all; a limit never falls below 0.05 s.
    """

    connect: float = 60.0
    greeting: float = 300.0
    handshake: float = 60.0
    command: float = 300.0
    mail: float = 300.0
    rcpt: float = 300.0
    data: float = 120.0
    block: float = 180.0
    content: float = 600.0
    quit: float = QUIT_SECONDS
    scale: float = 1.0

    @classmethod
    def all(cls, seconds: float) -> Self:
        """The same limit for everything, and not more than usual for QUIT."""
        from dataclasses import fields

        names = [each.name for each in fields(cls) if each.name not in ("quit", "scale")]
        return cls(**dict.fromkeys(names, seconds), quit=min(seconds, QUIT_SECONDS))

    def of(self, name: str) -> float:
        """The scaled limit of that name."""
        seconds: float = getattr(self, name)
        return max(0.05, seconds * self.scale)


Parameters = tuple[tuple[str, str | None], ...]
"""Keywords with their values; None: the keyword stands alone."""


@value
class Envelope:
    """Who sends to whom: the reverse-path and the forward-paths (RFC 5321 §2.3.1).

    The parameters are the user's own and go out whether they are offered or not. `orcpt` tells
    each recipient as first written (RFC 3461 §4.2).
    """

    sender: str
    recipients: tuple[str, ...]
    mail_parameters: Parameters = ()
    rcpt_parameters: Parameters = ()
    orcpt: bool = False


@value(kw_only=True)
class SessionSettings:
    """Everything that the planner needs to know of the user's wishes."""

    host: str
    port: int
    alternatives: tuple[str, ...] = ()
    """More hosts that take the same mail, each for when the one before does not (RFC 5321 §5.1)."""
    security: Security = Security.STARTTLS
    envelope: Envelope
    content: bytes = field(repr=False)
    """The message, any line ends; what goes over the wire is derived from it."""
    raw_content: bool = False
    further: tuple[bytes, ...] = field(default=(), repr=False)
    """More messages for the same envelope, over the same connection."""
    pipelining: bool = False
    """Send commands without waiting, where that is offered (RFC 2920)."""
    chunk_size: int | None = None
    """Send the message in pieces of so many octets by BDAT, where that is offered (RFC 3030)."""
    smtputf8: Smtputf8 = Smtputf8.AUTO
    lmtp: bool = False
    """Speak LMTP: LHLO, and one reply for each recipient (RFC 2033)."""
    helo: Helo = Helo.AUTO
    xclient: tuple[str, ...] = ()
    """Attributes such as ADDR=192.0.2.1, to be believed by a server that trusts us."""
    proxy_header: bytes = b""
    """Goes out before anything else, as a load balancer would have it."""
    retries: tuple[float, ...] = ()
    """How long to wait, in seconds, before each further attempt; scaled as the limits are."""
    ehlo_name: str = ""
    """Who we say we are; empty: `naming.own_name`, which is known once we are connected."""
    server_name: str = ""
    """The name that the certificate must have, and SNI; empty: the host."""
    credentials: Credentials | None = field(default=None, repr=False)
    mechanism: str | None = None
    """Use this one, offered or not; None: the best of those offered."""
    login: Login = Login.REQUIRED
    initial_response: InitialResponse = InitialResponse.AUTO
    auth_in_clear: bool = False
    """Send credentials over an unencrypted connection. Off unless the user said so."""
    verify: bool = True
    ca_pem: bytes | None = field(default=None, repr=False)
    """Trust only these certificate authorities; None: the system's."""
    client_chain_pem: bytes | None = field(default=None, repr=False)
    """The certificate, with its chain, that we show to a server that asks for one."""
    client_key_pem: bytes | None = field(default=None, repr=False)
    tls_minimum: str = "1.2"
    tls_maximum: str | None = None
    ciphers: str | None = None
    """OpenSSL's list of ciphers for TLS 1.2 and older; None: its default."""
    sni: str | None = None
    """The name asked for in the handshake; None: the one that is checked, empty: none."""
    stop_after: Stage | None = None
    """Leave after this stage, with QUIT; with `drop`, without."""
    drop: bool = False
    drop_after_send: Stage | None = None
    """Leave as soon as this stage's line was sent, without its reply."""
    limits: TimeLimits = TimeLimits()

    @property
    def dialled_name(self) -> str:
        """The name that the server's certificate has to be for (RFC 9525)."""
        return self.server_name or self.host
