"""docs/outcomes.md: the whole catalogue played by our own client, made by playing it.

`python -m tests.architecture.documents` makes it anew; `test_catalogue.py`, which plays each
scenario anyway, holds it to what comes of that.
"""

import asyncio
import re
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from smtplab.scenarios import library
from tests.architecture.shape import ROOT

if TYPE_CHECKING:
    from tests.test_catalogue import Played

PAGE = ROOT / "docs" / "outcomes.md"

AT_ONCE = 3
"""Sessions that are played at the same time: they spend their time waiting."""

TRIES = 5
"""How often a scenario is played whose promises did not hold: a busy machine is late at times."""

UNSTEADY: dict[str, str] = {
    "certificates/client-required": "varies: whether the reset behind the server's alert is seen",
    "ehlo/endless": "varies: how much of the reply is read before we leave",
    "greeting/http": "varies: whether the end of the connection is seen before QUIT is sent",
}
"""Scenarios whose findings are not the same every time, and why; outcome and stage are."""

BASES = frozenset({"plain", "starttls", "implicit"})

INTRODUCTION = """\
# The catalogue, played by our own client

<!-- made by python -m tests.architecture.documents -->

Each scenario on each base on which it means something: how `smtplab send` ends with it, at which
stage, and what the [diagnosis](diagnosis.md) finds (errors and warnings). Where all bases agree, it
is one line. The message has two recipients.
"""


class Came(NamedTuple):
    """What came of a scenario on a base."""

    outcome: str
    stage: str
    findings: tuple[str, ...]


Results = dict[tuple[str, str], Came]


def came_of(name: str, played: "Played") -> Came:
    """One play in short."""
    findings = () if name in UNSTEADY else tuple(sorted(played.grave))
    return Came(played.verdict.value, played.stage.value, findings)


async def _play_all() -> Results:
    # Here, because the test of the catalogue imports this module.
    from tests.test_catalogue import bases_of, broken_promises, play

    limit = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, base: str) -> tuple[tuple[str, str], Came]:
        async with limit:
            played = await play(name, base)
            for _ in range(TRIES):
                if not broken_promises(name, base, played):
                    break
                played = await play(name, base)
            return (name, base), came_of(name, played)

    todo = [one(name, base) for name in library.ids() for base in bases_of(name)]
    return dict(await asyncio.gather(*todo))


def page(results: Results) -> str:
    """The page."""
    lines = [INTRODUCTION]
    for folder, names in groupby(
        dict.fromkeys(n for n, _ in results), lambda n: n.rpartition("/")[0]
    ):
        lines += [f"## {folder or 'The honest server'}", "", "| scenario | base | outcome | stage "
        "| findings |",
                  "| --- | --- | --- | --- | --- |"]  # fmt: skip
        for name in names:
            lines += _rows(name, {b: c for (n, b), c in results.items() if n == name})
        lines.append("")
    return "\n".join(lines)


def _rows(name: str, by_base: dict[str, Came]) -> Iterable[str]:
    alike: dict[Came, list[str]] = {}
    for base, came in by_base.items():
        alike.setdefault(came, []).append(base)
    for came, bases in alike.items():
        found = UNSTEADY.get(name) or ", ".join(f"`{rule}`" for rule in came.findings)
        yield f"| {name} | {', '.join(bases)} | {came.outcome} | {came.stage} | {found} |"


_ROW = re.compile(r"\| (\S+) \| ([a-z, ]+) \| ([a-z_]+) \| ([a-z-]+) \| (.*) \|")


def documented(text: str) -> Results:
    """What the page says."""
    found: Results = {}
    for name, bases, outcome, stage, rules in _ROW.findall(text):
        if set(bases.split(", ")) <= BASES:
            came = Came(outcome, stage, tuple(re.findall(r"`([^`]+)`", rules)))
            found |= {(name, base): came for base in bases.split(", ")}
    return found


@cache
def promised() -> Results:
    """What the page says now."""
    return documented(PAGE.read_text(encoding="utf-8"))


def as_documented(name: str, base: str, played: "Played") -> bool:
    """Whether a play came out as the page has it."""
    return promised().get((name, base)) == came_of(name, played)


def write() -> bool:
    """Plays everything and writes the page; whether it has changed."""
    new = page(asyncio.run(_play_all()))
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(new, encoding="utf-8", newline="\n")
    return new != old
