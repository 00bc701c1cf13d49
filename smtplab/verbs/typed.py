r"""What stands in the input, and the octets it means.

`\r`, `\n`, `\t`, `\\` and `\xNN` are single octets; a lone backslash at the end leaves the line end
out. A planned line's secrets stand as `{secret}`, and become themselves again when it is sent.
"""

import re
from dataclasses import dataclass
from enum import Enum

from smtplab.client.steps import Step
from smtplab.protocol.verbs import Verb, verb_of

SECRET = "{secret}"  # noqa: S105  # a placeholder
COMMAND = ":"

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|[rnt\\])")
_NAMED = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\"}


class Kind(Enum):
    """What sending the text would be."""

    PLANNED = "planned"
    EDITED = "edited"
    """The planned verb with other words: the plan goes on with its reply."""
    INJECTED = "inject"
    """Another line: the plan stays where it is."""
    COMMAND = "command"
    """For the laboratory, not for the server."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A line as octets; `crlf` is False for bare octets."""

    line: bytes
    crlf: bool = True


def to_text(line: bytes) -> str:
    """Octets as the input shows them."""
    text = line.decode("utf-8", "surrogateescape")
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    octets = character.encode("utf-8", "surrogateescape")
    return "".join(f"\\x{octet:02x}" for octet in octets)


def planned_text(step: Step | None, *, reveal: bool = False) -> str:
    """The planned line for the input; its secrets as placeholders unless they may be seen."""
    if step is None:
        return ""
    if reveal:
        return to_text(step.line)
    text, at = "", 0
    for start, end in step.secrets:
        text += to_text(step.line[at:start]) + SECRET
        at = end
    return text + to_text(step.line[at:])


def read(text: str, step: Step | None = None) -> Typed:
    """The octets of a text; placeholders take the planned step's secrets, in their order."""
    crlf = True
    tail = len(text) - len(text.rstrip("\\"))
    if tail % 2:
        text, crlf = text[:-1], False
    hidden = [step.line[start:end] for start, end in step.secrets] if step is not None else []
    pieces = text.split(SECRET)
    line = _octets(pieces[0])
    for number, piece in enumerate(pieces[1:]):
        line += hidden[number] if number < len(hidden) else SECRET.encode()
        line += _octets(piece)
    return Typed(line, crlf)


def _octets(text: str) -> bytes:
    octets = b""
    at = 0
    for match in _ESCAPE.finditer(text):
        octets += text[at : match.start()].encode("utf-8", "replace")
        code = match[1]
        single = _NAMED.get(code) or chr(int(code[1:], 16))
        octets += single.encode("latin-1")
        at = match.end()
    return octets + text[at:].encode("utf-8", "replace")


def kind_of(text: str, step: Step | None, *, reveal: bool = False) -> Kind:
    """What sending that text would be, with that step planned."""
    if text.startswith(COMMAND):
        return Kind.COMMAND
    if step is not None and text == planned_text(step, reveal=reveal):
        return Kind.PLANNED
    if step is None or not step.sends_line:
        return Kind.INJECTED if text else Kind.PLANNED
    typed = read(text, step)
    if not typed.crlf:
        return Kind.INJECTED
    same = step.verb is Verb.AUTH_RESPONSE or verb_of(typed.line) is step.verb
    return Kind.EDITED if same else Kind.INJECTED


def may_be_kept(text: str, step: Step | None, kind: Kind) -> bool:
    """Whether a line may go into the history: nothing that could hold a password."""
    if kind is Kind.PLANNED:
        return False
    if kind is Kind.COMMAND:
        name, _, text = text.removeprefix(COMMAND).strip().partition(" ")
        if name.lower() != "inject":
            return True
    if step is not None and step.verb is Verb.AUTH_RESPONSE:
        return False
    line = read(text).line.strip()
    verb = verb_of(line)
    # A single word that is no command may be an answer to a login that the plan does not have.
    return verb is not Verb.AUTH and (verb is not Verb.UNKNOWN or b" " in line)
