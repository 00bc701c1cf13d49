"""The server's side of SASL: each mechanism a generator of challenges.

A generator yields a challenge and is sent the response to it, both without base64. It returns the
user who has logged in, or None when the credentials are wrong; SaslSyntaxError means that a
response is not what the mechanism asks for.
"""

import functools
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

Exchange = Generator[bytes, bytes, str | None]

ANYBODY = "anonymous"
"""As whom ANONYMOUS lets people in."""

LONGEST_TRACE = 255
"""Characters of the trace of ANONYMOUS (RFC 4505 §2)."""


class SaslSyntaxError(ValueError):
    """A response that does not have the form of its mechanism."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who may log in. For OAuth the password is the token."""

    users: Mapping[str, str] = field(repr=False)
    host: str
    certified: str = ""
    """The user in the client's certificate; empty without one."""
    binding: bytes = b""
    """The `tls-server-end-point` of our own certificate (RFC 5929 §4.1); empty without TLS."""


def _check(accounts: Accounts, user: bytes, password: bytes) -> str | None:
    name = user.decode("utf-8", "replace")
    expected = accounts.users.get(name)
    right = hmac.compare_digest((expected or "").encode(), password)
    return name if right and expected is not None else None


def plain(accounts: Accounts) -> Exchange:
    """RFC 4616: authorization identity, user and password, with NUL between."""
    parts = (yield b"").split(b"\0")
    if len(parts) != 3:
        raise SaslSyntaxError("PLAIN wants three parts with NUL between")
    return _check(accounts, parts[1], parts[2])


def login(accounts: Accounts) -> Exchange:
    """LOGIN, which no RFC defines: the user, then the password."""
    user = yield b"Username:"
    password = yield b"Password:"
    return _check(accounts, user, password)


def cram_md5(accounts: Accounts) -> Exchange:
    """RFC 2195: the user, a space, and the HMAC-MD5 of our challenge in hexadecimal."""
    challenge = f"<{secrets.token_hex(8)}@{accounts.host}>".encode()
    response = yield challenge
    user, space, digest = response.rpartition(b" ")
    if not space:
        raise SaslSyntaxError("CRAM-MD5 wants a user and a digest")
    name = user.decode("utf-8", "replace")
    password = accounts.users.get(name, "")
    expected = hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()
    right = hmac.compare_digest(expected.encode(), digest.lower())
    return name if right and name in accounts.users else None


def scram(name: str, accounts: Accounts) -> Exchange:
    """RFC 5802, 7677: both sides show that they know the password, and neither says it."""
    from scramp import ScramException, ScramMechanism

    mechanism = ScramMechanism(name)
    asked: list[str] = []

    def look_up(user: str) -> tuple[bytes, bytes, bytes, int]:
        # A stranger gets as far as a user with the wrong password, so that nobody can tell.
        asked.append(user)
        password = accounts.users.get(user) or secrets.token_hex(16)
        found: tuple[bytes, bytes, bytes, int] = mechanism.make_auth_info(password)
        return found

    plus = name.endswith("-PLUS")
    if plus and not accounts.binding:
        raise SaslSyntaxError(f"{name} needs TLS to be bound to")
    bound = ("tls-server-end-point", accounts.binding) if plus else None
    server = mechanism.make_server(look_up, bound)
    try:
        server.set_client_first(_text((yield b"")))
        final = _text((yield server.get_server_first().encode()))
    except ScramException as error:
        raise SaslSyntaxError(_worded(name, error)) from None
    try:
        server.set_client_final(final)
    except ScramException:
        return None
    yield server.get_server_final().encode()
    return asked[0] if accounts.users.get(asked[0]) else None


def _worded(name: str, error: Exception) -> str:
    said = " ".join(str(error).split())
    return f"{name}: {said[:80] if said.isascii() and said.isprintable() else 'not understood'}"


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise SaslSyntaxError("this is not UTF-8") from None


_XOAUTH2 = re.compile(rb"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01")
_OAUTHBEARER = re.compile(rb"n,(?:a=([^\x01,]*))?,\x01(?:[^\x01=]*=[^\x01]*\x01)*\x01")
_BEARER = re.compile(rb"\x01auth=Bearer ([^\x01]*)\x01", re.IGNORECASE)


def xoauth2(accounts: Accounts) -> Exchange:
    """Google's: a bearer token in place of the password; a refusal is explained in a 334 first."""
    found = _XOAUTH2.fullmatch((yield b""))
    if found is None:
        raise SaslSyntaxError("XOAUTH2 wants user= and auth=Bearer, each with 0x01 behind it")
    user = _check(accounts, found[1], found[2])
    if user is None:
        yield _json(status="401", schemes="bearer", scope=f"https://{accounts.host}/")
    return user


def oauthbearer(accounts: Accounts) -> Exchange:
    """RFC 7628: a bearer token in place of the password; a refusal is explained in a 334 first."""
    response = yield b""
    found, token = _OAUTHBEARER.fullmatch(response), _BEARER.search(response)
    if found is None or token is None:
        raise SaslSyntaxError("OAUTHBEARER wants n,a=user, and auth=Bearer between 0x01")
    user = _check(accounts, _unescaped(found[1] or b""), token[1])
    if user is None:
        yield _json(status="invalid_token", scope=f"https://{accounts.host}/")
    return user


def _unescaped(name: bytes) -> bytes:
    """A name of GS2, where `=2C` and `=3D` stand for a comma and an equals sign (RFC 5801 §4)."""
    return name.replace(b"=2C", b",").replace(b"=3D", b"=")


def _json(**values: str) -> bytes:
    return json.dumps(values).encode()


def external(accounts: Accounts) -> Exchange:
    """RFC 4422 appendix A: whoever the client's certificate says; a response may only agree."""
    wanted = _text((yield b""))
    certified = accounts.certified
    known = certified in accounts.users and wanted in ("", certified)
    return certified if known else None


def anonymous(accounts: Accounts) -> Exchange:
    """RFC 4505: everybody, with a word about themselves if they like."""
    if len(_text((yield b""))) > LONGEST_TRACE:
        raise SaslSyntaxError("the trace of ANONYMOUS is too long")
    return ANYBODY


@dataclass(frozen=True, slots=True)
class Mechanism:
    """`start` begins an exchange; `initial` says whether AUTH may carry the first response.

    `responses` are what the server has to hear before it can tell whether the client may come in.
    """

    name: str
    start: Callable[[Accounts], Exchange]
    initial: bool = True
    responses: int = 1


MECHANISMS = (
    Mechanism("PLAIN", plain),
    Mechanism("LOGIN", login, responses=2),
    Mechanism("CRAM-MD5", cram_md5, initial=False),
    Mechanism("SCRAM-SHA-1", functools.partial(scram, "SCRAM-SHA-1"), responses=2),
    Mechanism("SCRAM-SHA-256", functools.partial(scram, "SCRAM-SHA-256"), responses=2),
    Mechanism("SCRAM-SHA-1-PLUS", functools.partial(scram, "SCRAM-SHA-1-PLUS")),
    Mechanism("SCRAM-SHA-256-PLUS", functools.partial(scram, "SCRAM-SHA-256-PLUS")),
    Mechanism("XOAUTH2", xoauth2),
    Mechanism("OAUTHBEARER", oauthbearer),
    Mechanism("EXTERNAL", external),
    Mechanism("ANONYMOUS", anonymous),
)

BY_NAME = {mechanism.name: mechanism for mechanism in MECHANISMS}
