"""What the user names as the place to talk to: a host, a URL, a domain, or a scenario."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from smtplab.client.settings import Security
from smtplab.values import replace, value

SUBMISSION_PORT = 587
IMPLICIT_TLS_PORT = 465
LMTP_PORT = 24
RELAY_PORT = 25
SCENARIO = "scenario:"
MX = "mx:"

SCHEMES: dict[str, tuple[int, Security]] = {
    "smtp": (SUBMISSION_PORT, Security.STARTTLS),
    "smtps": (IMPLICIT_TLS_PORT, Security.IMPLICIT),
    "lmtp": (LMTP_PORT, Security.OPPORTUNISTIC),
}
"""Scheme -> default port and TLS."""


WRONG_PORT = "{!r}: the port must be a number from 1 to 65535"


class TargetError(ValueError):
    """The text names no target; the message says what is wrong and what would be right."""


@value
class Target:
    """Either a server (`host` and `port`) or a scenario of the bundled one."""

    text: str
    host: str = ""
    port: int = 0
    security: Security = Security.STARTTLS
    username: str | None = None
    scenario: str | None = None
    lmtp: bool = False
    """Whether it is spoken to in LMTP (RFC 2033)."""
    by_mx: bool = False
    """Whether `host` is a domain, and the servers are those that its MX records name."""
    alternatives: tuple[str, ...] = ()
    """The other servers of the domain, the better ones first."""


def parse_target(text: str) -> Target:
    """Reads `host`, `host:port`, `[v6]:port`, `smtp://user@host:587`, `smtps://...`, `lmtp://...`,
    `mx:DOMAIN`, `scenario:ID`.

    Without a port it is 587 with STARTTLS; port 465 and `smtps` mean TLS from the first octet. The
    servers of a domain's MX records are at port 25.
    """
    if text.startswith(SCENARIO):
        name = text.removeprefix(SCENARIO)
        if not name:
            raise TargetError("after 'scenario:' the name of a scenario is missing")
        return Target(text, scenario=name)
    if "://" in text:
        return _from_url(text)
    if text.startswith(MX):
        return _from_domain(text)
    host, port = _split(text)
    return _server(text, host, port or SUBMISSION_PORT, None)


def _from_url(text: str) -> Target:
    scheme, _, _ = text.partition("://")
    if scheme.lower() not in SCHEMES:
        known = ", ".join(f"{name}://" for name in SCHEMES)
        raise TargetError(f"{text!r}: the scheme {scheme!r} is not known; known are {known}")
    default_port, security = SCHEMES[scheme.lower()]
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise TargetError(f"{text!r}: {error}") from error
    port = _port_of(parts, text)
    if parts.password is not None:
        raise TargetError("a password in the target could be seen by others: use --password-file")
    if not parts.hostname:
        raise TargetError(f"{text!r} names no host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise TargetError(f"{text!r}: behind host and port nothing may follow")
    username = unquote(parts.username) if parts.username else None
    lmtp = scheme.lower() == "lmtp"
    if lmtp or scheme.lower() == "smtps":
        port = port or default_port
        return Target(text, parts.hostname, port, security, username, lmtp=lmtp)
    return _server(text, parts.hostname, port or default_port, username)


def _port_of(parts: SplitResult, text: str) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise TargetError(WRONG_PORT.format(text))
    return port


def _from_domain(text: str) -> Target:
    name = text.removeprefix(MX)
    if not name:
        raise TargetError("after 'mx:' the name of a domain is missing: mx:example.org")
    domain, port = _split(name)
    return replace(_server(text, domain, port or RELAY_PORT, None), by_mx=True)


def _server(text: str, host: str, port: int, username: str | None) -> Target:
    security = Security.IMPLICIT if port == IMPLICIT_TLS_PORT else Security.STARTTLS
    return Target(text, host, port, security, username)


def _split(text: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([^]]+)](?::(.*))?", text)
    if bracketed:
        return bracketed[1], _port(text, bracketed[2])
    if text.count(":") > 1:
        address = text.strip("[]")
        raise TargetError(f"{text!r}: an IPv6 address stands in brackets: [{address}]:587")
    host, colon, port = text.partition(":")
    if not host or not host.isprintable() or re.search(r"[\s\[\]/?#]", host):
        raise TargetError(f"{text!r} names no host")
    return host, _port(text, port if colon else None)


def _port(text: str, port: str | None) -> int | None:
    if port is None:
        return None
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise TargetError(WRONG_PORT.format(text))
    return int(port)
