"""From plain values to the model, with all mistakes in words.

msgspec checks the values and stops at the first mistake. So the offending value is taken out and
the check is made again, until nothing is left to complain of.
"""

import difflib
import re
from typing import Any

import msgspec

from smtplab.scenarios.errors import Problem
from smtplab.scenarios.model import Scenario
from smtplab.scenarios.nodes import Place, Walk, worded

MOST_PROBLEMS = 50
MOST_CHECKS = 500


def check(value: Any, walk: Walk) -> Scenario | None:
    """The scenario, or None; what is wrong is added to the problems of the walk."""
    pruned = _Pruned()
    for _ in range(MOST_CHECKS):
        try:
            return msgspec.convert(value, Scenario)
        except msgspec.ValidationError as error:
            message, now = _split(str(error))
            path = pruned.original(now)
            if not pruned.explains(message, path):
                walk.problems.append(_problem(message, path, walk))
            if len(walk.problems) >= MOST_PROBLEMS or not pruned.prune(value, message, now):
                return None
    return None


LISTS = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)

_AT = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
_OF_MSGSPEC = ("Expected ", "Invalid ", "Object ")
"""How its own complaints begin; all others come from the checks of the model."""

ELSEWHERE = "..."
"""What msgspec says in place of a key of a free mapping."""

_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_ENUM = re.compile(r"Invalid enum value (.*)")
_PATTERN = re.compile(r"Expected `str` matching regex '(.*)'")


def _split(message: str) -> tuple[str, Place]:
    match = _AT.match(message)
    assert match is not None
    steps: list[str | int] = []
    for key, index in re.findall(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]", match[2] or ""):
        steps.append(int(index) if index.isdigit() else key or index)
    return match[1], tuple(steps)


def _problem(message: str, path: Place, walk: Walk) -> Problem:
    unknown = _UNKNOWN.match(message)
    if unknown:
        place = walk.keys.get((*path, unknown[1]), walk.places.get(path, (1, 1)))
        known = _known_keys(path)
        guess = _did_you_mean(unknown[1], known)
        choice = guess or (f": one of {', '.join(known)}" if known else "")
        text = f"unknown key `{unknown[1]}`{choice}"
        return Problem(*place, text, worded(path))
    missing = _MISSING.match(message)
    if missing:
        text = f"the key `{missing[1]}` is missing"
        return Problem(*walk.places.get(path, (1, 1)), text, worded(path))
    if path and path[-1] == ELSEWHERE:
        path = path[:-1]
    place = walk.places.get(path, (1, 1))
    return Problem(*place, _reworded(message, path), worded(path))


def _reworded(message: str, path: Place) -> str:
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
    for theirs, ours in WORDS.items():
        message = message.replace(theirs, ours)
    wants_text = message.startswith("Expected text") and "got a list" not in message
    return f"{message}{' (quote it to make it text)' if wants_text else ''}"


WORDS = {
    "`array` of length >= 1": "at least one item",
    "`object` of length >= 1": "at least one key with its value",
    "`str | array`": "text or a list",
    "`int | str`": "a number or text",
    "`str`": "text",
    "`int`": "a whole number",
    "`array`": "a list",
    "`object`": "keys and values",
    "`bool`": "true or false",
    "`null`": "nothing",
}
"""msgspec's names of types, in words."""


class _Pruned:
    """What was taken out of a file's values so far."""

    def __init__(self) -> None:
        self._gone: set[Place] = set()
        self._indexes: dict[Place, list[int]] = {}
        """For a list that items were taken out of: where the others stood in the file."""

    def original(self, path: Place) -> Place:
        """A path as it was in the file."""
        found: Place = ()
        for step in path:
            indexes = self._indexes.get(found)
            moved = indexes is not None and isinstance(step, int) and step < len(indexes)
            found += (indexes[step] if moved and indexes and isinstance(step, int) else step,)
        return found

    def explains(self, message: str, path: Place) -> bool:
        """Whether a complaint only comes from something having been taken out."""
        missing = _MISSING.match(message)
        if missing:
            return (*path, missing[1]) in self._gone
        if message.startswith(_OF_MSGSPEC) and "of length" not in message:
            return False
        return any(gone[: len(path)] == path for gone in self._gone)

    def prune(self, value: Any, message: str, path: Place) -> bool:
        """Takes the offending value out, or fills in what is missing; False when it cannot."""
        if path and path[-1] == ELSEWHERE:
            path = path[:-1]
        missing, unknown = _MISSING.match(message), _UNKNOWN.match(message)
        if missing:
            holder = _at(value, path)
            if isinstance(holder, dict):
                holder[missing[1]] = FILLERS.get(missing[1], "")
            return isinstance(holder, dict)
        target = (*path, unknown[1]) if unknown else path
        holder = _at(value, target[:-1])
        if not target or holder is None:
            return False
        original = self.original(target)
        try:
            del holder[target[-1]]
        except (KeyError, IndexError, TypeError):
            return False
        self._gone.add(original)
        if isinstance(holder, list):
            whole = list(range(len(holder) + 1))
            self._indexes.setdefault(original[:-1], whole).remove(int(original[-1]))
        return True


FILLERS: dict[str, Any] = {"severity": "info", "at": "*", "do": [{"note": ""}]}
"""Stand-ins for missing keys, so that the rest of the file is checked as well."""


def _at(value: Any, path: Place) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f", did you mean `{close[0]}`?" if close else ""


# What the model allows at a place, for better words.


def _struct_at(path: Place) -> Any:
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


def _known_keys(path: Place) -> list[str]:
    return [
        field.encode_name
        for option in _alternatives(_struct_at(path))
        if isinstance(option, msgspec.inspect.StructType)
        for field in option.fields
        if field.encode_name != "id"
    ]


def _options(path: Place) -> list[str]:
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
