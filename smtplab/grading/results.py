"""Results: what a run came to, as values that can be saved, read again, and merged."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from smtplab.grading.story import Line
from smtplab.grading.verdicts import WHOLE, Level, Verdict, counted, worst
from smtplab.version import VERSION

FORMAT = 1
"""The version of the file."""


class ResultsError(ValueError):
    """A file of results that cannot be read, or results that do not go together."""


class CaseResult(Struct, frozen=True, kw_only=True):
    """One scenario on one base, judged."""

    scenario: str
    base: str
    title: str
    severity: str
    level: Level
    """The gravest of the verdicts."""
    claim: str
    """What the client said: sent, partly sent, failed, not applicable, nothing."""
    exit_code: int | None
    seconds: float
    delivered: int
    """Messages that the server took, copies included."""
    verdicts: tuple[Verdict, ...]
    story: str = ""
    """What the scenario is about."""
    flips: str = ""
    """`2 of 3` when the case came out differently in further runs; else empty."""
    transcript: tuple[Line, ...] = ()
    output: str = ""
    """The end of what the client wrote."""

    @property
    def key(self) -> str:
        """How it is called everywhere: `auth/535 on starttls`."""
        return f"{self.scenario} on {self.base}"

    @property
    def breaches(self) -> list[Verdict]:
        """The requirements that were not kept."""
        return [verdict for verdict in self.verdicts if verdict.is_breach]


class RunResult(Struct, frozen=True, kw_only=True):
    """All cases of one client."""

    client: str
    command: tuple[str, ...]
    """Its command line, as the template that it was given as."""
    cases: tuple[CaseResult, ...]
    complete: bool = True
    """Whether all cases that were asked for are here."""
    order: tuple[str, ...] = ()
    """The keys of all cases that were asked for, in order; a shard has but some of them."""

    @property
    def summary(self) -> dict[str, int]:
        """How many verdicts there are of each level."""
        return counted(verdict.level for case in self.cases for verdict in case.verdicts)

    @property
    def summary_of_cases(self) -> dict[str, int]:
        """How many cases there are of each level."""
        return counted(case.level for case in self.cases)


class Saved(Struct, frozen=True, kw_only=True):
    """The file: `summary` is for whoever reads it, the rest is the run."""

    summary: dict[str, int]
    summary_of_cases: dict[str, int]
    client: str
    command: tuple[str, ...]
    complete: bool
    cases: tuple[CaseResult, ...]
    order: tuple[str, ...] = ()
    format: int = FORMAT
    smtplab: str = field(default=VERSION)


def level_of(verdicts: Iterable[Verdict]) -> Level:
    """What a case comes to: it is not applicable only if its scenario as a whole is not."""
    return worst(
        verdict.level
        for verdict in verdicts
        if verdict.level is not Level.NOT_APPLICABLE or verdict.rule == WHOLE
    )


def encode(run: RunResult) -> bytes:
    """A run as one JSON value."""
    saved = Saved(
        summary=run.summary,
        summary_of_cases=run.summary_of_cases,
        client=run.client,
        command=run.command,
        complete=run.complete,
        cases=run.cases,
        order=run.order,
    )
    return msgspec.json.encode(saved)


def decode(octets: bytes, name: str) -> RunResult:
    """A run from its JSON. Raises ResultsError, which names the file."""
    try:
        saved = msgspec.json.decode(octets, type=Saved)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ResultsError(f"{name} holds no results of 'smtplab grade': {error}") from None
    if saved.format != FORMAT:
        raise ResultsError(f"{name} has format {saved.format}, and this smtplab reads {FORMAT}")
    return RunResult(
        client=saved.client,
        command=saved.command,
        cases=saved.cases,
        complete=saved.complete,
        order=saved.order,
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of that value."""
    return msgspec.json.schema(Saved)


def read(path: Path) -> RunResult:
    """A run from a file. Raises ResultsError, and OSError."""
    return decode(path.read_bytes(), str(path))


def merged(runs: Sequence[RunResult]) -> list[RunResult]:
    """Runs of the same client become one, whose cases are in order; other clients stay apart.

    Raises ResultsError when a case is there twice.
    """
    found: dict[str, list[RunResult]] = {}
    for run in runs:
        found.setdefault(run.client, []).append(run)
    return [_joined(parts) for parts in found.values()]


def _joined(parts: list[RunResult]) -> RunResult:
    first = parts[0]
    if len(parts) == 1:
        return first
    cases: dict[str, CaseResult] = {}
    for case in (case for part in parts for case in part.cases):
        if case.key in cases:
            raise ResultsError(f"{first.client}: {case.key} is there twice; are these shards?")
        cases[case.key] = case
    order = list(dict.fromkeys(key for part in parts for key in part.order))
    places = {key: place for place, key in enumerate(order)}
    ordered = sorted(cases.values(), key=lambda case: places.get(case.key, len(places)))
    return RunResult(
        client=first.client,
        command=first.command,
        cases=tuple(ordered),
        complete=set(order) <= set(cases),
        order=tuple(order),
    )
