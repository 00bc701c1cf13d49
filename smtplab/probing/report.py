"""What a look at a server found: for each port, a verdict for each stage."""

from enum import Enum

from smtplab.client.outcome import Outcome
from smtplab.diagnosis.findings import Finding
from smtplab.protocol.extensions import Capabilities
from smtplab.tls.certificates import Certificate
from smtplab.tls.events import TlsUp
from smtplab.tls.problems import ChainProblem
from smtplab.values import value


class Mark(Enum):
    """How a stage came out."""

    GOOD = "good"
    NOTICE = "notice"
    """It works, and there is something to say about it."""
    BAD = "bad"
    NOT_REACHED = "not reached"
    """It did not come to that, or it does not exist on this port."""


@value
class StageReport:
    """One stage: its name, the verdict, what was seen in words, and how long it took."""

    stage: str
    mark: Mark
    text: str
    seconds: float | None = None


@value
class InjectionReport:
    """What became of a command that was sent in the clear behind STARTTLS."""

    mark: Mark
    text: str
    finding: Finding | None = None
    """Where it was obeyed inside TLS."""


@value
class AddressReport:
    """One address of the host: seconds until it answered, or why it did not."""

    address: str
    seconds: float | None
    reason: str = ""

    @property
    def family(self) -> str:
        """IPv6 or IPv4; empty when there is no address at all."""
        if not self.address:
            return ""
        return "IPv6" if ":" in self.address else "IPv4"


@value
class LinkReport:
    """One certificate of the chain, with the days until it expires; negative when it has."""

    certificate: Certificate
    days_left: int


@value
class PortReport:
    """One port of the host."""

    host: str
    port: int
    security: str
    addresses: tuple[AddressReport, ...]
    stages: tuple[StageReport, ...]
    greeting: str
    before: Capabilities | None
    """What EHLO offered in the clear; None where it was not asked in the clear."""
    inside: Capabilities | None
    """What it offered inside TLS; None where it did not come to that."""
    tls: TlsUp | None
    versions: dict[str, bool]
    """Version of TLS, such as "1.2" -> whether the server takes it; empty where there is no TLS."""
    chain: tuple[LinkReport, ...]
    problems: tuple[ChainProblem, ...]
    findings: tuple[Finding, ...]
    outcome: Outcome

    @property
    def answered(self) -> bool:
        """Whether a connection stood."""
        return any(address.seconds is not None for address in self.addresses)

    @property
    def is_silent(self) -> bool:
        """Whether a connection stood and nothing at all was said on it in clear text."""
        waited = any(finding.rule in ("no-reply", "tls-expected") for finding in self.findings)
        return self.answered and self.security == "starttls" and not self.greeting and waited

    @property
    def mark(self) -> Mark:
        """The worst of its stages."""
        marks = {stage.mark for stage in self.stages}
        return next((m for m in (Mark.BAD, Mark.NOTICE) if m in marks), Mark.GOOD)

    @property
    def offers(self) -> Capabilities | None:
        """What counts: the offer inside TLS, or the only one there is."""
        return self.inside or self.before
