"""Finding scenarios of the catalogue by folder, tag, severity and words."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from smtplab.scenarios import library
from smtplab.scenarios.errors import UnknownScenario
from smtplab.scenarios.model import Scenario


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; all that is given must hold."""

    folder: str | None = None
    tags: tuple[str, ...] = ()
    severity: str | None = None
    words: tuple[str, ...] = ()
    """Each somewhere in the id, the title, the story or the tags; case does not matter."""


def matching(search: Search) -> list[Scenario]:
    """The scenarios, in order of their ids, `honest` first.

    Raises UnknownScenario when there are none, naming what no scenario has.
    """
    scenarios = [library.find(name) for name in library.ids()]
    _check_name("folder", search.folder, (folder_of(s) for s in scenarios))
    _check_name("severity", search.severity, (s.severity for s in scenarios))
    for tag in search.tags:
        _check_name("tag", tag, (tag for s in scenarios for tag in s.tags))
    found = [scenario for scenario in scenarios if fits(scenario, search)]
    if not found:
        raise UnknownScenario("no scenario has all of that; take a word away")
    return found


def folder_of(scenario: Scenario) -> str:
    """The folder of a bundled scenario; the honest server has none."""
    return scenario.id.rpartition("/")[0]


def fits(scenario: Scenario, search: Search) -> bool:
    """Whether a scenario is looked for."""
    text = " ".join((scenario.id, scenario.title, scenario.story, *scenario.tags)).lower()
    return (
        search.folder in (None, folder_of(scenario))
        and search.severity in (None, scenario.severity)
        and set(search.tags) <= set(scenario.tags)
        and all(word.lower() in text for word in search.words)
    )


def _check_name(what: str, name: str | None, known: Iterable[str]) -> None:
    names = sorted({one for one in known if one})
    if name is None or name in names:
        return
    near = difflib.get_close_matches(name, names, 3, 0.5) or (names if len(names) < 20 else [])
    hint = f"; there is {', '.join(near)}" if near else ""
    raise UnknownScenario(f"no scenario has the {what} {name!r}{hint}")
