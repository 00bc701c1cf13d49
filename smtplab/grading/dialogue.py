"""What was said on one connection: commands, replies, contents, and which waited for which."""

from dataclasses import dataclass, field

GREETING = "GREETING"
"""What the first reply answers."""

LAST_OF_A_GROUP = frozenset({
    GREETING, "EHLO", "HELO", "LHLO", "DATA", "VRFY", "EXPN", "TURN", "QUIT", "NOOP", "STARTTLS",
    "AUTH",
})  # fmt: skip
"""After these a client waits, PIPELINING or not (RFC 2920 §3.1, RFC 3207 §4, RFC 4954 §4)."""


@dataclass(slots=True)
class Reply:
    """What the server said to a command; `to` is None when nothing had been asked."""

    code: int | None
    raw: bytes
    regular: bool
    """Whether it is as RFC 5321 §4.2 has it: nobody can read it in two ways."""
    to: "Command | None"
    encrypted: bool

    @property
    def first_line(self) -> bytes:
        """For telling which reply is meant."""
        return self.raw.splitlines()[0] if self.raw else b""


@dataclass(slots=True)
class Command:
    """A line that the client sent as a command."""

    line: bytes
    ended: bytes
    """How the line ended: CR LF, LF, or nothing."""
    encrypted: bool
    awaited: tuple[str, ...] = ()
    """The verbs whose replies had not come yet when it was sent; the greeting is one of them."""
    may_pipeline: bool = False
    offered: frozenset[str] | None = None
    """What EHLO had last offered here, upper case; None when it was not asked, or not read."""
    stray_replies: int = 0
    """Replies that had come before it and that answered nothing."""
    reply: Reply | None = None

    @property
    def verb(self) -> str:
        """The first word, upper case."""
        words = self.line.split(None, 1)
        return words[0].decode("latin-1").upper() if words else ""

    @property
    def argument(self) -> str:
        """What follows the verb."""
        words = self.line.split(None, 1)
        return words[1].decode("latin-1").strip() if len(words) > 1 else ""

    @property
    def is_early(self) -> bool:
        """Whether it was sent although a reply had to be awaited first."""
        if not self.awaited:
            return False
        return not self.may_pipeline or bool(LAST_OF_A_GROUP.intersection(self.awaited))


@dataclass(slots=True)
class Content:
    """A message on its way to the server, as it was on the wire."""

    raw: bytearray
    encrypted: bool
    sender: str
    recipients: tuple[str, ...]
    early: bool = False
    """Whether some of it was sent before the 354."""
    ended: bool = False
    chunked: bool = False
    """Whether it came in chunks, by BDAT."""
    reply: Reply | None = None

    @property
    def accepted(self) -> bool | None:
        """Whether the client was told that it is taken; None when that can be read in two ways."""
        if self.reply is None or not self.ended:
            return False
        if not self.reply.regular or self.reply.code is None:
            return None
        return 200 <= self.reply.code < 300


@dataclass(slots=True)
class Response:
    """A line of an AUTH exchange, after a 334. It may hold a password."""

    line: bytes = field(repr=False)
    encrypted: bool


Turn = Command | Reply | Content | Response


@dataclass(slots=True)
class Dialogue:
    """Everything of one connection, in order."""

    number: int
    turns: list[Turn] = field(default_factory=list)
    greeted_early: bool = False
    """Whether the client spoke before the greeting was there."""
    unfinished_reply: bytes = b""
    """What the server had begun to say at the end."""
    encrypted: bool = False
    offered: frozenset[str] = frozenset()
    """What EHLO had last offered, as a command has it; empty when it was not asked, or not read."""
    said_anything: bool = False
    """Whether the client sent as much as an octet, TLS included."""

    def commands(self, *verbs: str) -> list[Command]:
        """The commands, or those with one of these verbs."""
        found = [turn for turn in self.turns if isinstance(turn, Command)]
        return [c for c in found if not verbs or c.verb in verbs]

    @property
    def contents(self) -> list[Content]:
        """The messages."""
        return [turn for turn in self.turns if isinstance(turn, Content)]

    @property
    def replies(self) -> list[Reply]:
        """The replies, those to nothing included."""
        return [turn for turn in self.turns if isinstance(turn, Reply)]
