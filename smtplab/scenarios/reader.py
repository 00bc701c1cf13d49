"""Reads scenario files: a strict subset of YAML, and every mistake of a file in one run."""

from pathlib import Path

import msgspec

from smtplab.scenarios.checking import check
from smtplab.scenarios.errors import Problem, ScenarioError
from smtplab.scenarios.model import Scenario
from smtplab.scenarios.nodes import Walk

LARGEST = 1 << 20
"""Octets of a file; a scenario is a page of text."""


def read_file(path: Path, scenario_id: str | None = None) -> Scenario:
    """Reads a file; ScenarioError has all its mistakes, OSError says why it cannot be opened."""
    with path.open("rb") as file:
        octets = file.read(LARGEST + 1)
    return read_text(octets, str(path), scenario_id or str(path))


def read_text(octets: bytes, name: str, scenario_id: str) -> Scenario:
    """Reads the octets of a file."""
    if len(octets) > LARGEST:
        raise ScenarioError(name, [Problem(1, 1, f"the file is larger than {LARGEST:,} octets")])
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise ScenarioError(name, [Problem(line, 1, "this is not UTF-8 text")]) from None
    walk = Walk()
    value = walk.read(text)
    if not walk.problems and not isinstance(value, dict):
        walk.problems.append(Problem(1, 1, "a scenario begins with keys such as `title:`"))
        walk.fatal = True
    scenario = None if walk.fatal else check(value, walk)
    if walk.problems or scenario is None:
        raise ScenarioError(name, walk.problems, text)
    return msgspec.structs.replace(scenario, id=scenario_id)
