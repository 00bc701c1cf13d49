"""The command of a client as a template: placeholders and groups that vanish. No shell is involved.

    curl --url {scheme}://{address} '{starttls? --ssl-reqd}' '{auth? --user {username}:{password}}'

`{name}` is a value, `{name:url}` the same for use in a URL, `{recipients:,}` a list joined by what
stands behind the colon. A group, `{condition? ...}`, is there only while its condition holds; as a
whole argument it may hold several, split at blanks. `{each? ...}` is repeated for each recipient,
and so is an argument with `{recipients}`. `{{` and `}}` are braces.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from smtplab.grading.values import CONDITIONS, EACH, NAMES, Values

RECIPIENTS = "recipients"

URL = "url"


class TemplateError(ValueError):
    """A template that makes no sense; the text shows the place."""

    def __init__(self, what: str, source: str, at: int, where: str = "") -> None:
        line_start = source.rfind("\n", 0, at) + 1
        line_end = source.find("\n", at)
        line = source[line_start : line_end if line_end >= 0 else None]
        column = at - line_start + 1
        number = source.count("\n", 0, at) + 1
        place = f"line {number}, column {column}" if "\n" in source else f"column {column}"
        prefix = f"{where}, " if where else ""
        super().__init__(f"{prefix}{place}: {what}\n    {line}\n    {' ' * (column - 1)}^")


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves."""

    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value; `form` is empty, `url`, or what joins a list."""

    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Group:
    """What is there while a condition holds. `source` is the text between its mark and its end."""

    condition: str
    nodes: "tuple[Node, ...]"
    source: str
    at: int


Node: TypeAlias = Text | Placeholder | Group


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of the command, or several under one condition."""

    nodes: tuple[Node, ...]
    condition: str = ""
    inner: "tuple[Argument, ...]" = ()

    def rendered(self, values: Values) -> Iterator[str]:
        """The words that it comes to: none, one, or several."""
        if self.condition == EACH:
            for recipient in values.recipients:
                yield from _all(self.inner, values.for_recipient(recipient))
        elif self.condition:
            if values.holds(self.condition):
                yield from _all(self.inner, values)
        elif any(_is_list(node) for node in self.nodes):
            for recipient in values.recipients:
                yield _joined(self.nodes, values.for_recipient(recipient))
        else:
            word = _joined(self.nodes, values)
            if word or not any(isinstance(node, Group) for node in self.nodes):
                yield word


@dataclass(frozen=True, slots=True)
class Command:
    """A whole command; `render` gives the words to run."""

    arguments: tuple[Argument, ...]

    @classmethod
    def parse(cls, words: Sequence[str]) -> "Command":
        """Reads a command: its words, or one text that holds them all. Raises TemplateError."""
        if not words or not any(word.strip() for word in words):
            raise TemplateError("there is no command", "", 0)
        if len(words) == 1:
            return cls(tuple(_arguments(words[0], 0, words[0], "")))
        found: list[Argument] = []
        for number, word in enumerate(words, 1):
            found.append(_argument(word, 0, word, f"argument {number}" if number > 1 else ""))
        return cls(tuple(found))

    def render(self, values: Values) -> list[str]:
        """The words to run. Raises MissingValue for a value that this base does not have."""
        return list(_all(self.arguments, values))

    @property
    def names(self) -> frozenset[str]:
        """The placeholders that are used anywhere, and `each`."""
        return frozenset(_names(self.arguments))


def render_text(source: str, values: Values, where: str = "") -> str:
    """A text, such as a configuration file, with its placeholders filled in."""
    nodes, _ = _nodes(source, 0, source, where)
    return _joined(nodes, values)


def _all(arguments: Sequence[Argument], values: Values) -> Iterator[str]:
    for argument in arguments:
        yield from argument.rendered(values)


def _joined(nodes: Sequence[Node], values: Values) -> str:
    return "".join(_text_of(node, values) for node in nodes)


def _text_of(node: Node, values: Values) -> str:
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Placeholder):
        return values.text(node.name, node.form)
    if node.condition == EACH:
        each = (values.for_recipient(recipient) for recipient in values.recipients)
        return "".join(_joined(node.nodes, one) for one in each)
    return _joined(node.nodes, values) if values.holds(node.condition) else ""


def _is_list(node: Node) -> bool:
    return isinstance(node, Placeholder) and node.name == RECIPIENTS and not node.form


def _names(arguments: Sequence[Argument]) -> Iterator[str]:
    for argument in arguments:
        if argument.condition == EACH:
            yield EACH
        yield from _names(argument.inner)
        yield from _names_of(argument.nodes)


def _names_of(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Placeholder):
            yield node.name
        elif isinstance(node, Group):
            yield from _names_of(node.nodes)


# Reading. `base` is where a piece of text lies in `source`, which is what an error shows.


def _arguments(text: str, base: int, source: str, where: str) -> Iterator[Argument]:
    for start, word in _words(text, base, source, where):
        yield _argument(word, start, source, where)


def _argument(word: str, base: int, source: str, where: str) -> Argument:
    nodes, _ = _nodes(word, base, source, where)
    if len(nodes) == 1 and isinstance(nodes[0], Group):
        group = nodes[0]
        inner = tuple(_arguments(group.source, group.at, source, where))
        return Argument((), group.condition, inner)
    return Argument(nodes)


def _words(text: str, base: int, source: str, where: str) -> Iterator[tuple[int, str]]:
    """Splits at blanks outside of quotes and braces; quotes are taken away, braces are not."""
    word, start, quote, depth = "", -1, "", 0
    for at, character in enumerate(text):
        if character in "\"'" and not depth and quote in ("", character):
            quote = "" if quote else character
            start = at if start < 0 else start
            continue
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character.isspace() and not quote and depth <= 0:
            if start >= 0:
                yield base + start, word
            word, start = "", -1
            continue
        word, start = word + character, at if start < 0 else start
    if quote:
        raise TemplateError(f"a {quote} is not closed", source, base + text.rindex(quote), where)
    if start >= 0:
        yield base + start, word


def _nodes(
    text: str, base: int, source: str, where: str, at: int = 0, *, inside: bool = False
) -> tuple[tuple[Node, ...], int]:
    """Reads up to the end of the text, or of the group that it is inside of."""
    nodes: list[Node] = []
    literal = ""
    while at < len(text):
        character = text[at]
        if text[at : at + 2] in ("{{", "}}") and not (inside and character == "}"):
            literal, at = literal + character, at + 2
        elif character == "}":
            if not inside:
                raise TemplateError(
                    "a } without its {; write }} for a brace", source, base + at, where
                )
            break
        elif character == "{":
            if literal:
                nodes.append(Text(literal))
            literal = ""
            node, at = _braced(text, base, source, where, at)
            nodes.append(node)
        else:
            literal, at = literal + character, at + 1
    if literal:
        nodes.append(Text(literal))
    return tuple(nodes), at


def _braced(text: str, base: int, source: str, where: str, at: int) -> tuple[Node, int]:
    """Reads a placeholder or a group that begins at a brace."""
    mark = next((i for i in range(at + 1, len(text)) if text[i] in "?}{"), None)
    if mark is None or text[mark] == "{":
        raise TemplateError("a { without its }; write {{ for a brace", source, base + at, where)
    name = text[at + 1 : mark]
    if text[mark] == "?":
        _check(name, (*CONDITIONS, EACH), "condition", source, base + at + 1, where)
        nodes, end = _nodes(text, base, source, where, mark + 1, inside=True)
        if end >= len(text):
            raise TemplateError("this group is not closed by a }", source, base + at, where)
        return Group(name, nodes, text[mark + 1 : end], base + mark + 1), end + 1
    name, colon, form = name.partition(":")
    _check(name, NAMES, "placeholder", source, base + at + 1, where)
    if colon and form != URL and name != RECIPIENTS:
        what = f"{{{name}}} has no form {form!r}; there is {{{name}:{URL}}}"
        raise TemplateError(what, source, base + at + 1 + len(name), where)
    return Placeholder(name, form), mark + 1


def _check(name: str, known: Sequence[str], kind: str, source: str, at: int, where: str) -> None:
    if name in known:
        return
    close = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f", did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"
    raise TemplateError(f"{name!r} is no {kind}{hint}", source, at, where)
