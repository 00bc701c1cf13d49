"""The steps of a session: what each sends, and where on the ladder of stages it stands."""

from enum import Enum

from smtplab.protocol.events import Span
from smtplab.protocol.verbs import Verb
from smtplab.values import value


class Stage(Enum):
    """The rungs of a session, in order. The value is its name in JSON, options and breakpoints."""

    __hash__ = object.__hash__  # each member is there once

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    TLS = "tls"
    EHLO_TLS = "ehlo-tls"
    XCLIENT = "xclient"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    QUIT = "quit"


LABELS: dict[Stage, tuple[str, str]] = {
    Stage.CONNECT: ("Connect", "CONN"),
    Stage.GREETING: ("Greeting", "220"),
    Stage.EHLO: ("EHLO", "EHLO"),
    Stage.STARTTLS: ("STARTTLS", "STLS"),
    Stage.TLS: ("TLS handshake", "TLS"),
    Stage.EHLO_TLS: ("EHLO (again)", "EHLO"),
    Stage.XCLIENT: ("XCLIENT", "XCLI"),
    Stage.AUTH: ("AUTH", "AUTH"),
    Stage.MAIL: ("MAIL FROM", "MAIL"),
    Stage.RCPT: ("RCPT TO", "RCPT"),
    Stage.DATA: ("DATA", "DATA"),
    Stage.CONTENT: ("Message", "BODY"),
    Stage.QUIT: ("QUIT", "QUIT"),
}
"""How each stage is called on screens: long for the ladder, short for the crumb line."""


class StageStatus(Enum):
    """What became of a stage so far."""

    __hash__ = object.__hash__  # each member is there once

    AHEAD = "ahead"
    CURRENT = "current"
    DONE = "done"
    WARNING = "warning"
    """Done, but something about it was odd or only partly well."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Left out: not needed with these settings, or by the user's wish."""


@value
class Step:
    """The next thing to do. `line` is what would be sent, without CRLF.

    Steps that send no command (connect, greeting, TLS handshake, content) have an empty line.
    `secrets` are the spans of `line` that must not be shown. `guide` is a key of the guide's
    texts; `summary` says in words what this very step is for. `chunk` is the span of the message
    that goes out behind a BDAT line. `more` are the steps whose lines go out in the same breath,
    where the server offers PIPELINING; each gets its own reply (RFC 2920 §3.1).
    """

    stage: Stage
    verb: Verb | None
    line: bytes = b""
    secrets: tuple[Span, ...] = ()
    guide: str = ""
    summary: str = ""
    chunk: Span | None = None
    more: tuple["Step", ...] = ()

    @property
    def sends_line(self) -> bool:
        """Whether the step is a line that the user may edit."""
        return bool(self.line) or self.verb is Verb.AUTH_RESPONSE
