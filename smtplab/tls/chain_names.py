"""Whether a certificate is for the name that was dialled, and whether its issuers may say so."""

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from smtplab.tls.certificates import extension, names_of, read_certificate
from smtplab.tls.chain_path import Link, der_of
from smtplab.tls.problems import ChainProblem

if TYPE_CHECKING:
    from cryptography import x509

MOST_NAMES = 5
"""How many names of a certificate a sentence has room for."""


def check_name(leaf: Link, name: str) -> Iterator[ChainProblem]:
    """Whether the server's own certificate is for that name or address (RFC 9525 §6)."""
    names = names_of(leaf.certificate)
    if any(matches(pattern, name) for pattern in names):
        return
    read = read_certificate(der_of(leaf.certificate))
    common = read.common_name if read is not None else ""
    if not names and matches(common, name):
        text = f"the certificate names {name} only in its CN, which counts no more (RFC 9525 §2)"
        yield ChainProblem("cn-only", 0, text)
        return
    if name in names:
        text = f"the certificate has the address {name} as if it were a name"
        yield ChainProblem("ip-as-dns", 0, text)
        return
    said = _listed(names) or (f"CN {common}" if common else "nobody")
    text = f"the certificate is for {said}, and you dialled {name}"
    if any("*" in pattern and _partly_matches(pattern, name) for pattern in names):
        text += "; an asterisk only ever stands for the whole first label (RFC 9525 §6.3)"
    yield ChainProblem("name-mismatch", 0, text)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _partly_matches(pattern: str, name: str) -> bool:
    """Whether an asterisk would do that stands for anything."""
    return not any(c in pattern for c in "?[") and fnmatchcase(name.lower(), pattern.lower())


def matches(pattern: str, name: str) -> bool:
    """Whether a name of the certificate covers the dialled one (RFC 9525 §6.3, §6.4)."""
    dialled = _address(name)
    if dialled is not None:
        return _address(pattern) == dialled
    pattern, name = pattern.lower().rstrip("."), name.lower().rstrip(".")
    if pattern.startswith("*."):
        _, dot, rest = name.partition(".")
        return bool(dot) and rest == pattern[2:] and "." in rest
    return pattern == name


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


def constraints(link: Link, path: Sequence[Link], now: datetime) -> Iterator[ChainProblem]:
    """Whether an authority may issue for the names of the leaf (RFC 5280 §4.2.1.10)."""
    from cryptography import x509

    found = extension(link.certificate, x509.NameConstraints)
    # What a root says of itself counts too: OpenSSL asks it.
    if link is path[0] or found is None:
        return
    for name in _constrained_names(path[0].certificate):
        subtrees = [s for s in found.permitted_subtrees or () if _same_kind(s, name)]
        permitted = not subtrees or any(_within(name, subtree) for subtree in subtrees)
        excluded = any(_within(name, subtree) for subtree in found.excluded_subtrees or ())
        if excluded or not permitted:
            text = f"{link.title} may not issue for {name.value} (its name constraints say so)"
            yield ChainProblem("name-constraint", link.index, text)
            return


def _constrained_names(leaf: "x509.Certificate") -> "list[x509.DNSName | x509.IPAddress]":
    from cryptography import x509

    found = extension(leaf, x509.SubjectAlternativeName)
    return [name for name in found or () if isinstance(name, x509.DNSName | x509.IPAddress)]


def _same_kind(subtree: "x509.GeneralName", name: "x509.GeneralName") -> bool:
    return type(subtree) is type(name)


def _within(name: "x509.DNSName | x509.IPAddress", subtree: "x509.GeneralName") -> bool:
    """Whether a name lies in a subtree: the domain itself and all below, or the network."""
    if not _same_kind(subtree, name):
        return False
    if isinstance(name.value, str):
        domain, host = str(subtree.value).lower().lstrip("."), name.value.lower()
        return not domain or host == domain or host.endswith(f".{domain}")
    network = subtree.value
    return (
        isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network) and name.value in network
    )
