"""What the bundled server reports while it runs. Nothing here holds a password."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """Something happened; `to_json` gives it under stable names."""

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON, the kind first."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
        return {"event": self.kind, **plain}


@dataclass(frozen=True, slots=True)
class Listening(ServerEvent):
    """A port is open. `tls` is none, starttls or implicit."""

    kind: ClassVar[str] = "listening"
    scenario: str
    host: str
    port: int
    tls: str


@dataclass(frozen=True, slots=True)
class Connected(ServerEvent):
    """A client came; sessions are numbered from 1."""

    kind: ClassVar[str] = "connected"
    session: int
    peer: str


@dataclass(frozen=True, slots=True)
class CommandRead(ServerEvent):
    """A line from the client, with what could be a password replaced by asterisks."""

    kind: ClassVar[str] = "command"
    session: int
    line: str
    encrypted: bool


@dataclass(frozen=True, slots=True)
class ReplySaid(ServerEvent):
    """A reply that was sent, or part of one that was sent raw."""

    kind: ClassVar[str] = "reply"
    session: int
    lines: tuple[str, ...]
    encrypted: bool


@dataclass(frozen=True, slots=True)
class FaultFired(ServerEvent):
    """A rule of the scenario took the place of the honest answer; rules count from 0."""

    kind: ClassVar[str] = "fault"
    session: int
    scenario: str
    rule: int
    stage: str
    what: str


@dataclass(frozen=True, slots=True)
class TlsStarted(ServerEvent):
    """A handshake succeeded, with this profile of certificate."""

    kind: ClassVar[str] = "tls-up"
    session: int
    version: str
    cipher: str
    certificate: str


@dataclass(frozen=True, slots=True)
class TlsBroken(ServerEvent):
    """A handshake failed; the reason is the client's alert, where it sent one."""

    kind: ClassVar[str] = "tls-failed"
    session: int
    reason: str
    certificate: str


@dataclass(frozen=True, slots=True)
class MessageAccepted(ServerEvent):
    """A message is in the inbox; `size` in octets."""

    kind: ClassVar[str] = "message"
    session: int
    sender: str
    recipients: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Noted(ServerEvent):
    """A remark: of the scenario, or of something odd that the client did."""

    kind: ClassVar[str] = "note"
    session: int
    text: str


@dataclass(frozen=True, slots=True)
class Closed(ServerEvent):
    """A connection is over."""

    kind: ClassVar[str] = "closed"
    session: int
    how: str
