"""One case played: the lab with the scenario, the client beside it, and what the server saw."""

import asyncio
import contextlib
import itertools
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import structs

from smtplab.grading import process
from smtplab.grading.cases import Case, Claim, Client
from smtplab.grading.dialogue import Dialogue
from smtplab.grading.environment import Surroundings
from smtplab.grading.message import Message
from smtplab.grading.process import Finished
from smtplab.grading.reading import read_tape
from smtplab.grading.values import Values
from smtplab.scenarios.model import Action, Rule, Scenario
from smtplab.server.certificates import Authority
from smtplab.server.events import (
    Closed,
    CommandRead,
    Connected,
    FaultFired,
    ReplySaid,
    ServerEvent,
)
from smtplab.server.inbox import Mail
from smtplab.server.lab import Lab
from smtplab.server.session_log import HIDDEN, SessionLog, forms_of

HOST = "localhost"
SENDER = "alice@lab.test"
RECIPIENTS = ("bob@lab.test", "nobody@lab.test")
"""The second is for scenarios about several recipients; some of them know nobody of that name."""

HOLD = 0.05
"""Seconds that replies are held back, so that a client that does not wait is caught.

What is sent in several pieces may itself be held back by the client's system until the first is
acknowledged, for 40 ms (RFC 1122 §4.2.3.2).
"""

HELD_STAGES = (
    "greeting", "ehlo", "helo", "starttls", "auth", "auth-step", "mail", "rcpt", "data", "eom",
    "rset", "quit",
)  # fmt: skip

SETTLE = 1.0
"""Seconds that the server gets to read what the client had sent before it ended."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The times of a run: seconds for each client, and the factor for waits of scenarios."""

    time_limit: float = 20.0
    time_scale: float = 1.0
    hold: float = HOLD


_NOT_BY_SERVER = ("the client", "the connection", "the lab")
"""How the log begins to tell of an end that the server did not bring about."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection, as the server saw it."""

    dialogue: Dialogue
    log: SessionLog
    opened: float
    """Seconds since the client was started."""
    closed: float | None
    """The same; None when it was open to the end."""
    last_said: float = 0.0
    """The same for the last thing that either side said."""

    @property
    def ended_by_server(self) -> bool:
        """Whether it was the server that ended it, before anybody was told to stop."""
        return self.closed is not None and not self.log.closed.startswith(_NOT_BY_SERVER)


@dataclass(frozen=True, slots=True)
class Played:
    """All that is known of a case once it was played; rules judge this and nothing else."""

    case: Case
    client: Client
    message: Message
    finished: Finished
    connections: tuple[Connection, ...]
    mails: tuple[Mail, ...]
    pace: Pace
    password: str = field(default="", repr=False)

    @property
    def claim(self) -> Claim:
        """What the client says."""
        return self.client.claim(self.finished)

    @property
    def output(self) -> str:
        """What the client wrote, without the password of the lab, which reports never have.

        A secret of the user's own that the client writes is not known here.
        """
        text = self.finished.output
        for form in forms_of(self.password):
            text = text.replace(form, HIDDEN)
        return text

    @property
    def dialogues(self) -> list[Dialogue]:
        """The connections, read."""
        return [connection.dialogue for connection in self.connections]

    @property
    def fired(self) -> list[str]:
        """The stages at which the scenario had its say."""
        return [fault.stage for c in self.connections for fault in self.faults(c)]

    def faults(self, connection: Connection) -> list[FaultFired]:
        """What the scenario did in a connection; holding back a reply is no fault of it."""
        own = len(self.case.scenario.rules)
        return [fault for fault in connection.log.faults if fault.rule < own]

    @property
    def copies(self) -> dict[str, int]:
        """Recipient -> how many messages for them were taken. Bounces, from <>, do not count."""
        found = dict.fromkeys(self.message.recipients, 0)
        for mail in self.mails:
            for recipient in mail.recipients if mail.sender else ():
                found[recipient] = found.get(recipient, 0) + 1
        return found


class Watch:
    """When connections came and went, when either side spoke, and whether any is open."""

    def __init__(self) -> None:
        self.opened: dict[int, float] = {}
        self.closed: dict[int, float] = {}
        self.said: dict[int, float] = {}
        self._quiet = asyncio.Event()
        self._quiet.set()

    def __call__(self, event: ServerEvent) -> None:
        """Takes an event of the lab."""
        now = asyncio.get_running_loop().time()
        if isinstance(event, Connected):
            self.opened[event.session] = now
        elif isinstance(event, Closed):
            self.closed[event.session] = now
        elif isinstance(event, CommandRead | ReplySaid):
            self.said[event.session] = now
        if len(self.closed) < len(self.opened):
            self._quiet.clear()
        else:
            self._quiet.set()

    async def settle(self, seconds: float) -> None:
        """Until no connection is open, or so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._quiet.wait()


class Stage:
    """Where cases are played: one authority, one folder, for a whole run."""

    def __init__(self, pace: Pace | None = None, authority: Authority | None = None) -> None:
        self.pace = pace or Pace()
        self.authority = authority or Authority()
        self._numbers = itertools.count(1)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(
            prefix="smtplab-grade-", ignore_cleanup_errors=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    async def play(self, case: Case, client: Client, inherited: dict[str, str]) -> Played:
        """Plays one case. Raises MissingValue, and OSError when the client cannot be started."""
        assert self._folder is not None, "the stage is entered first"
        number = next(self._numbers)
        folder = Path(self._folder.name) / f"{number:04}"
        count = 2 if case.wants_two_recipients and client.takes_several else 1
        message = Message(f"{number:04}", SENDER, RECIPIENTS[:count])
        watch = Watch()
        lab = self._lab(case, watch)
        await lab.start(HOST)
        async with lab:
            loop = asyncio.get_running_loop()
            surroundings = Surroundings(
                folder,
                message,
                client.config_template,
                client.keep_home,
                client.folder,
                client.here,
            )
            values = self._values(case, lab, surroundings)
            begin = loop.time()
            finished = await process.run(
                _found(client.command.render(values), values.text("here")),
                folder=surroundings.temp,
                variables=surroundings.variables(values, inherited),
                stdin=Path(values.text("message_file")) if client.message_on_stdin else None,
                time_limit=self.pace.time_limit,
            )
            await watch.settle(SETTLE)
            left_open = {n for n in watch.opened if n not in watch.closed}
        mode = case.scenario.server.end_of_data
        connections = tuple(
            Connection(
                read_tape(log.number, log.tape, mode),
                log,
                watch.opened[log.number] - begin,
                None if log.number in left_open else watch.closed[log.number] - begin,
                watch.said.get(log.number, begin) - begin,
            )
            for log in sorted(lab.sessions, key=lambda log: log.number)
        )
        password = next(iter(lab.users.values()), "")
        return Played(
            case, client, message, finished, connections, tuple(lab.inbox), self.pace, password
        )

    def _lab(self, case: Case, watch: Watch) -> Lab:
        return Lab(
            held(case.scenario, self.pace),
            base=case.base.mode,
            auth=case.base.auth,
            authority=self.authority,
            time_scale=self.pace.time_scale,
            on_event=watch,
        )

    def _values(self, case: Case, lab: Lab, surroundings: Surroundings) -> Values:
        credentials = next(iter(lab.users.items()), None) if case.base.auth else None
        where = {"host": HOST, "port": str(lab.port)}
        return surroundings.prepare(where, case.base.tls, credentials, lab.ca_pem)


def _found(words: list[str], here: str) -> list[str]:
    """The words to run; those that name a file get its whole path, as the folder is a fresh one."""
    first, *rest = words
    is_path = os.path.dirname(first) and not os.path.isabs(first)
    program = os.path.join(here, first) if is_path else first
    return [program, *(_whole(word, here) for word in rest)]


def _whole(word: str, here: str) -> str:
    path = os.path.join(here, word)
    return path if word and not os.path.isabs(word) and os.path.isfile(path) else word


def held(scenario: Scenario, pace: Pace) -> Scenario:
    """The scenario with all replies a moment late, its own and the honest ones.

    So what a client sends in one go is there before the first reply, and whoever does not wait is
    caught.
    """
    if not pace.hold:
        return scenario
    wait = f"{max(1, round(pace.hold * 1000 / pace.time_scale))}ms"
    first = Action(wait=wait)
    own = tuple(
        structs.replace(rule, do=(first, *rule.do)) if _says_something(rule) else rule
        for rule in scenario.rules
    )
    actions = (first, Action(pass_="loud"))
    honest = tuple(Rule(at=stage, do=actions) for stage in HELD_STAGES)  # type: ignore[arg-type]
    return structs.replace(scenario, rules=(*own, *honest))


def _says_something(rule: Rule) -> bool:
    speaks = any(action.name in ("reply", "send", "pass") for action in rule.do)
    return speaks and rule.at in (*HELD_STAGES, "*")
