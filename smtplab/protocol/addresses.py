"""Paths of the envelope: their parts, their limits, and what is doubtful about one.

Doubts are sentences, never errors: the user may send any path.
"""

import ipaddress
import re
from collections.abc import Iterator

LOCAL_PART_LIMIT = 64
"""Octets before the @ (RFC 5321 §4.5.3.1.1)."""

DOMAIN_LIMIT = 255
"""Octets behind the @ (RFC 5321 §4.5.3.1.2)."""

PATH_LIMIT = 256
"""Octets of a path with its angle brackets (RFC 5321 §4.5.3.1.3)."""

LABEL_LIMIT = 63
"""Octets of one part of a domain between dots (RFC 1035 §2.3.4)."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
_DOT_STRING = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_QUOTED = re.compile(r'"(?:\\[\x20-\x7e]|[^"\\\x00-\x1f\x7f])*"')
_LABEL = re.compile(
    r"[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9\-\u0080-\U0010ffff]*"
    r"[A-Za-z0-9\u0080-\U0010ffff])?"
)
_BREAKING = re.compile(r"[\r\n\0]")


def split_path(path: str) -> tuple[str, str]:
    """Local part and domain of a path without its brackets; the last @ divides them."""
    local, at, domain = path.rpartition("@")
    return (local, domain) if at else (path, "")


def needs_smtputf8(path: str) -> bool:
    """Whether it may be sent only where SMTPUTF8 is offered (RFC 6531 §3.3)."""
    return not path.isascii()


def is_address_literal(domain: str) -> bool:
    """Whether it is an IP address in brackets, [192.0.2.1] or [IPv6:::1] (RFC 5321 §4.1.3)."""
    if not (domain.startswith("[") and domain.endswith("]")):
        return False
    address = domain[1:-1]
    v6 = address[:5].upper() == "IPV6:"
    try:
        if v6:
            ipaddress.IPv6Address(address[5:])
        else:
            ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return "%" not in address


def check_path(path: str) -> tuple[str, ...]:
    """What is doubtful about a path without its brackets; nothing for the null path ""."""
    return tuple(_doubts(path)) if path else ()


def _doubts(path: str) -> Iterator[str]:
    if _BREAKING.search(path):
        yield "It has a CR, LF or NUL: what follows would be read as another command."
    local, domain = split_path(path)
    if _QUOTED.sub("", path).strip("<>") != _QUOTED.sub("", path):
        yield "Angle brackets are put around it anyway; leave them out."
    elif not _well_formed(local):
        yield "The part before the @ has to be put in quotes (RFC 5321 §4.1.2)."
    yield from _length_doubts(path, local, domain)
    if needs_smtputf8(path):
        yield "It is not ASCII: the server has to offer SMTPUTF8 (RFC 6531 §3.3)."
    if domain:
        yield from _domain_doubts(domain)
    elif path.lower() != "postmaster":
        yield "It has no domain; only <Postmaster> may do without (RFC 5321 §4.1.1.3)."


def _well_formed(local: str) -> bool:
    return bool(_DOT_STRING.fullmatch(local) or _QUOTED.fullmatch(local))


def _length_doubts(path: str, local: str, domain: str) -> Iterator[str]:
    measured = (
        ("The part before the @", _octets(local), LOCAL_PART_LIMIT, "1"),
        ("The domain", _octets(domain), DOMAIN_LIMIT, "2"),
        ("With its brackets it", _octets(path) + 2, PATH_LIMIT, "3"),
    )
    for what, size, limit, clause in measured:
        if size > limit:
            yield f"{what} has {size} octets; {limit} is the limit (RFC 5321 §4.5.3.1.{clause})."


def _octets(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _domain_doubts(domain: str) -> Iterator[str]:
    if domain.startswith("["):
        if not is_address_literal(domain):
            yield "What stands in square brackets is no IP address (RFC 5321 §4.1.3)."
        return
    labels = domain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        yield "The domain is no name: letters, digits and inner hyphens, parted by single dots."
    elif any(_octets(label) > LABEL_LIMIT for label in labels):
        yield f"A part of the domain is longer than {LABEL_LIMIT} octets (RFC 1035 §2.3.4)."
    elif len(labels) == 1:
        yield "The domain has no dot; it will not be found outside your own network."
