"""The runner: one step at a time, at whose pace one likes, and exactly one outcome.

It is pulled, not pushed: `planned` is what would come next, `step()` does it, and nothing happens
between two calls. So stepping by hand and the automatic mode are the same code, called at another
pace, and one can turn into the other between any two steps.
"""

from collections.abc import Callable
from datetime import datetime

from smtplab.client import deliveries, express, retrying
from smtplab.client.connection import Gate, Sink
from smtplab.client.events import Decision, DecisionKind, Ended
from smtplab.client.outcome import Outcome, RecipientResult, Verdict, stopped_after
from smtplab.client.performer import Performer
from smtplab.client.plan import next_step
from smtplab.client.progress import Decline, Override, Progress
from smtplab.client.settings import Security, SessionSettings, Smtputf8
from smtplab.client.situation import Planned
from smtplab.client.standing import Waiting
from smtplab.client.steps import Stage, StageStatus, Step
from smtplab.protocol.client import ClientProtocol
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb
from smtplab.values import replace
from smtplab.wire.network import Network

UNSKIPPABLE = frozenset(
    {None, Verb.GREETING, Verb.TLS, Verb.AUTH_RESPONSE, Verb.CONTENT, Verb.BDAT, Verb.BDAT_LAST}
)
"""Steps that cannot be left out: the server waits for them, or we cannot go on."""


class Runner:
    """One session, from Connect to QUIT."""

    def __init__(
        self,
        settings: SessionSettings,
        sink: Sink,
        now: Callable[[], datetime],
        network: Network,
    ) -> None:
        self.ended: Outcome | None = None
        self.planned: Planned = None
        self._sink = sink
        self._now = now
        self._network = network
        self._hosts = (settings.host, *settings.alternatives)
        self._given_up = False
        """Whoever stops wants no other attempt."""
        self._attempts = 1
        self._former: tuple[RecipientResult, ...] = ()
        """What attempts before this one have settled."""
        self._begin(settings)

    def _begin(self, settings: SessionSettings, pause: float = 0.0) -> None:
        self._performer = Performer(settings, self._sink, self._now, self._network, pause)
        self._plan()

    @property
    def settings(self) -> SessionSettings:
        """The wishes in force, overrides included."""
        return self._performer.settings

    @property
    def progress(self) -> Progress:
        """The facts so far."""
        return self._performer.progress

    @property
    def protocol(self) -> ClientProtocol:
        """The SMTP of the present connection."""
        return self._performer.connection.protocol

    @property
    def ehlo_name(self) -> str:
        """Who we say we are."""
        return self._performer.situation.ehlo_name

    @property
    def waiting(self) -> Waiting | None:
        """What is being waited for, if anything is."""
        return self._performer.waiting

    @property
    def stage(self) -> Stage:
        """The stage that the planned step belongs to."""
        if isinstance(self.planned, Decline):
            return self.planned.outcome.stage
        return self.planned.stage if self.planned is not None else Stage.QUIT

    async def step(self, typed: bytes | None = None, gate: Gate | None = None) -> None:
        """Does the planned step; with `typed`, sends that line in its place.

        Where the planner would rather stop, a step agrees with it. `typed` counts as the planned
        command in an edited form when it has the same verb, and as an injected line otherwise. A
        `gate` is awaited between the flights of the handshake and the parts of a message.
        """
        planned = self.planned
        if isinstance(planned, Decline):
            self.progress.outcome = planned.outcome
            self._performer.mark(planned.outcome.stage, StageStatus.FAILED)
        elif planned is not None:
            await self._performer.perform(planned, typed, gate)
        await self._after()

    async def hurry(self) -> None:
        """As `step`, but where messages follow one another, all at once that go the usual way."""
        planned = self.planned
        is_mail = isinstance(planned, Step) and planned.verb is Verb.MAIL
        if is_mail and express.suits(self._performer):
            await express.run(self._performer)
            await self._after()
        else:
            await self.step()

    async def inject(self, line: bytes, *, crlf: bool = True) -> None:
        """Sends a line, or with `crlf` off octets, that is not the planned one."""
        if self.progress.connected and not self.progress.closed:
            await self._performer.send_own(self.stage, line, crlf=crlf)
            await self._after()

    async def skip(self) -> bool:
        """Leaves the planned step out; False when the protocol gives no way to do so."""
        planned = self.planned
        if not isinstance(planned, Step) or planned.verb in UNSKIPPABLE:
            return False
        self.progress.skipped.add(planned.stage)
        self._sink(Decision(DecisionKind.SKIPPED, planned.stage))
        self._performer.mark(planned.stage, StageStatus.SKIPPED)
        await self._after()
        return True

    async def delay(self, seconds: float) -> None:
        """Lets time pass before the next step: some servers lose patience."""
        if self.ended is None:
            self._sink(Decision(DecisionKind.DELAYED, self.stage, f"{seconds:g} s"))
            await self._performer.delay(self.stage, seconds)
            await self._after()

    def forge(self, reply: Reply | None) -> None:
        """Puts this reply in the place of the next that comes; None: the true one counts."""
        self._performer.connection.forged = reply

    @property
    def forged(self) -> Reply | None:
        """The reply that will take the next one's place."""
        return self._performer.connection.forged

    async def stop(self) -> None:
        """Ends the session at once, without QUIT; one without an outcome counts as stopped."""
        if self.ended is not None:
            return
        stage = self.stage
        if self.progress.outcome is None:
            self._sink(Decision(DecisionKind.STOPPED, stage))
            reply = self.progress.last_reply
            self.progress.outcome = Outcome(Verdict.STOPPED, stage, "You stopped here.", reply)
        await self._performer.hang_up()
        self._given_up = True
        await self._after()

    def change(self, settings: SessionSettings) -> None:
        """Goes on with other wishes; what was done already stays done."""
        self._performer.change_settings(settings)
        self._plan()

    async def override(self, how: Override) -> None:
        """Goes on where the planner would rather stop, in the one way that the user chose."""
        self._sink(Decision(DecisionKind.ANSWERED, self.stage, how.value))
        if how is Override.UNVERIFIED:
            await self._performer.hang_up()
            self._begin(replace(self.settings, verify=False))
            return
        if how is Override.IN_CLEAR:
            self._performer.change_settings(replace(self.settings, security=Security.OPPORTUNISTIC))
            self.progress.tls_given_up = True
        elif how is Override.AUTH_IN_CLEAR:
            self._performer.change_settings(replace(self.settings, auth_in_clear=True))
        elif how is Override.WITHOUT_SMTPUTF8:
            self._performer.change_settings(replace(self.settings, smtputf8=Smtputf8.OFF))
        else:
            self.progress.auth_given_up = True
        self._plan()

    async def poll(self) -> None:
        """Picks up what the server sent, or that it left, while nobody was asking."""
        if self.progress.connected and not self.progress.closed and not self.waiting:
            await self._performer.poll(self.stage)
            await self._after()

    def _plan(self) -> None:
        held = self._performer.held if self.progress.outcome is None else None
        self.planned = held or next_step(self._performer.situation)

    async def _after(self) -> None:
        """Plans on; when nothing is left, closes and says the outcome, once."""
        if self.ended is not None:
            return
        self._plan()
        if self.planned is not None:
            return
        await self._performer.hang_up()
        outcome = self._summed_up()
        if not self._given_up and self._goes_on_after(outcome):
            return
        outcome = retrying.over_all(self._former, self.settings, outcome)
        self.ended = self.progress.outcome = outcome
        self._sink(Ended(outcome))

    def _goes_on_after(self, outcome: Outcome) -> bool:
        """Plans another connection, if that may help."""
        lost = self.progress.lost
        if retrying.goes_elsewhere(self.settings, outcome, lost=lost):
            self._try_elsewhere(outcome)
            return True
        left = retrying.still_open(self.settings, outcome, lost=lost)
        if left and self._attempts <= len(self.settings.retries):
            self._try_again(outcome, left)
            return True
        return False

    def _summed_up(self) -> Outcome:
        """What this connection came to, all its messages together."""
        outcome = self.progress.outcome
        stop = self.settings.stop_after
        if outcome is None and stop is not None:
            outcome = stopped_after(stop, self.progress.last_reply)
        if outcome is None:
            reply = self.progress.last_reply
            outcome = Outcome(Verdict.STOPPED, Stage.QUIT, "No message was sent.", reply)
        settled = self.progress.settled
        messages = 1 + len(self.settings.further)
        return deliveries.together([*settled, outcome], messages) if settled else outcome

    def _try_elsewhere(self, outcome: Outcome) -> None:
        """The next host, at once."""
        host, *others = self.settings.alternatives
        note = f"the next server is {host}, because: {outcome.reason}"
        self._sink(Decision(DecisionKind.RETRIED, outcome.stage, note))
        self._begin(replace(self.settings, host=host, alternatives=tuple(others)))

    def _try_again(self, outcome: Outcome, left: tuple[str, ...]) -> None:
        """Plans another attempt, after a pause, for the recipients that are still open."""
        limits = self.settings.limits
        pause = self.settings.retries[self._attempts - 1] * limits.scale
        self._attempts += 1
        number = f"attempt {self._attempts} of {len(self.settings.retries) + 1}"
        note = f"{number} in {pause:g} s, because: {outcome.reason}"
        self._sink(Decision(DecisionKind.RETRIED, outcome.stage, note))
        self._former += retrying.settled_of(outcome)
        host, *others = self._hosts
        settings = replace(self.settings, host=host, alternatives=tuple(others))
        self._begin(retrying.for_these(settings, left), pause)
