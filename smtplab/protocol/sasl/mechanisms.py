"""The mechanisms known here, and which of those offered is the best."""

from collections.abc import Callable, Collection
from enum import Enum

from smtplab.protocol.sasl.cram import cram_md5
from smtplab.protocol.sasl.identity import anonymous, external
from smtplab.protocol.sasl.messages import Answers, Channel, Credentials
from smtplab.protocol.sasl.oauth import oauthbearer, xoauth2
from smtplab.protocol.sasl.passwords import login, plain
from smtplab.protocol.sasl.scram import scram
from smtplab.values import value


class Need(Enum):
    """What a user must have for a mechanism."""

    PASSWORD = "password"  # noqa: S105  # the kind of secret, not one
    TOKEN = "token"  # noqa: S105
    CERTIFICATE = "client certificate"
    NOTHING = "nothing"


@value
class Mechanism:
    """One way of logging in. A higher `strength` is chosen first."""

    name: str
    start: Callable[[Credentials, Channel], Answers]
    client_first: bool
    strength: int
    reveals_password: bool
    """Whether whoever reads the exchange has the password, or the token."""
    note: str
    clause: str
    need: Need = Need.PASSWORD
    mutual: bool = False
    """Whether the server has to prove something too, before its 235 counts."""
    binds: bool = False
    """Whether it is tied to the TLS below."""
    early: bool = False
    """Whether many servers take its first message with AUTH, although they should speak first."""


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism(
        "SCRAM-SHA-256-PLUS",
        scram("sha256", plus=True),
        True,
        8,
        False,
        "both sides prove the password, and that they share this TLS",
        "RFC 7677",
        mutual=True,
        binds=True,
    ),
    Mechanism(
        "SCRAM-SHA-1-PLUS",
        scram("sha1", plus=True),
        True,
        7,
        False,
        "both sides prove the password, and that they share this TLS",
        "RFC 5802",
        mutual=True,
        binds=True,
    ),
    Mechanism(
        "SCRAM-SHA-256",
        scram("sha256"),
        True,
        6,
        False,
        "both sides prove that they know the password, and neither says it",
        "RFC 7677",
        mutual=True,
    ),
    Mechanism(
        "SCRAM-SHA-1",
        scram("sha1"),
        True,
        5,
        False,
        "both sides prove that they know the password, and neither says it",
        "RFC 5802",
        mutual=True,
    ),
    Mechanism(
        "PLAIN",
        plain,
        True,
        2,
        True,
        "name and password in one message; only inside TLS",
        "RFC 4616",
    ),
    Mechanism(
        "LOGIN",
        login,
        False,
        1,
        True,
        "name and password in two messages; never standardised, only inside TLS",
        "draft-murchison-sasl-login-00",
        early=True,
    ),
    Mechanism(
        "CRAM-MD5",
        cram_md5,
        False,
        0,
        False,
        "the password stays at home; but MD5 is weak, and the server must store the password",
        "RFC 2195",
    ),
    Mechanism(
        "OAUTHBEARER",
        oauthbearer,
        True,
        4,
        True,
        "an access token in place of the password; only inside TLS",
        "RFC 7628",
        Need.TOKEN,
    ),
    Mechanism(
        "XOAUTH2",
        xoauth2,
        True,
        3,
        True,
        "an access token in place of the password; Google's own, only inside TLS",
        "Google: OAuth 2.0 mechanism",
        Need.TOKEN,
    ),
    Mechanism(
        "EXTERNAL",
        external,
        True,
        9,
        False,
        "the certificate that we showed in the TLS handshake says who we are",
        "RFC 4422",
        Need.CERTIFICATE,
    ),
    Mechanism(
        "ANONYMOUS",
        anonymous,
        True,
        -1,
        False,
        "nobody in particular, with a word for the log",
        "RFC 4505",
        Need.NOTHING,
    ),
)
"""The mechanisms known here. Inside TLS PLAIN is better than CRAM-MD5: the server can keep a proper
hash."""

IN_CLEAR_STRENGTH = 20
"""What a mechanism gains, outside TLS, by not showing the password to every listener."""

JUST_A_PASSWORD = frozenset({Need.PASSWORD})


def named(name: str) -> Mechanism | None:
    """The mechanism of that name, in any case of its letters."""
    return next((m for m in MECHANISMS if m.name == name.upper()), None)


def choose(
    offered: tuple[str, ...],
    *,
    encrypted: bool,
    bindable: bool = False,
    has: Collection[Need] = JUST_A_PASSWORD,
) -> Mechanism | None:
    """The best of the mechanisms that are offered and known, for this kind of connection.

    `has` is what the user can show; `bindable`, whether there is TLS that can be bound to.
    """

    def worth(mechanism: Mechanism) -> int:
        hides = not (encrypted or mechanism.reveals_password)
        return mechanism.strength + IN_CLEAR_STRENGTH * hides

    usable = [
        mechanism
        for mechanism in MECHANISMS
        if mechanism.name in offered and mechanism.need in has and (bindable or not mechanism.binds)
    ]
    return max(usable, key=worth, default=None)
