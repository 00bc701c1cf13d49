"""Suites: a client, cases and what is known of them, in a file named `NAME.smtplab.yaml`."""

import re
from pathlib import Path
from typing import Annotated

import msgspec

from smtplab.grading.baseline import Baseline
from smtplab.grading.cases import BASES, Calling, Case, Client, choose
from smtplab.grading.playing import Pace
from smtplab.grading.recipes import library

SUFFIX = ".smtplab.yaml"


class SuiteError(ValueError):
    """A file that is no suite; the text names it and says why."""


Positive = Annotated[float, msgspec.Meta(gt=0, lt=1_000_000)]

USUAL = Calling()


class Suite(Calling, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What such a file may hold; either `command` or `recipe`."""

    command: str = ""
    recipe: str = ""
    scenarios: tuple[str, ...] = ()
    """Ids, globs, or files; all when there are none."""
    bases: tuple[str, ...] = ()
    known: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Case -> rules that it is known to break, as in a baseline."""
    config_template: str | None = None
    time_limit: Positive = 20.0
    time_scale: Positive = 1.0

    def __post_init__(self) -> None:
        if bool(self.command) == bool(self.recipe):
            raise ValueError("a suite has either `command` or `recipe`")
        if self.recipe and (idle := self._idle()):
            raise ValueError(f"a recipe says by itself how it is called: leave out `{idle}`")
        for pattern in (self.ok_output, self.fail_output):
            _check_pattern(pattern)
        unknown = [base for base in self.bases if base not in BASES]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no base; there are {', '.join(BASES)}")

    def _idle(self) -> str:
        """A key that a recipe has no use for; empty when there is none."""
        if self.config_template is not None:
            return "config_template"
        names = Calling.__struct_fields__
        return next((name for name in names if getattr(self, name) != getattr(USUAL, name)), "")

    @property
    def baseline(self) -> Baseline:
        """The known failures."""
        return Baseline(self.known)

    @property
    def pace(self) -> Pace:
        """The times."""
        return Pace(time_limit=self.time_limit, time_scale=self.time_scale)

    def client(self, name: str, here: Path | None = None) -> Client:
        """The client; relative paths count from `here`. Raises UnknownRecipe, TemplateError."""
        if self.recipe:
            return library.client(self.recipe)
        return self.called(name, self.command, self.config_template, here=here)

    def cases(self) -> list[Case]:
        """The cases. Raises UnknownScenario, ScenarioError."""
        return choose(self.scenarios, self.bases)


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None


def read(path: Path) -> Suite:
    """A suite from its file. Raises SuiteError, OSError."""
    import yaml

    try:
        return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), Suite)
    except (msgspec.ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        told = " ".join(str(error).split())
        raise SuiteError(f"{path.name} is no suite of smtplab: {told}") from None
