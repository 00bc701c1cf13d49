"""SASL mechanisms: each a generator of messages that carry both octets and meaning.

So the code that logs in is the code that teaches: a `SaslMessage` knows which of its octets are
the user name, which the separator, and how a digest came about.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from smtplab.protocol.replies import readable


@dataclass(frozen=True, slots=True)
class Part:
    """A run of octets with one meaning; `secret` ones must not be shown or stored."""

    label: str
    data: bytes
    secret: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Derivation:
    """One step of a computation: its name, the formula, what came out."""

    name: str
    formula: str
    value: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class SaslMessage:
    """One message of an exchange, before base64; `parts` together are exactly `data`."""

    mechanism: str
    from_client: bool
    data: bytes
    parts: tuple[Part, ...] = ()
    derivations: tuple[Derivation, ...] = ()

    @property
    def base64(self) -> str:
        """The message as it goes over the wire (RFC 4954 §4)."""
        return base64.b64encode(self.data).decode("ascii")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who logs in; `authzid` names somebody else to act for (RFC 4422 §3.4.1)."""

    username: str
    password: str = field(repr=False)
    authzid: str = ""


Answers = Generator[SaslMessage | None, bytes, None]
"""The first `next` gives the initial response, or None when the server speaks first; then each
challenge is sent in, without its base64, and the answer comes out."""


def _message(mechanism: str, *parts: Part, derivations: tuple[Derivation, ...] = ()) -> SaslMessage:
    data = b"".join(part.data for part in parts)
    return SaslMessage(mechanism, True, data, parts, derivations)


def _octets(text: str) -> bytes:
    """UTF-8; octets that were none when they came from the command line go out as they came."""
    return text.encode("utf-8", "surrogateescape")


_NUL = Part("NUL", b"\0", note="separates the fields")


def plain(credentials: Credentials) -> Answers:
    """RFC 4616: authzid NUL user NUL password."""
    yield _message(
        "PLAIN",
        Part("authzid", _octets(credentials.authzid), note="whom to act for; empty: oneself"),
        _NUL,
        Part("user", _octets(credentials.username)),
        _NUL,
        Part("password", _octets(credentials.password), secret=True),
    )


def login(credentials: Credentials) -> Answers:
    """draft-murchison-sasl-login: the user name, then the password, whatever the prompts say."""
    yield None
    yield _message("LOGIN", Part("user", _octets(credentials.username)))
    yield _message("LOGIN", Part("password", _octets(credentials.password), secret=True))


def cram_md5(credentials: Credentials) -> Answers:
    """RFC 2195: the user name, a space, and HMAC-MD5 of the challenge in hex."""
    challenge = yield None
    steps = _cram_steps(_octets(credentials.password), challenge)
    digest = next(step.value for step in steps if step.name == "outer")
    yield _message(
        "CRAM-MD5",
        Part("user", _octets(credentials.username)),
        Part("space", b" ", note="separates the fields"),
        Part("digest", digest.encode(), note="proves the password without showing it"),
        derivations=steps,
    )


_BLOCK = 64
"""Octets of a block of MD5: keys are padded to it (RFC 2104 §2)."""


def _cram_steps(key: bytes, challenge: bytes) -> tuple[Derivation, ...]:
    """The computation of HMAC, step by step; the test holds it to `hmac`.

    MD5 is asked for as "not for security", or a Python in FIPS mode would not give it.
    """
    shown = f"{len(key)} + {_BLOCK - len(key)} zero octets"
    if len(key) > _BLOCK:
        key = hashlib.md5(key, usedforsecurity=False).digest()
        shown = f"MD5 of the password, and {_BLOCK - len(key)} zero octets"
    padded = key.ljust(_BLOCK, b"\0")
    inner_pad = bytes(octet ^ 0x36 for octet in padded)
    outer_pad = bytes(octet ^ 0x5C for octet in padded)
    inner = hashlib.md5(inner_pad + challenge, usedforsecurity=False)
    outer = hashlib.md5(outer_pad + inner.digest(), usedforsecurity=False)
    return (
        Derivation("challenge", "what the server sent, base64 taken off", readable(challenge)),
        Derivation("key", f"the password padded with NUL to {_BLOCK} octets", shown),
        Derivation("inner", "MD5( key ⊕ 0x36… ‖ challenge )", inner.hexdigest()),
        Derivation("outer", "MD5( key ⊕ 0x5c… ‖ inner )", outer.hexdigest()),
        Derivation("reply", "user ‖ space ‖ outer, in base64", "the line that is sent"),
    )


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One way of logging in. A higher `strength` is chosen first."""

    name: str
    start: Callable[[Credentials], Answers]
    client_first: bool
    strength: int
    reveals_password: bool
    """Whether whoever reads the exchange has the password."""
    note: str
    clause: str


MECHANISMS: tuple[Mechanism, ...] = (
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
)
"""The mechanisms known here. Inside TLS PLAIN is best: the server can keep a proper hash."""

IN_CLEAR_STRENGTH = 10
"""What a mechanism gains, outside TLS, by not showing the password to every listener."""


def choose(offered: tuple[str, ...], *, encrypted: bool) -> Mechanism | None:
    """The best of the mechanisms that are offered and known, for this kind of connection."""

    def worth(mechanism: Mechanism) -> int:
        hides = not (encrypted or mechanism.reveals_password)
        return mechanism.strength + IN_CLEAR_STRENGTH * hides

    usable = [mechanism for mechanism in MECHANISMS if mechanism.name in offered]
    return max(usable, key=worth, default=None)


_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")


def read_challenge(mechanism: str, text: bytes) -> tuple[SaslMessage, str | None]:
    """A 334's text decoded, and what is odd about it.

    Some servers write words instead of base64 ("334 Go ahead"); then the challenge is empty, which
    is all that PLAIN and LOGIN need.
    """
    stripped = text.strip()
    if not stripped:
        return SaslMessage(mechanism, False, b""), None
    try:
        if not _BASE64.fullmatch(stripped):
            raise binascii.Error
        data = base64.b64decode(stripped, validate=True)
    except binascii.Error:
        problem = f"the challenge is no base64: {readable(stripped[:60])!r}"
        return SaslMessage(mechanism, False, b""), problem
    label = CHALLENGE_LABELS.get(mechanism, "challenge")
    return SaslMessage(mechanism, False, data, (Part(label, data),)), None


CHALLENGE_LABELS: dict[str, str] = {"LOGIN": "prompt", "PLAIN": "prompt", "CRAM-MD5": "challenge"}
