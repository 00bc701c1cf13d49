"""All that the planner and the reactions may look at: wishes, facts, and the exchange under way."""

from dataclasses import dataclass

from smtplab.client.authentication import AuthExchange
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.progress import Decline, Override, Progress
from smtplab.client.settings import Security, SessionSettings
from smtplab.client.steps import Stage, Step
from smtplab.protocol.message_data import WireContent, to_wire
from smtplab.protocol.sasl import Channel

BINDING_SUFFIX = "-PLUS"
"""What the names of mechanisms end in that use channel binding (RFC 5802 §4)."""


@dataclass(slots=True)
class Situation:
    """All that a rule may look at."""

    settings: SessionSettings
    progress: Progress
    exchange: AuthExchange | None
    _wire: tuple[bytes, bool, WireContent] | None = None

    @property
    def wire(self) -> WireContent:
        """The message as it will go over the wire; made once, since it may be large."""
        content, raw = self.settings.content, self.settings.raw_content
        if self._wire is None or self._wire[0] is not content or self._wire[1] is not raw:
            self._wire = content, raw, to_wire(content, raw=raw)
        return self._wire[2]

    @property
    def hello_stage(self) -> Stage:
        """Which of the two EHLO rungs is meant now."""
        after_starttls = self.progress.encrypted and self.settings.security is not Security.IMPLICIT
        return Stage.EHLO_TLS if after_starttls else Stage.EHLO

    @property
    def channel(self) -> Channel:
        """What a SASL mechanism has to know of the connection."""
        offered = self.mechanisms_offered
        return Channel(
            self.settings.dialled_name,
            self.settings.port,
            self.progress.channel_binding,
            any(name.endswith(BINDING_SUFFIX) for name in offered),
            self.progress.nonce,
        )

    @property
    def mechanisms_offered(self) -> tuple[str, ...]:
        """The mechanisms of the last EHLO."""
        capabilities = self.progress.capabilities
        return capabilities.auth_mechanisms if capabilities is not None else ()

    def offers(self, keyword: str) -> bool:
        """Whether the last EHLO offered an extension."""
        capabilities = self.progress.capabilities
        return capabilities is not None and capabilities.has(keyword)

    def skips(self, stage: Stage) -> bool:
        """Whether the user left that stage out."""
        return stage in self.progress.skipped


Planned = Step | Decline | None
"""The next step; a `Decline` where we would rather stop; None when all is said."""


def decline(s: Situation, stage: Stage, reason: str, override: Override | None) -> Decline:
    """A refusal of ours at a stage."""
    outcome = Outcome(Verdict.REFUSED, stage, reason, s.progress.last_reply)
    return Decline(outcome, override)
