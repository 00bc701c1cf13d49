"""How far a session has come: the facts that the planner reads and the reactions write."""

from enum import Enum

from smtplab.client.naming import NOWHERE
from smtplab.client.outcome import Outcome, RecipientResult, Verdict
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.extensions import Capabilities
from smtplab.protocol.replies import Reply
from smtplab.values import field, mutable, value


class Override(Enum):
    """What the user may say to go on where we would decline."""

    UNVERIFIED = "unverified"
    """Connect again and do not check the certificate."""
    IN_CLEAR = "in-clear"
    """Go on without TLS."""
    WITHOUT_SMTPUTF8 = "without-smtputf8"
    """Send what is not ASCII although the server has not said that it can take it."""
    AUTH_IN_CLEAR = "auth-in-clear"
    """Log in over a connection that anybody can read."""
    WITHOUT_AUTH = "without-auth"
    """Go on without logging in."""


@value
class Decline:
    """We would rather stop here. `outcome` is what the session ends with when the user agrees."""

    outcome: Outcome
    override: Override | None = None


@mutable
class Transaction:
    """One mail transaction: the envelope as the server has accepted it so far."""

    sender_accepted: bool = False
    results: list[RecipientResult] = field(default_factory=list)
    data_accepted: bool = False
    abandoned: bool = False
    """The server asks for a message that has nobody to go to: a lone dot ends it."""
    octets_sent: int = 0
    """Of the message, by BDAT."""
    refusal: Reply | None = None
    """A no that came while the message was still on its way, when nothing was due."""
    deliveries: list[Reply] = field(default_factory=list)
    """The replies to the whole message: one, and in LMTP one for each recipient."""

    @property
    def accepted(self) -> list[RecipientResult]:
        """The recipients that the server would take the message for."""
        return [r for r in self.results if r.verdict is Verdict.DELIVERED]

    def undelivered(self, verdict: Verdict, reply: Reply | None) -> tuple[RecipientResult, ...]:
        """The results when the message never came through: those accepted share its verdict."""
        return tuple(
            RecipientResult(r.recipient, verdict, reply) if r.verdict is Verdict.DELIVERED else r
            for r in self.results
        )


@mutable
class Progress:
    """What has happened, as far as the next step depends on it."""

    stages: dict[Stage, StageStatus]
    pause: float = 0.0
    """Seconds to wait before connecting, after an attempt that failed."""
    connected: bool = False
    own_name: str = NOWHERE
    """Who we are at our end of this connection, unless the user wishes another name."""
    closed: bool = False
    greeted: bool = False
    encrypted: bool = False
    greeting: Reply | None = None
    capabilities: Capabilities | None = None
    """What the last EHLO or HELO said; None when it has to be asked (again)."""
    hello_failed: bool = False
    helo_due: bool = False
    """EHLO was not understood: HELO comes next."""
    starttls_accepted: bool = False
    tls_given_up: bool = False
    nonce: str = ""
    """A value never used before, for the next login."""
    channel_binding: bytes = field(default=b"", repr=False)
    """The `tls-server-end-point` of the TLS that stands (RFC 5929 §4.1)."""
    xclient_done: bool = False
    authenticated: bool = False
    auth_given_up: bool = False
    transaction: Transaction = field(default_factory=Transaction)
    rset_due: bool = False
    """A transaction failed half-way, and another message follows."""
    settled: list[Outcome] = field(default_factory=list)
    """What became of the messages before this one, on this connection."""
    lost: bool = False
    """There was no connection, or it ended before its time."""
    outcome: Outcome | None = None
    quit_done: bool = False
    skipped: set[Stage] = field(default_factory=set)
    last_reply: Reply | None = None

    def forget_hello(self) -> None:
        """After TLS all that was learned before it is void (RFC 3207 §4.2)."""
        self.capabilities = None
        self.hello_failed = self.helo_due = False
        self.transaction = Transaction()
