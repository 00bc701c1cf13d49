"""A lesson as values: what is told, and what has to be seen in the record before it goes on."""

from dataclasses import dataclass, field

from smtplab.client.outcome import Verdict
from smtplab.client.steps import Stage
from smtplab.protocol.verbs import Verb


@dataclass(frozen=True, slots=True)
class Check:
    """What has to happen; all that is given must hold, in one entry or, for findings, at the time.

    `reply` is a code, or a digit with xx ("4xx"); `to` the verb that it answers; `sent` a glob over
    a command line; `done` a stage that has been passed; `finding` a rule of the diagnosis.
    """

    reply: str = ""
    to: Verb | None = None
    sent: str = ""
    done: Stage | None = None
    finding: str = ""
    outcome: Verdict | None = None
    tls: bool = False
    """A TLS handshake has succeeded."""
    login: bool = False
    """One message of a login was seen."""


@dataclass(frozen=True, slots=True)
class LessonStep:
    """One step: a heading, paragraphs, and its check. Without a check it is only to be read."""

    title: str
    paragraphs: tuple[str, ...]
    check: Check | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson on the bundled server. `name` is the file's name without number and suffix."""

    name: str
    title: str
    scenario: str
    steps: tuple[LessonStep, ...]
    base: str | None = None
    auth: bool = True
    mechanism: str | None = None
    recipients: tuple[str, ...] = ()
    summary: str = ""
    intro: tuple[str, ...] = field(default=())
