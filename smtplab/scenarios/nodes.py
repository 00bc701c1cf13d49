"""From the text of a file to plain values, each with its place.

`yaml.compose` gives nodes with their places; an own walk turns them into values. It knows of no
types but text, whole numbers, true, false and null, so that `no` and `1.2` stay what they look
like.
"""

import re
from typing import Any

import yaml

from smtplab.scenarios.errors import Problem

Place = tuple[str | int, ...]
"""The way to a value: keys and indexes from the top."""


def worded(path: Place) -> str:
    """A way to a value, as in `rules[0].when`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".")


FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml is many times as fast; where PyYAML was built without it, it is not there."""


def _compose(text: str) -> yaml.Node | None:
    """The nodes of a file. Mistakes are told by the slower loader, whose words are better."""
    try:
        return yaml.compose(text, Loader=FAST)
    except (yaml.YAMLError, ValueError):
        return yaml.compose(text, Loader=yaml.SafeLoader)


class Walk:
    """Turns nodes into values, and remembers where each key and value stood."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.places: dict[Place, tuple[int, int]] = {}
        self.keys: dict[Place, tuple[int, int]] = {}
        self.fatal = False
        self._seen: set[int] = set()

    def read(self, text: str) -> Any:
        """The values of a file; with `problems`, and `fatal` when they are of no use."""
        try:
            node = _compose(text)
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

    def _value(self, node: yaml.Node, path: Place) -> Any:
        self.places[path] = _place(node)
        if id(node) in self._seen:
            return self._refuse(node, "aliases such as `*name` are not possible here", path)
        self._seen.add(id(node))
        if node.tag not in PLAIN_TAGS:
            return self._refuse(node, f"tags such as `{node.tag[:40]}` are not possible here", path)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, i)) for i, item in enumerate(node.value)]
        return _scalar(node)

    def _refuse(self, node: yaml.Node, message: str, path: Place) -> None:
        self.problems.append(Problem(*_place(node), message, worded(path)))
        self.fatal = True

    def _mapping(self, node: yaml.MappingNode, path: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = _place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "a key is a plain word", path)
                continue
            key = str(key_node.value)
            if key in found:
                message = f"the key `{key}` is given twice"
                self.problems.append(Problem(line, column, message, worded(path)))
                continue
            self.keys[(*path, key)] = (line, column)
            found[key] = self._value(value_node, (*path, key))
        return found


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: yaml.Node) -> Any:
    """Only true, false, null and whole numbers are not text; and quoted they are text too."""
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style:
        return text
    if text in CONSTANTS:
        return CONSTANTS[text]
    return int(text) if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", text) else text


PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map")
)
"""What YAML takes plain text, lists and mappings for by itself; any other tag was written out."""

CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "": None}


def _yaml_problem(error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = str(getattr(error, "problem", None) or error).splitlines()[0]
    hint = next((h for sign, h in YAML_HINTS.items() if sign in what), "")
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Problem(line, column, f"this is no YAML: {what}{hint}")


YAML_HINTS = {
    "'\\t' that cannot": " (indent with spaces)",
    "mapping values are not allowed": " (a text with `: ` in it needs quotes)",
    "expected ',' or ']'": " (in [ ] a comma ends the item: quote the text)",
    "cannot start any token": " (quote the text)",
}
