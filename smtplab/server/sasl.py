"""The server's side of SASL: each mechanism a generator of challenges.

A generator yields a challenge and is sent the response to it, both without base64. It returns the
user who has logged in, or None when the credentials are wrong; SaslSyntaxError means that a
response is not what the mechanism asks for.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass

Exchange = Generator[bytes, bytes, str | None]


class SaslSyntaxError(ValueError):
    """A response that does not have the form of its mechanism."""


def _check(users: Mapping[str, str], user: bytes, password: bytes) -> str | None:
    name = user.decode("utf-8", "replace")
    expected = users.get(name)
    right = hmac.compare_digest((expected or "").encode(), password)
    return name if right and expected is not None else None


def plain(users: Mapping[str, str], host: str) -> Exchange:
    """RFC 4616: authorization identity, user and password, with NUL between."""
    parts = (yield b"").split(b"\0")
    if len(parts) != 3:
        raise SaslSyntaxError("PLAIN wants three parts with NUL between")
    return _check(users, parts[1], parts[2])


def login(users: Mapping[str, str], host: str) -> Exchange:
    """LOGIN, which no RFC defines: the user, then the password."""
    user = yield b"Username:"
    password = yield b"Password:"
    return _check(users, user, password)


def cram_md5(users: Mapping[str, str], host: str) -> Exchange:
    """RFC 2195: the user, a space, and the HMAC-MD5 of our challenge in hexadecimal."""
    challenge = f"<{secrets.token_hex(8)}@{host}>".encode()
    response = yield challenge
    user, space, digest = response.rpartition(b" ")
    if not space:
        raise SaslSyntaxError("CRAM-MD5 wants a user and a digest")
    name = user.decode("utf-8", "replace")
    expected = hmac.new(users.get(name, "").encode(), challenge, hashlib.md5).hexdigest()
    right = hmac.compare_digest(expected.encode(), digest.lower())
    return name if right and name in users else None


@dataclass(frozen=True, slots=True)
class Mechanism:
    """`start` begins an exchange; `initial` says whether AUTH may carry the first response."""

    name: str
    start: Callable[[Mapping[str, str], str], Exchange]
    initial: bool


MECHANISMS = (
    Mechanism("PLAIN", plain, initial=True),
    Mechanism("LOGIN", login, initial=True),
    Mechanism("CRAM-MD5", cram_md5, initial=False),
)

BY_NAME = {mechanism.name: mechanism for mechanism in MECHANISMS}
