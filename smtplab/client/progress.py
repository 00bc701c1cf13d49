"""How far a session has come: the facts that the planner reads and the reactions write."""

from dataclasses import dataclass, field
from enum import Enum

from smtplab.client.outcome import Outcome, RecipientResult, Verdict
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.extensions import Capabilities
from smtplab.protocol.replies import Reply


class Override(Enum):
    """What the user may say to go on where we would decline."""

    UNVERIFIED = "unverified"
    """Connect again and do not check the certificate."""
    IN_CLEAR = "in-clear"
    """Go on without TLS."""
    AUTH_IN_CLEAR = "auth-in-clear"
    """Log in over a connection that anybody can read."""
    WITHOUT_AUTH = "without-auth"
    """Go on without logging in."""


@dataclass(frozen=True, slots=True)
class Decline:
    """We would rather stop here. `outcome` is what the session ends with when the user agrees."""

    outcome: Outcome
    override: Override | None = None


@dataclass(slots=True)
class Transaction:
    """One mail transaction: the envelope as the server has accepted it so far."""

    sender_accepted: bool = False
    results: list[RecipientResult] = field(default_factory=list)
    data_accepted: bool = False

    @property
    def accepted(self) -> list[RecipientResult]:
        """The recipients that the server would take the message for."""
        return [r for r in self.results if r.verdict is Verdict.DELIVERED]


@dataclass(slots=True)
class Progress:
    """What has happened, as far as the next step depends on it."""

    stages: dict[Stage, StageStatus]
    connected: bool = False
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
    authenticated: bool = False
    auth_given_up: bool = False
    transaction: Transaction = field(default_factory=Transaction)
    outcome: Outcome | None = None
    quit_done: bool = False
    skipped: set[Stage] = field(default_factory=set)
    last_reply: Reply | None = None

    def forget_hello(self) -> None:
        """After TLS all that was learned before it is void (RFC 3207 §4.2)."""
        self.capabilities = None
        self.hello_failed = self.helo_due = False
