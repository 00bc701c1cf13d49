"""What is run: one scenario on one base, and the client under test."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from msgspec import UNSET, Struct

from smtplab.grading.process import Finished
from smtplab.grading.template import Command
from smtplab.grading.values import EACH
from smtplab.scenarios import library
from smtplab.scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Base:
    """The ground that a scenario is played on: the mode of TLS, and whether there is a login."""

    name: str
    mode: str
    """plain, starttls or implicit."""
    auth: bool

    @property
    def tls(self) -> str:
        """The mode of TLS as {tls} has it."""
        return "none" if self.mode == "plain" else self.mode

    @property
    def wants_tls(self) -> bool:
        """Whether the client was asked to use TLS."""
        return self.mode != "plain"


BASES: dict[str, Base] = {
    base.name: base
    for base in (
        Base("plain", "plain", auth=False),
        Base("starttls", "starttls", auth=False),
        Base("implicit", "implicit", auth=False),
        Base("auth", "starttls", auth=True),
        Base("plain+auth", "plain", auth=True),
        Base("starttls+auth", "starttls", auth=True),
        Base("implicit+auth", "implicit", auth=True),
    )
}
"""Name -> base; `auth` is short for what a submission server asks: STARTTLS and a login."""

DEFAULT_BASE = "auth"


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario on one base."""

    scenario: Scenario
    base: Base

    @property
    def key(self) -> str:
        """How it is called everywhere: `auth/535 on starttls`."""
        return f"{self.scenario.id} on {self.base.name}"

    @property
    def wants_two_recipients(self) -> bool:
        """Whether only a message to several people can show what the scenario is about."""
        claims = [claim for e in self.scenario.expect for claim in (e.must, e.must_not)]
        expects = any(claim is not UNSET and claim.report == "partly" for claim in claims)
        return expects or "several-recipients" in self.scenario.tags


class Claim(Enum):
    """What a client says of its own work."""

    SENT = "sent"
    PARTLY = "partly sent"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    NOTHING = "nothing"
    """It was still running at the time limit."""


class Calling(Struct, frozen=True, kw_only=True):
    """What recipes and suites both say of a client: how it tells how it went."""

    message_on_stdin: bool = False
    ok_exits: tuple[int, ...] = (0,)
    partial_exits: tuple[int, ...] = ()
    na_exits: tuple[int, ...] = ()
    ok_output: str = ""
    fail_output: str = ""
    keep_home: bool = False
    several: bool = False
    """Whether it reads all recipients from its environment."""

    def called(
        self,
        name: str,
        command: str,
        config_template: str | None,
        *,
        folder: Path | None = None,
        here: Path | None = None,
    ) -> "Client":
        """The client that is called so. Raises TemplateError."""
        return Client(
            name,
            Command.parse([command]),
            config_template=config_template,
            message_on_stdin=self.message_on_stdin,
            ok_exits=frozenset(self.ok_exits),
            partial_exits=frozenset(self.partial_exits),
            na_exits=frozenset(self.na_exits),
            ok_output=self.ok_output,
            fail_output=self.fail_output,
            keep_home=self.keep_home,
            several=self.several,
            folder=folder,
            here=here,
        )


@dataclass(frozen=True, slots=True)
class Client:
    """The client under test: its command, and how it tells how it went."""

    name: str
    command: Command
    config_template: str | None = None
    message_on_stdin: bool = False
    ok_exits: frozenset[int] = frozenset({0})
    partial_exits: frozenset[int] = frozenset()
    na_exits: frozenset[int] = frozenset()
    ok_output: str = ""
    fail_output: str = ""
    keep_home: bool = False
    several: bool = False
    """Whether it reads all recipients from its environment."""
    folder: Path | None = None
    """The folder of its recipe, for {recipe_dir}."""
    here: Path | None = None
    """Where relative paths count from, for {here} and its program; None: the current folder."""

    @property
    def takes_several(self) -> bool:
        """Whether it can be told of more than one recipient."""
        return self.several or bool(self.command.names & {"recipients", EACH})

    def claim(self, finished: Finished) -> Claim:
        """What it says, by its exit code and its output."""
        if finished.exit_code is None:
            return Claim.NOTHING
        if finished.exit_code in self.na_exits:
            return Claim.NOT_APPLICABLE
        if self.fail_output and finished.says(self.fail_output):
            return Claim.FAILED
        if finished.exit_code in self.partial_exits:
            return Claim.PARTLY
        if finished.exit_code not in self.ok_exits:
            return Claim.FAILED
        if self.ok_output and not finished.says(self.ok_output):
            return Claim.FAILED
        return Claim.SENT


def choose(patterns: Iterable[str], bases: Iterable[str]) -> list[Case]:
    """The cases of globs over ids, or of files, on bases; all scenarios when no glob is given.

    Without a base each scenario is played as its file says, with a login. Raises UnknownScenario
    for a pattern that finds nothing, and ScenarioError for a broken file.
    """
    chosen = [BASES[name] for name in dict.fromkeys(bases)]
    cases: list[Case] = []
    for name in library.expand(patterns) or library.ids():
        scenario = library.find(name)
        cases += [Case(scenario, base) for base in chosen or (_own_base(scenario),)]
    return cases


def _own_base(scenario: Scenario) -> Base:
    mode = scenario.server.tls.mode
    return BASES[{"none": "plain+auth", "implicit": "implicit+auth"}.get(mode, DEFAULT_BASE)]


def shard(cases: list[Case], part: int, parts: int) -> list[Case]:
    """The cases of one machine of several; together they are all of them, each once."""
    return [case for index, case in enumerate(cases) if index % parts == part - 1]
