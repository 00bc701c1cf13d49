"""A scenario as values: what the server does differently, its lesson, what a client should do.

The structs say what a file may hold. Whatever reads a file goes through `reader`, which puts every
mistake into words with its place.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

_COUNT = r"[0-9]{1,6}(\.[0-9]{1,3})?"
DURATION = rf"^(?=[0-9])({_COUNT}h)?({_COUNT}m)?({_COUNT}s)?({_COUNT}ms)?$"
RANGE = r"^[0-9]{1,9}(\.\.[0-9]{0,9})?$"

Duration = Annotated[str, Meta(pattern=DURATION, examples=["5s", "200ms", "5m", "1h30m"])]
"""A time, such as 200ms, 5s, 5m, 1h."""

Range = Annotated[str, Meta(pattern=RANGE, examples=["2", "1..2", "3.."])]
"""A number, or a range such as 1..2, or 3.. for three and more."""

Count = Annotated[int, Meta(ge=1)]

Link = Annotated[
    str,
    Meta(
        pattern=r"^(RFC \d+(#\S+)?|CVE-\d+-\d+|https://\S+)$",
        examples=["RFC 5321#4.2", "CVE-2011-0411", "https://example.org/"],
    ),
]

Certificate = Literal[
    "good", "intermediate", "wildcard", "ed25519", "huge-chain", "wrong-order", "expired",
    "not-yet-valid", "wrong-host", "wildcard-partial", "ip-only", "cn-only", "self-signed",
    "unknown-ca", "missing-intermediate", "expired-intermediate", "not-a-ca", "name-constraint",
    "client-only", "critical-unknown-extension", "rsa-1024", "sha1",
]  # fmt: skip
"""The certificates that the bundled server can show."""

Mechanism = Literal[
    "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256-PLUS", "XOAUTH2", "OAUTHBEARER", "EXTERNAL", "ANONYMOUS",
]  # fmt: skip
"""The mechanisms of AUTH that the bundled server speaks."""

AlertName = Literal[
    "close-notify", "unexpected-message", "handshake-failure", "illegal-parameter", "decode-error",
    "protocol-version", "insufficient-security", "internal-error", "unrecognized-name",
    "access-denied", "certificate-required", "no-application-protocol",
]  # fmt: skip
"""Alerts of TLS that a server sends (RFC 8446 §6)."""

MessageFault = Literal[
    "bare-lf", "bare-cr", "nul", "8bit", "8bit-header", "long-line", "no-from", "no-date",
    "no-message-id", "no-blank-line",
]  # fmt: skip
"""What can be wrong with a message (RFC 5321 §2.3.8, RFC 5322)."""

Severity = Literal["info", "annoyance", "mail-loss", "security"]

Stage = Literal[
    "connect", "greeting", "helo", "ehlo", "starttls", "tls", "auth", "auth-step", "login", "mail",
    "rcpt", "data", "eom", "bdat", "rset", "noop", "vrfy", "help", "quit", "idle", "unknown", "*",
]  # fmt: skip


def _key(name: str) -> str:
    """How a field is called in a file: `from_` is `from`, since Python knows that word itself."""
    return "must-not" if name == "must_not" else name.strip("_")


class File(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, rename=_key):
    """What all structs of a file have in common: a key that is not known is a mistake."""


class When(File, frozen=True):
    """Conditions of a rule; all that are given must hold."""

    nth: Count | Range | UnsetType = UNSET
    """The how-manieth time this stage comes in this connection, from 1."""
    conn: Count | Range | UnsetType = UNSET
    """The number of the connection, from 1."""
    arg: str | UnsetType = UNSET
    """A glob over what follows the verb."""
    from_: str | UnsetType = UNSET
    to: str | UnsetType = UNSET
    ehlo: str | UnsetType = UNSET
    tls: bool | UnsetType = UNSET
    auth: bool | UnsetType = UNSET
    younger: Duration | UnsetType = UNSET
    """Less time than this has passed since this client, sender and recipient were first seen."""
    older: Duration | UnsetType = UNSET
    rate: (
        Annotated[str, Meta(pattern=r"^[0-9]{1,6}/[0-9]{0,6}(ms|s|m|h)$", examples=["5/1m"])]
        | UnsetType
    ) = UNSET
    """More than so many of this stage in that time, over all connections."""
    size: int | UnsetType = UNSET
    """The message is larger than so many octets."""
    content: MessageFault | UnsetType = UNSET
    """At the end of a message: it has this fault."""
    early: bool | UnsetType = UNSET
    """Whether the client has said more than it was asked for: octets of it wait to be read."""

    def __post_init__(self) -> None:
        for wanted in (self.nth, self.conn):
            low, _, high = str(wanted).partition("..") if isinstance(wanted, str) else ("", "", "")
            if high and int(high) < int(low):
                raise ValueError(f"the range {wanted} goes backwards")


Versions = Literal["any", "1.0", "1.1", "1.2", "1.3"]
"""The versions of TLS that the server speaks; `any` is 1.2 and 1.3."""


class Handshake(File, frozen=True):
    """A handshake with a fault: how far it gets, and the alert that ends it."""

    cert: Certificate = "good"
    versions: Versions | UnsetType = UNSET
    """Instead of those of the server."""
    abort: Literal["client-hello", "server-hello", "certificate", "server-done"] | UnsetType = UNSET
    """The last message that is taken (client-hello) or sent before the server breaks off."""
    alert: Annotated[int, Meta(ge=0, le=255)] | AlertName | UnsetType = UNSET
    """A fatal alert in clear text behind that; without `abort` in answer to the ClientHello."""


class Action(File, frozen=True):
    """One thing to do; exactly one key is given."""

    reply: str | list[str] | UnsetType = UNSET
    pass_: Literal["loud", "silent"] | UnsetType = UNSET
    send: str | UnsetType = UNSET
    fill: Annotated[int, Meta(ge=1, le=1 << 30)] | UnsetType = UNSET
    wait: Duration | UnsetType = UNSET
    read: Annotated[int, Meta(ge=1, le=1 << 20)] | UnsetType = UNSET
    shape: Literal["whole", "bytes", "drip", "bare-lf", "bare-cr"] | list[int] | UnsetType = UNSET
    hang: Literal["quiet", "deaf"] | UnsetType = UNSET
    close: Literal["fin", "rst", "half", "cut"] | UnsetType = UNSET
    tls: Certificate | Handshake | UnsetType = UNSET
    """Shake hands now, with this certificate, or with more faults than that."""
    note: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        given = [name for name in self.__struct_fields__ if getattr(self, name) is not UNSET]
        if len(given) != 1:
            names = ", ".join(name.strip("_") for name in self.__struct_fields__)
            raise ValueError(f"an action has exactly one of: {names}")

    @property
    def name(self) -> str:
        """The key that is given."""
        return self._given.strip("_")

    @property
    def value(self) -> Any:
        """What stands behind that key."""
        return getattr(self, self._given)

    @property
    def handshake(self) -> Handshake:
        """What `tls` asks for; a certificate alone is a handshake without other faults."""
        tls = self.tls
        if isinstance(tls, UnsetType):
            return Handshake()
        return tls if isinstance(tls, Handshake) else Handshake(cert=tls)

    @property
    def _given(self) -> str:
        return next(n for n in self.__struct_fields__ if getattr(self, n) is not UNSET)


class Rule(File, frozen=True):
    """At a stage, under conditions, do something else than the honest thing."""

    at: Stage
    do: Annotated[tuple[Action, ...], Meta(min_length=1)]
    when: When = When()


class Tls(File, frozen=True):
    """How the server does TLS, and with which certificate."""

    cert: Certificate = "good"
    mode: Literal["none", "starttls", "implicit"] = "starttls"
    versions: Versions = "any"
    client_cert: Literal["none", "wanted", "required"] = "none"
    """Whether the client is asked for a certificate of its own, which EXTERNAL needs."""
    required: bool = False
    """Whether nearly everything is refused before TLS, with a 530 (RFC 3207 §4)."""


class Auth(File, frozen=True):
    """How the server lets people in."""

    mechs: tuple[Mechanism, ...] = ("PLAIN", "LOGIN", "CRAM-MD5")
    needs_tls: bool = True
    required: bool = False
    """Whether MAIL is refused before a login."""


class Server(File, frozen=True):
    """Where the server departs from the honest one."""

    host: str = "lab.test"
    hello: str = ""
    """The first line of the reply to EHLO, in place of the host."""
    protocol: Literal["smtp", "lmtp"] = "smtp"
    ehlo: tuple[str, ...] = ()
    ehlo_tls: tuple[str, ...] = ()
    tls: Tls = Tls()
    users: Annotated[dict[str, str], Meta(min_length=1)] = field(
        default_factory=lambda: {"alice": "open-sesame"}
    )
    auth: Auth = Auth()
    end_of_data: Literal["strict", "lf", "any"] = "strict"
    size: Annotated[int, Meta(ge=1, le=1 << 28)] = 33_554_432
    timeout: Duration | UnsetType = UNSET
    """How long the server waits for a client, on the scale of the scenario's time; else 5 min."""

    def __post_init__(self) -> None:
        for edits in (self.ehlo, self.ehlo_tls):
            if len({edit[:1] in ("+", "-") for edit in edits}) > 1:
                raise ValueError("an EHLO list is either edits with + and -, or the whole list")
            if not all(edit.strip("+- ") for edit in edits):
                raise ValueError("an item of an EHLO list is empty")


Report = Literal["delivered", "partly", "deferred", "rejected", "refused", "failed", "unsure"]


class Claim(File, frozen=True):
    """What a client is seen to do; all that are given must hold."""

    send: str | UnsetType = UNSET
    while_: Literal["plain", "tls"] | UnsetType = UNSET
    deliver: int | Range | UnsetType = UNSET
    report: Report | UnsetType = UNSET
    reconnect: str | UnsetType = UNSET
    patience: Duration | UnsetType = UNSET
    quit: bool | UnsetType = UNSET
    leak: str | UnsetType = UNSET
    finding: str | UnsetType = UNSET
    """For the lab's own client: the rule that must find something."""

    def __post_init__(self) -> None:
        if all(getattr(self, name) is UNSET for name in self.__struct_fields__):
            raise ValueError("a claim is empty: it says nothing that could be checked")


class Expectation(File, frozen=True):
    """What a correct client does, or must not do, and why."""

    because: str
    must: Claim | UnsetType = UNSET
    must_not: Claim | UnsetType = UNSET
    ref: str = ""
    level: Literal["error", "warning", "info"] = "error"

    def __post_init__(self) -> None:
        if (self.must is UNSET) == (self.must_not is UNSET):
            raise ValueError("an expectation has either `must` or `must-not`")


class Scenario(File, frozen=True):
    """One misbehaviour. `id` is the path inside the catalogue, or of the user's file."""

    title: str
    severity: Severity
    story: str
    tags: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    server: Server = Server()
    rules: tuple[Rule, ...] = ()
    expect: tuple[Expectation, ...] = ()
    id: str = ""


def in_range(number: int, wanted: int | str) -> bool:
    """Whether a number is the one, or in the range, that a file gives."""
    if isinstance(wanted, int):
        return number == wanted
    low, dots, high = wanted.partition("..")
    if not dots:
        return number == int(low)
    return int(low) <= number and (not high or number <= int(high))
