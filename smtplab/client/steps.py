"""The steps of a session: what each sends, and where on the ladder of stages it stands."""

from dataclasses import dataclass
from enum import Enum

from smtplab.protocol.events import Span
from smtplab.protocol.verbs import Verb


class Stage(Enum):
    """The rungs of a session, in order. The value is its name in JSON, options and breakpoints."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    TLS = "tls"
    EHLO_TLS = "ehlo-tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    QUIT = "quit"


class StageLabel:
    """How the stages are called on screens: long for the ladder, short for the crumb line."""

    LONG: dict[Stage, str] = {
        Stage.CONNECT: "Connect",
        Stage.GREETING: "Greeting",
        Stage.EHLO: "EHLO",
        Stage.STARTTLS: "STARTTLS",
        Stage.TLS: "TLS handshake",
        Stage.EHLO_TLS: "EHLO (again)",
        Stage.AUTH: "AUTH",
        Stage.MAIL: "MAIL FROM",
        Stage.RCPT: "RCPT TO",
        Stage.DATA: "DATA",
        Stage.CONTENT: "Message",
        Stage.QUIT: "QUIT",
    }
    SHORT: dict[Stage, str] = {
        Stage.CONNECT: "CONN",
        Stage.GREETING: "220",
        Stage.EHLO: "EHLO",
        Stage.STARTTLS: "STLS",
        Stage.TLS: "TLS",
        Stage.EHLO_TLS: "EHLO",
        Stage.AUTH: "AUTH",
        Stage.MAIL: "MAIL",
        Stage.RCPT: "RCPT",
        Stage.DATA: "DATA",
        Stage.CONTENT: "BODY",
        Stage.QUIT: "QUIT",
    }


class StageStatus(Enum):
    """What became of a stage so far."""

    AHEAD = "ahead"
    CURRENT = "current"
    DONE = "done"
    WARNING = "warning"
    """Done, but something about it was odd or only partly well."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Left out: not needed with these settings, or by the user's wish."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do. `line` is what would be sent, without CRLF.

    Steps that send no command (connect, greeting, TLS handshake, content) have an empty line.
    `secrets` are the spans of `line` that must not be shown. `guide` is a key of the guide's
    texts; `summary` says in words what this very step is for.
    """

    stage: Stage
    verb: Verb | None
    line: bytes = b""
    secrets: tuple[Span, ...] = ()
    guide: str = ""
    summary: str = ""

    @property
    def sends_line(self) -> bool:
        """Whether the step is a line that the user may edit."""
        return bool(self.line) or self.verb is Verb.AUTH_RESPONSE
