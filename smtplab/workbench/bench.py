"""The workbench: one session that every front end drives and reads in the same way."""

from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from smtplab.client.connection import Gate
from smtplab.client.outcome import Outcome
from smtplab.client.plan import ladder
from smtplab.client.progress import Decline
from smtplab.client.runner import Runner
from smtplab.client.settings import SessionSettings
from smtplab.client.steps import Stage, StageStatus, Step
from smtplab.diagnosis.engine import diagnose
from smtplab.diagnosis.findings import Finding
from smtplab.protocol.extensions import Capabilities
from smtplab.tls.events import TlsUp
from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.transcript.recorder import Recorder, wall_clock
from smtplab.transcript.redaction import Redactor
from smtplab.values import replace
from smtplab.wire.network import Network
from smtplab.workbench.composing import Composition, compose
from smtplab.workbench.locating import located
from smtplab.workbench.options import Bundled, Options, secrets_of, settings_for
from smtplab.workbench.playback import Playback
from smtplab.workbench.questions import GO_ON, Question, question_of
from smtplab.workbench.target import Target
from smtplab.workbench.writing import Letter

if TYPE_CHECKING:
    from smtplab.scenarios.model import Scenario
    from smtplab.server.events import ServerEvent
    from smtplab.server.lab import Lab


class Workbench:
    """One session: the target, the bundled server where that is it, runner, record, findings.

    `on_entry` is called for each new entry. `keep_secrets` keeps what was hidden in memory, for a
    screen that can show it. `network` is how to connect and wait; by default the running event
    loop, which the bundled server needs as well.
    """

    def __init__(
        self,
        target: Target,
        options: Options,
        *,
        on_entry: Callable[[Entry], None] | None = None,
        keep_secrets: bool = False,
        network: Network | None = None,
    ) -> None:
        self.target = target
        self.options = options
        self.transcript = Transcript(target.text)
        self.scenario: Scenario | None = None
        self.lab: Lab | None = None
        self.busy = False
        self.server_events: list[ServerEvent] = []
        """What the bundled server reported; empty for a real one."""
        self._on_entry = on_entry
        self._keep_secrets = keep_secrets
        self._network = network
        self._diagnosed: tuple[int, tuple[Finding, ...]] = (0, ())
        self._runner: Runner | None = None
        self._redactor = Redactor()
        self._recorder: Recorder | None = None

    @classmethod
    def of_record(cls, transcript: Transcript) -> "Workbench":
        """A session that is over, read from a file: it can be looked at, and nothing more."""
        bench = cls(Target(transcript.target or "a record", host="", port=0), Options())
        bench.transcript = transcript
        bench._runner = Playback(transcript)
        return bench

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Starts the bundled server where it is the target, and plans the first step.

        A domain is turned into its servers, of which the best comes first. Raises OptionsError
        (NoExchanger is one), UnknownScenario or ScenarioError; then nothing was started.
        """
        best, *others = await located(self.target)
        self.target = replace(best, alternatives=tuple(one.host for one in others))
        bundled = None
        if self.target.scenario is not None:
            from smtplab.scenarios import library

            self.scenario = library.find(self.target.scenario)
            bundled = await self._start_lab(self.scenario)
        now = wall_clock()
        self.transcript.started = now
        try:
            settings = settings_for(self.target, self.options, now, bundled)
        except ValueError:
            await self.close()
            raise
        redactor = Redactor([] if self.options.reveal_secrets else secrets_of(settings))
        self._redactor = redactor
        self._recorder = Recorder(
            self.transcript,
            redactor,
            keep_keys=self.options.keep_keys,
            keep_secrets=self._keep_secrets,
            reveal=self.options.reveal_secrets,
            on_entry=self._on_entry,
        )
        self._runner = Runner(settings, self._recorder, wall_clock, self._way_there())

    def _way_there(self) -> Network:
        if self._network is None:
            from smtplab.wire.tcp import LoopNetwork

            self._network = LoopNetwork(self.options.way)
        return self._network

    async def _start_lab(self, scenario: "Scenario") -> Bundled:
        # A session with a real server needs nothing of this, and should not wait for it.
        from smtplab.server.lab import Lab

        lab = Lab(
            scenario,
            base=self.options.base,
            auth=self.options.auth,
            time_scale=self.options.time_scale,
            on_event=self.server_events.append,
        )
        self.lab = lab
        await lab.start()
        username, password = next(iter(lab.users.items()))
        return Bundled(lab.host, lab.port, lab.base, "localhost", lab.ca_pem, username, password)

    async def close(self) -> None:
        """Ends the session if it still runs, and the bundled server."""
        if self._runner is not None:
            await self._runner.stop()
        if self.lab is not None:
            await self.lab.stop()
            self.lab = None

    # What a front end reads.

    @property
    def runner(self) -> Runner:
        """The runner; only once the workbench is open."""
        if self._runner is None:
            raise RuntimeError("the workbench is not open")
        return self._runner

    @property
    def settings(self) -> SessionSettings:
        """The settings in force."""
        return self.runner.settings

    @property
    def title(self) -> str:
        """Where the session goes, as people write it."""
        return f"{self.settings.dialled_name}:{self.settings.port}"

    @property
    def scenario_title(self) -> str | None:
        """The title of the scenario, when the bundled server plays one."""
        return self.scenario.title if self.scenario is not None else None

    @property
    def planned(self) -> Step | Question | None:
        """What comes next; None when the session is over."""
        planned = self.runner.planned
        return question_of(planned) if isinstance(planned, Decline) else planned

    @property
    def outcome(self) -> Outcome | None:
        """How the session ended, its secrets hidden; None while it runs."""
        ended = self.runner.ended
        return self._redactor.cover_outcome(ended) if ended is not None else None

    @property
    def stages(self) -> Mapping[Stage, StageStatus]:
        """Every stage of this session in order, and what became of it."""
        marked = self.runner.progress.stages
        order = ladder(self.settings)
        return {stage: marked.get(stage, StageStatus.AHEAD) for stage in order}

    @property
    def current_stage(self) -> Stage:
        """The stage of the planned step."""
        return self.runner.stage

    @property
    def waiting(self) -> tuple[str, float, str] | None:
        """What is awaited, for how many seconds at most, and the clause of that limit."""
        waiting = self.runner.waiting
        return (waiting.what, waiting.limit, waiting.clause) if waiting is not None else None

    @property
    def encrypted(self) -> bool:
        """Whether the connection is inside TLS now."""
        return self.runner.progress.encrypted and not self.runner.progress.closed

    @property
    def tls(self) -> TlsUp | None:
        """The facts of the last handshake that succeeded."""
        ups = [event for _, event in self.transcript.of(TlsUp)]
        return ups[-1] if ups else None

    @property
    def tls_label(self) -> str:
        """The TLS version for a status bar; empty without TLS."""
        return self.tls.version if self.encrypted and self.tls is not None else ""

    @property
    def capabilities(self) -> Capabilities | None:
        """What the last EHLO offered."""
        return self.runner.protocol.capabilities

    @property
    def capabilities_before_tls(self) -> Capabilities | None:
        """What EHLO offered before TLS; None when it was not asked, or there was no TLS."""
        return self.runner.protocol.capabilities_before_tls

    def findings(self) -> tuple[Finding, ...]:
        """The diagnosis of the record so far."""
        length = len(self.transcript)
        if self._diagnosed[0] != length:
            self._diagnosed = (length, diagnose(self.transcript))
        return self._diagnosed[1]

    def reveal(self, entry: Entry) -> Event:
        """The event of an entry with its secrets, where they were kept."""
        return self._recorder.original(entry) if self._recorder is not None else entry.event

    # What a front end can do.

    async def step(self, typed: bytes | None = None, gate: Gate | None = None) -> None:
        """Does the planned step; at a question, takes the safe answer.

        A `gate` is awaited between the flights of the handshake and the parts of a message.
        """
        await self._busily(self.runner.step(typed, gate))

    async def hurry(self) -> None:
        """As `step`, but several messages at once where nothing calls for a decision."""
        await self._busily(self.runner.hurry())

    async def delay(self, seconds: float) -> None:
        """Lets time pass before the next step."""
        await self._busily(self.runner.delay(seconds))

    async def inject(self, line: bytes, *, crlf: bool = True) -> None:
        """Sends a line, or bare octets, that the plan does not have."""
        await self._busily(self.runner.inject(line, crlf=crlf))

    async def skip(self) -> bool:
        """Leaves the planned step out; False when that is not possible."""
        return await self.runner.skip()

    async def stop(self) -> None:
        """Ends the session at once."""
        await self.runner.stop()

    async def answer(self, command: str) -> None:
        """Answers the question: anything but the one way of going on is the safe answer."""
        planned = self.runner.planned
        if not isinstance(planned, Decline):
            return
        if command == GO_ON and planned.override is not None:
            await self.runner.override(planned.override)
        else:
            await self.runner.step()

    def use_mechanism(self, name: str | None) -> None:
        """Logs in with this mechanism when AUTH comes; None: with the best that is offered."""
        self.runner.change(replace(self.settings, mechanism=name))

    def use_content(self, content: bytes) -> None:
        """Sends this message, any line ends, in place of the one there was."""
        self.runner.change(replace(self.settings, content=content, raw_content=False))

    def use_letter(self, letter: Letter) -> None:
        """Sends this message with this envelope; its other headers are made here."""
        parts = Composition(
            sender=letter.sender, to=letter.recipients, subject=letter.subject, body=letter.body
        )
        content = compose(parts, wall_clock())
        self.runner.change(
            replace(self.settings, envelope=letter.envelope, content=content, raw_content=False)
        )

    async def poll(self) -> None:
        """Picks up what the server sent while nobody was asking."""
        if not self.busy and self.outcome is None:
            await self.runner.poll()

    async def _busily(self, work: Awaitable[None]) -> None:
        self.busy = True
        try:
            await work
        finally:
            self.busy = False
