"""All that the planner and the reactions may look at: wishes, facts, and the exchange under way."""

from smtplab.client.authentication import AuthExchange
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.progress import Decline, Override, Progress
from smtplab.client.settings import Security, SessionSettings
from smtplab.client.steps import Stage, Step
from smtplab.protocol.message_data import END, WireContent, to_chunks, to_wire
from smtplab.protocol.sasl import Channel
from smtplab.values import mutable

LADDER = list(Stage)

BINDING_SUFFIX = "-PLUS"
"""What the names of mechanisms end in that use channel binding (RFC 5802 §4)."""

NOTHING = WireContent(END, 0, ())
"""What ends a DATA that has nobody to go to (RFC 2920 §3.1)."""


@mutable
class Situation:
    """All that a rule may look at."""

    settings: SessionSettings
    progress: Progress
    exchange: AuthExchange | None
    _wire: tuple[bytes, bool, bool, WireContent] | None = None

    @property
    def content(self) -> bytes:
        """The message whose turn it is."""
        number = len(self.progress.settled)
        return self.settings.further[number - 1] if number else self.settings.content

    @property
    def wire(self) -> WireContent:
        """The message as it will go over the wire; made once, since it may be large."""
        return NOTHING if self.progress.transaction.abandoned else self._wire_of(self.content)

    def look_ahead(self) -> None:
        """Makes the wire form of the next message, while the server digests this one."""
        number = len(self.progress.settled)
        if number < len(self.settings.further):
            self._wire_of(self.settings.further[number])

    def _wire_of(self, content: bytes) -> WireContent:
        raw, chunks = self.settings.raw_content, self.chunks
        made = self._wire
        if made is None or made[0] is not content or made[1:3] != (raw, chunks):
            form = to_chunks(content, raw=raw) if chunks else to_wire(content, raw=raw)
            self._wire = made = content, raw, chunks, form
        return made[3]

    @property
    def chunks(self) -> bool:
        """Whether the message goes out by BDAT."""
        return self.settings.chunk_size is not None and self.offers("CHUNKING")

    @property
    def has_more(self) -> bool:
        """Whether another message follows the one whose turn it is."""
        return len(self.progress.settled) < len(self.settings.further)

    @property
    def hello_stage(self) -> Stage:
        """Which of the two EHLO rungs is meant now."""
        after_starttls = self.progress.encrypted and self.settings.security is not Security.IMPLICIT
        return Stage.EHLO_TLS if after_starttls else Stage.EHLO

    @property
    def ehlo_name(self) -> str:
        """Who we say we are."""
        return self.settings.ehlo_name or self.progress.own_name

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

    def is_beyond_stop(self, stage: Stage) -> bool:
        """Whether the user wants to leave before that stage."""
        stop = self.settings.stop_after
        if stop is None or stage is Stage.QUIT:
            return False
        order = list(self.progress.stages)
        known = [order.index(s) for s in order if s is stop] or [
            at for at, s in enumerate(order) if LADDER.index(s) < LADDER.index(stop)
        ]
        return stage in order and order.index(stage) > max(known, default=-1)

    def skips(self, stage: Stage) -> bool:
        """Whether the user left that stage out."""
        return stage in self.progress.skipped


Planned = Step | Decline | None
"""The next step; a `Decline` where we would rather stop; None when all is said."""


def decline(s: Situation, stage: Stage, reason: str, override: Override | None) -> Decline:
    """A refusal of ours at a stage."""
    outcome = Outcome(Verdict.REFUSED, stage, reason, s.progress.last_reply)
    return Decline(outcome, override)
