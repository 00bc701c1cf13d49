"""What of a session can be done again by another program: where to, how, and each turn of ours.

A session that had to connect anew is told by its last connection. Passwords are not in a record,
and no program gets one from here: AUTH is told by its mechanism and the user's name alone.
"""

import re
from collections.abc import Sequence

from smtplab.client.settings import Security
from smtplab.protocol.events import AuthExchanged, CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.sasl import SaslMessage
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import ChainChecked, HandshakeMessage
from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.transcript.escaping import escape
from smtplab.values import value
from smtplab.version import VERSION
from smtplab.wire.events import ConnectFailed, Opened, Segment

PASSWORD = "SMTPLAB_PASSWORD"  # noqa: S105  # the name of a variable, not a password
TOKEN = "SMTPLAB_TOKEN"  # noqa: S105
USERNAME = "SMTPLAB_USERNAME"
CA_FILE = "SMTPLAB_CA_FILE"
CERTIFICATE = "SMTPLAB_CLIENT_CERT"
"""Variables of the environment that the programs read."""


@value
class Turn:
    """Octets that we sent at once, and how many replies came before the next ones.

    `has_tls_behind` marks the STARTTLS that a handshake followed.
    """

    verb: Verb
    raw: bytes
    replies: int
    has_tls_behind: bool = False

    @property
    def line(self) -> str | None:
        """The command without its line end; None when it is not one line of printable ASCII."""
        line = self.raw.removesuffix(b"\r\n")
        if line == self.raw or not line or not line.isascii():
            return None
        text = line.decode("ascii")
        return text if text.isprintable() else None


@value
class Login:
    """How the session logged in; `username` is None when the record does not tell it."""

    mechanism: str
    username: str | None
    initial: bool
    """Whether the first message stood in the AUTH line itself (RFC 4954 §4)."""

    @property
    def secret(self) -> str | None:
        """The variable that holds what proves the user; None when there is no such thing."""
        return SECRETS.get(self.mechanism, PASSWORD)


SECRETS: dict[str, str | None] = {
    "XOAUTH2": TOKEN,
    "OAUTHBEARER": TOKEN,
    "EXTERNAL": None,
    "ANONYMOUS": None,
}
"""Mechanisms that need something else than a password."""


@value
class Replay:
    """A session to be done again. Without a `host` there is none."""

    target: str
    host: str
    port: int
    security: Security
    server_name: str
    verified: bool
    """Whether a bad certificate ended the session."""
    turns: tuple[Turn, ...]
    login: Login | None
    shows_certificate: bool
    """Whether we showed a certificate of our own in the handshake."""

    @property
    def content(self) -> bytes | None:
        """The last message in its wire form; None when none was sent."""
        starts = [index for index, turn in enumerate(self.turns) if turn.verb is Verb.DATA]
        behind = self.turns[starts[-1] :] if starts else ()
        pieces = [turn.raw for turn in behind if turn.verb is Verb.CONTENT]
        return b"".join(pieces) if pieces else None

    @property
    def ehlo_name(self) -> str:
        """The name that we gave at EHLO, or at HELO."""
        lines = [turn.line or "" for turn in self.turns if turn.verb in (Verb.EHLO, Verb.HELO)]
        words = lines[-1].split(maxsplit=1) if lines else []
        return words[1] if len(words) == 2 else "localhost"

    @property
    def address(self) -> str:
        """Host and port as one word, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def introduction(self) -> list[str]:
        """What each program says of itself, for comments: one line each, safe to show."""
        return [
            f"The session with {escape(self.target) or self.host}, made from its record by "
            f"smtplab {VERSION}.",
            *([f"{self.secret} has to hold {KINDS[self.secret]}."] if self.secret else []),
            *([f"{USERNAME} has to hold the user's name."] if self.needs_username else []),
            *([f"{CERTIFICATE} has to name {KINDS[CERTIFICATE]}."] * self.shows_certificate),
            *([f"{CA_FILE} may name the authorities to trust (PEM)."] if self.verifies else []),
        ]

    @property
    def secret(self) -> str | None:
        """The variable that holds the password or the token; None when none is needed."""
        return self.login.secret if self.login is not None else None

    @property
    def needs_username(self) -> bool:
        """Whether the user's name has to be asked for."""
        return self.login is not None and self.login.username is None

    @property
    def verifies(self) -> bool:
        """Whether there is a certificate to check."""
        return self.security is not Security.PLAIN and self.verified


KINDS = {
    PASSWORD: "the password",
    TOKEN: "the access token",
    CERTIFICATE: "our certificate and its key (PEM)",
}


def replay_of(transcript: Transcript) -> Replay:
    """What can be done again of a session."""
    entries = last_connection(transcript)
    checks = [entry.event for entry in entries if isinstance(entry.event, ChainChecked)]
    host, port = _where(transcript)
    return Replay(
        transcript.target,
        host,
        port & 0xFFFF,
        _security(entries),
        checks[-1].name if checks else host,
        checks[-1].binding if checks else True,
        tuple(_turns(entries)),
        _login(entries),
        any(_is_own_certificate(entry.event) for entry in entries),
    )


def last_connection(transcript: Transcript) -> Sequence[Entry]:
    """The entries from the last time that a connection stood."""
    opened = [index for index, e in enumerate(transcript) if isinstance(e.event, Opened)]
    return transcript[opened[-1] :] if opened else []


def _where(transcript: Transcript) -> tuple[str, int]:
    tried = [entry.event for entry in transcript if isinstance(entry.event, Opened | ConnectFailed)]
    return (tried[-1].host, tried[-1].port) if tried else ("", 0)


def _security(entries: Sequence[Entry]) -> Security:
    if not any(isinstance(entry.event, HandshakeMessage) for entry in entries):
        return Security.PLAIN
    first = next(entry.event for entry in entries if isinstance(entry.event, Segment))
    return Security.IMPLICIT if first.data is not None else Security.STARTTLS


def _turns(entries: Sequence[Entry]) -> list[Turn]:
    found: list[Turn] = []
    replies = 0
    tls_behind = False
    for entry in reversed(entries):
        event = entry.event
        if isinstance(event, ReplyReceived):
            replies += 1
        elif isinstance(event, HandshakeMessage):
            tls_behind = True
        elif isinstance(event, CommandSent | ContentSent):
            verb = event.verb if isinstance(event, CommandSent) else Verb.CONTENT
            starts = tls_behind and verb is Verb.STARTTLS
            found.append(Turn(verb, event.raw, max(replies, not found), starts))
            replies, tls_behind = 0, tls_behind and not starts
    return found[::-1]


def _login(entries: Sequence[Entry]) -> Login | None:
    lines = [
        e.event.raw
        for e in entries
        if isinstance(e.event, CommandSent) and e.event.verb is Verb.AUTH
    ]
    if not lines:
        return None
    words = lines[-1].split()
    named = words[1].decode("ascii", "replace").upper() if len(words) > 1 else ""
    messages = [e.event.message for e in entries if isinstance(e.event, AuthExchanged)]
    mechanism = messages[-1].mechanism if messages else named
    return Login(mechanism, _username(mechanism, messages), len(words) > 2)


NAME_PARTS: tuple[tuple[str, str, str], ...] = (
    ("XOAUTH2", "user", "user="),
    ("OAUTHBEARER", "user", "a="),
    ("SCRAM-", "user", "n="),
    ("EXTERNAL", "authzid", ""),
    ("ANONYMOUS", "trace", ""),
    ("", "user", ""),
)
"""Beginning of a mechanism's name -> the part with the user's name, and what stands before it."""


def _username(mechanism: str, messages: Sequence[SaslMessage]) -> str | None:
    label, prefix = next(row[1:] for row in NAME_PARTS if mechanism.startswith(row[0]))
    parts = [part for message in messages if message.from_client for part in message.parts]
    found = [part.data.decode("utf-8", "surrogateescape") for part in parts if part.label == label]
    if not found:
        return None
    name = found[-1].removeprefix(prefix)
    return name.replace("=2C", ",").replace("=3D", "=") if prefix in ("a=", "n=") else name


EMPTY_CERTIFICATE = 8
"""Octets of a Certificate message with nothing in it (RFC 8446 §4.4.2)."""


def _is_own_certificate(event: Event) -> bool:
    return (
        isinstance(event, HandshakeMessage)
        and event.from_client
        and event.data[:1] == b"\x0b"
        and len(event.data) > EMPTY_CERTIFICATE
    )


PATH = re.compile(
    r"""(?:MAIL\ FROM|RCPT\ TO):\ ?<((?:"(?:\\.|[^"\\])*"|[^>"])*)>\ ?(.*)""",
    re.IGNORECASE | re.VERBOSE,
)


def path_of(turn: Turn) -> tuple[str, str] | None:
    """The address and the parameters of a MAIL or RCPT; None when the line is no such one."""
    match = PATH.fullmatch(turn.line or "")
    return (match[1], match[2]) if match else None
