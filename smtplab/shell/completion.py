"""What may stand next in a line: by the state of the session and by what the server offers."""

from collections.abc import Iterator

from smtplab.client.steps import Stage
from smtplab.protocol.anatomy import PARAMETERS, VERB_NOTES
from smtplab.protocol.extensions import Capabilities
from smtplab.protocol.sasl import MECHANISMS
from smtplab.protocol.states import allowed
from smtplab.protocol.verbs import PSEUDO
from smtplab.verbs.table import SHELL, commands_of
from smtplab.workbench.bench import Workbench

Completion = tuple[str, str]
"""The whole line, and what it would be."""

ENVELOPE_PARAMETERS: dict[str, tuple[str, ...]] = {
    "SIZE": ("SIZE=",),
    "8BITMIME": ("BODY=8BITMIME",),
    "SMTPUTF8": ("SMTPUTF8",),
    "DSN": ("RET=HDRS", "RET=FULL", "ENVID="),
    "REQUIRETLS": ("REQUIRETLS",),
    "AUTH": ("AUTH=<>",),
}
"""Extension -> what it lets MAIL say."""


def completions(text: str, bench: Workbench) -> list[Completion]:
    """Every way to go on with a line, those that fit what stands there already."""
    found = _commands(text) if text.startswith(":") else _lines(text, bench)
    return [(line, note) for line, note in found if line.lower().startswith(text.lower())]


def _commands(text: str) -> Iterator[Completion]:
    for command in commands_of(SHELL):
        yield f":{command.name}", command.text
    if text.startswith(":break "):
        for stage in Stage:
            yield f":break {stage.value}", "a stage"
    if text.startswith(":auth "):
        for mechanism in MECHANISMS:
            yield f":auth {mechanism.name}", mechanism.note


def _lines(text: str, bench: Workbench) -> Iterator[Completion]:
    protocol = bench.runner.protocol
    for verb in allowed(protocol.state):
        if verb not in PSEUDO:
            yield STARTS.get(verb.value, verb.value), VERB_NOTES[verb]
    capabilities = protocol.capabilities
    if capabilities is not None:
        yield from _offered(text, capabilities)


STARTS: dict[str, str] = {"MAIL": "MAIL FROM:<", "RCPT": "RCPT TO:<"}
"""Verb -> how its line begins."""


def _offered(text: str, capabilities: Capabilities) -> Iterator[Completion]:
    words = text.upper().split()
    if words[:1] == ["AUTH"]:
        notes = {m.name: m.note for m in MECHANISMS}
        for name in capabilities.auth_mechanisms:
            yield f"AUTH {name}", notes.get(name, "not known here")
    if words[:1] == ["MAIL"] and ">" in text:
        head = text[: text.rindex(" ") + 1] if " " in text[text.rindex(">") :] else f"{text} "
        for extension, parameters in ENVELOPE_PARAMETERS.items():
            if capabilities.has(extension):
                for parameter in parameters:
                    keyword = parameter.partition("=")[0]
                    yield f"{head}{parameter}", PARAMETERS.get(keyword, "")
