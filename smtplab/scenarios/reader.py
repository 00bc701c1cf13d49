"""Reads scenario files: a strict subset of YAML, and every mistake of a file in one run.

`yaml.compose` gives nodes with their places; an own walk turns them into plain values and keeps the
place of each; msgspec checks the values against the model. msgspec stops at the first mistake, so
the offending value is taken out and the check is made again, until nothing is left to complain of.
"""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from smtplab.scenarios.model import Scenario

LARGEST = 1 << 20
"""Octets of a file; a scenario is a page of text."""

MOST_PROBLEMS = 50

Path_ = tuple[str | int, ...]
"""The way to a value: keys and indexes from the top."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, with its place; lines and columns count from 1."""

    line: int
    column: int
    message: str
    path: str = ""


class ScenarioError(Exception):
    """A file with mistakes; its text has a line, and the line of the file, for each."""

    def __init__(self, name: str, problems: list[Problem], text: str = "") -> None:
        self.name = name
        self.problems = sorted(problems, key=lambda p: (p.line, p.column))
        self._lines = text.splitlines()
        super().__init__("\n".join(self._worded(problem) for problem in self.problems))

    def _worded(self, problem: Problem) -> str:
        where = f"  [{problem.path}]" if problem.path else ""
        text = f"{self.name}:{problem.line}:{problem.column}: {problem.message}{where}"
        if not 0 < problem.line <= len(self._lines):
            return text
        line = self._lines[problem.line - 1][:120]
        shown = "".join(c if c.isprintable() else " " for c in line)
        return f"{text}\n    {shown}\n    {' ' * min(problem.column - 1, 120)}^"


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
    walk = _Walk()
    value = walk.read(text)
    if not walk.problems and not isinstance(value, dict):
        walk.problems.append(Problem(1, 1, "a scenario begins with keys such as `title:`"))
    scenario = None if walk.fatal else _check(value, walk)
    if walk.problems or scenario is None:
        raise ScenarioError(name, walk.problems, text)
    return msgspec.structs.replace(scenario, id=scenario_id)


# From text to plain values with places.


class _Walk:
    """Turns nodes into values, and remembers where each key and value stood."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.places: dict[Path_, tuple[int, int]] = {}
        self.keys: dict[Path_, tuple[int, int]] = {}
        self.fatal = False

    def read(self, text: str) -> Any:
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self.fatal = True
            self.problems.append(_yaml_problem(error))
            return None
        if node is None:
            self.fatal = True
            self.problems.append(Problem(1, 1, "the file is empty"))
            return None
        try:
            return self._value(node, ())
        except RecursionError:
            self.fatal = True
            self.problems.append(Problem(1, 1, "the file is nested too deeply"))
            return None

    def _value(self, node: yaml.Node, path: Path_) -> Any:
        self.places[path] = _place(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, i)) for i, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            line, column = _place(key_node)
            if key in found:
                message = f"the key `{key}` is given twice"
                self.problems.append(Problem(line, column, message, _worded(path)))
                continue
            self.keys[(*path, key)] = (line, column)
            found[key] = self._value(value_node, (*path, key))
        return found


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: yaml.Node) -> Any:
    """Only true, false, null and whole numbers are not text; and quoted they are text too."""
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style is not None:
        return text
    if text in CONSTANTS:
        return CONSTANTS[text]
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else text


CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "": None}


def _yaml_problem(error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = str(getattr(error, "problem", None) or error).splitlines()[0]
    hint = next((h for sign, h in YAML_HINTS.items() if sign in what), "")
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Problem(line, column, f"this is no YAML: {what}{hint}")


YAML_HINTS = {
    "mapping values are not allowed": " (a text with `: ` in it needs quotes)",
    "expected ',' or ']'": " (in [ ] a comma ends the item: quote the text)",
    "cannot start any token": " (quote the text)",
}


# From plain values to the model.


def _check(value: Any, walk: _Walk) -> Scenario | None:
    while len(walk.problems) < MOST_PROBLEMS:
        try:
            return msgspec.convert(value, Scenario)
        except msgspec.ValidationError as error:
            message, path = _split(str(error))
            walk.problems.append(_problem(message, path, walk))
            if not _prune(value, message, path):
                return None
    return None


LISTS = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)

_AT = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_ENUM = re.compile(r"Invalid enum value (.*)")
_PATTERN = re.compile(r"Expected `str` matching regex '(.*)'")


def _split(message: str) -> tuple[str, Path_]:
    match = _AT.match(message)
    assert match is not None
    steps: list[str | int] = []
    for key, index in re.findall(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]", match[2] or ""):
        steps.append(int(index) if index.isdigit() else key or index)
    return match[1], tuple(steps)


def _problem(message: str, path: Path_, walk: _Walk) -> Problem:
    unknown = _UNKNOWN.match(message)
    if unknown:
        place = walk.keys.get((*path, unknown[1]), walk.places.get(path, (1, 1)))
        text = f"unknown key `{unknown[1]}`{_did_you_mean(unknown[1], _known_keys(path))}"
        return Problem(*place, text, _worded(path))
    missing = _MISSING.match(message)
    if missing:
        text = f"the key `{missing[1]}` is missing"
        return Problem(*walk.places.get(path, (1, 1)), text, _worded(path))
    place = walk.places.get(path, (1, 1))
    return Problem(*place, _reworded(message, path), _worded(path))


def _reworded(message: str, path: Path_) -> str:
    enum = _ENUM.match(message)
    if enum:
        value = enum[1].strip("'\"")
        options = _options(path)
        guess = _did_you_mean(value, options)
        return f"`{value}` is not possible here{guess or ': one of ' + ', '.join(options)}"
    pattern = _PATTERN.match(message)
    if pattern:
        examples = EXAMPLES.get(pattern[1].replace("\\\\", "\\"), "")
        return f"this does not have the right form{examples}"
    return message.replace("`str`", "text").replace("`int`", "a whole number")


def _prune(value: Any, message: str, path: Path_) -> bool:
    """Takes the offending value out, so that the next check meets the next mistake."""
    if _MISSING.match(message):
        return _fill(value, message, path)
    unknown = _UNKNOWN.match(message)
    target = (*path, unknown[1]) if unknown else path
    holder = _at(value, target[:-1])
    if not target or holder is None:
        return False
    try:
        del holder[target[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _fill(value: Any, message: str, path: Path_) -> bool:
    missing = _MISSING.match(message)
    holder = _at(value, path)
    if missing is None or not isinstance(holder, dict):
        return False
    holder[missing[1]] = FILLERS.get(missing[1], "")
    return True


FILLERS: dict[str, Any] = {"severity": "info", "at": "*", "do": []}
"""Stand-ins for missing keys, so that the rest of the file is checked as well."""


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _worded(path: Path_) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".")


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f", did you mean `{close[0]}`?" if close else ""


# What the model allows at a place, for better words.


def _struct_at(path: Path_) -> Any:
    """The type that stands at a path of the model."""
    found: Any = msgspec.inspect.type_info(Scenario)
    for step in path:
        found = _inner(found, step)
    return found


def _inner(info: Any, step: str | int) -> Any:
    for option in _alternatives(info):
        if isinstance(step, int) and isinstance(option, LISTS):
            return option.item_type
        if isinstance(option, msgspec.inspect.StructType):
            for field in option.fields:
                if field.encode_name == step:
                    return field.type
    return None


def _alternatives(info: Any) -> tuple[Any, ...]:
    return info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)


def _known_keys(path: Path_) -> list[str]:
    return [
        field.encode_name
        for option in _alternatives(_struct_at(path))
        if isinstance(option, msgspec.inspect.StructType)
        for field in option.fields
        if field.encode_name != "id"
    ]


def _options(path: Path_) -> list[str]:
    return [
        str(value)
        for option in _alternatives(_struct_at(path))
        if isinstance(option, msgspec.inspect.LiteralType)
        for value in option.values
    ]


def _collect_examples(info: Any, found: dict[str, str], seen: set[int]) -> None:
    for option in _alternatives(info):
        if isinstance(option, msgspec.inspect.Metadata):
            inner = option.type
            pattern = getattr(inner, "pattern", None)
            examples = (option.extra_json_schema or {}).get("examples")
            if pattern and examples:
                found[pattern] = f"; for example {', '.join(map(str, examples))}"
        elif isinstance(option, LISTS):
            _collect_examples(option.item_type, found, seen)
        elif isinstance(option, msgspec.inspect.StructType) and id(option.cls) not in seen:
            seen.add(id(option.cls))
            for field in option.fields:
                _collect_examples(field.type, found, seen)


EXAMPLES: dict[str, str] = {}
_collect_examples(msgspec.inspect.type_info(Scenario), EXAMPLES, set())
