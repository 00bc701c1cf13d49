"""Why a chain of certificates is refused: every reason, not only the first.

OpenSSL is the judge, and stops at the first problem. This check is the explainer beside it: it
builds the path from what was sent and what is trusted, and then asks everything. `CHECKS` lists the
questions that are asked of each certificate of the path.
"""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smtplab.tls.certificates import (
    describe_key,
    extension,
    is_ca,
    names_of,
    parse,
    read_certificate,
    signature_of,
)

if TYPE_CHECKING:
    from cryptography import x509

ERROR, WARNING = "error", "warning"

WEAK_DIGESTS = ("md5", "sha1", "md2")
SMALLEST_RSA = 2048
"""Bits; OpenSSL's security level 2 asks for as many."""


@dataclass(frozen=True, slots=True)
class ChainProblem:
    """One problem: its code, which certificate of the chain (0 is the server's own), in words."""

    code: str
    index: int
    text: str
    severity: str = ERROR


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of the path, where it stood in the chain, and which authority it is."""

    certificate: "x509.Certificate"
    index: int
    trusted: bool

    @property
    def title(self) -> str:
        """How the certificate is called in sentences."""
        c = self.certificate
        if self.index == 0:
            return "the server's certificate"
        return f"the certificate of {c.subject.rfc4514_string() or 'an unnamed authority'}"


def check_chain(
    chain: Sequence[bytes], roots: Sequence[bytes], name: str, now: datetime
) -> tuple[ChainProblem, ...]:
    """All problems of a chain (DER, leaf first) for a name, at a time; `roots` are trusted."""
    if not chain:
        return (ChainProblem("empty-chain", 0, "the server sent no certificate"),)
    parsed = [parse(der) for der in chain]
    if parsed[0] is None or read_certificate(chain[0]) is None:
        return (ChainProblem("unreadable", 0, "the server's certificate cannot be read"),)
    sent = [(index, c) for index, c in enumerate(parsed) if c is not None]
    path, problems = _build_path(sent, roots)
    for link in path:
        for check in CHECKS:
            problems += check(link, path, now)
    problems += _check_name(path[0], name)
    problems += _check_order(path, sent)
    return tuple(problems)


# The path.


def _build_path(
    sent: Sequence[tuple[int, "x509.Certificate"]], roots: Sequence[bytes]
) -> tuple[list[Link], list[ChainProblem]]:
    """From the leaf to a trusted root, or as far as it goes and why not further."""
    known = set(roots)
    path = [Link(sent[0][1], 0, _der(sent[0][1]) in known)]
    problems: list[ChainProblem] = []
    while not path[-1].trusted and len(path) <= len(sent):
        last = path[-1]
        issuer = _trusted_issuer(last, roots) or _sent_issuer(last, sent, path)
        if issuer is None:
            problems += _why_no_issuer(last, sent)
            break
        path.append(issuer)
    return path, problems


def _der(c: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return c.public_bytes(Encoding.DER)


def _trusted_issuer(link: Link, roots: Sequence[bytes]) -> Link | None:
    # Names are compared as octets first: parsing a system's 140 roots would take a while.
    wanted = link.certificate.issuer.public_bytes()
    for der in roots:
        if wanted in der:
            root = parse(der)
            if (
                root is not None
                and root.subject == link.certificate.issuer
                and signed(link.certificate, root)
            ):
                return Link(root, -1, True)
    return None


def _sent_issuer(
    link: Link, sent: Sequence[tuple[int, "x509.Certificate"]], path: Sequence[Link]
) -> Link | None:
    taken = {one.index for one in path}
    for index, candidate in sent:
        right_name = candidate.subject == link.certificate.issuer
        if right_name and index not in taken and signed(link.certificate, candidate):
            return Link(candidate, index, False)
    return None


def _why_no_issuer(
    link: Link, sent: Sequence[tuple[int, "x509.Certificate"]]
) -> Iterator[ChainProblem]:
    c = link.certificate
    issuer = c.issuer.rfc4514_string()
    if c.subject == c.issuer and signed(c, c):
        if link.index == 0:
            text = "the server's certificate is self-signed: nobody but itself vouches for it"
            yield ChainProblem("self-signed", 0, text)
        else:
            text = f"the chain ends in {issuer}, which is not among the trusted authorities"
            yield ChainProblem("untrusted-root", link.index, text)
        return
    same_name = [one for index, one in sent if index != link.index and one.subject == c.issuer]
    if same_name:
        text = f"{link.title} was not signed by the certificate of {issuer} that the server sent"
        yield ChainProblem("bad-signature", link.index, text)
    else:
        text = (
            f"nobody knows the issuer of {link.title}: {issuer} was neither sent by the server nor "
            "is it trusted"
        )
        yield ChainProblem("unknown-issuer", link.index, text)


def signed(c: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    """Whether the issuer's key made the signature."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    try:
        c.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Digests that the library no longer takes, SHA-1 above all, can still be verified by hand.
        try:
            key = issuer.public_key()
            digest = c.signature_hash_algorithm
            if not isinstance(key, rsa.RSAPublicKey) or digest is None:
                return False
            key.verify(c.signature, c.tbs_certificate_bytes, padding.PKCS1v15(), digest)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
    except InvalidSignature:
        return False
    return True


# What is asked of each certificate.


def _dates(link: Link, path: Sequence[Link], now: datetime) -> Iterator[ChainProblem]:
    c = link.certificate
    if now > c.not_valid_after_utc:
        days = (now - c.not_valid_after_utc).days
        when = f"{c.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        text = f"{link.title} expired on {when}, {_days(days)} ago"
        yield ChainProblem("expired", link.index, text)
    if now < c.not_valid_before_utc:
        text = f"{link.title} is not valid before {c.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        yield ChainProblem("not-yet-valid", link.index, text)


def _days(count: int) -> str:
    if count == 0:
        return "less than a day"
    return "1 day" if count == 1 else f"{count:,} days"


def _strength(link: Link, path: Sequence[Link], now: datetime) -> Iterator[ChainProblem]:
    kind, bits = describe_key(link.certificate)
    if kind.startswith("RSA") and bits < SMALLEST_RSA:
        text = (
            f"{link.title} has an RSA key of {bits} bits; fewer than {SMALLEST_RSA} can be broken"
        )
        yield ChainProblem("weak-key", link.index, text)
    signature = signature_of(link.certificate)
    if not link.trusted and signature.lower().startswith(WEAK_DIGESTS):
        text = f"{link.title} is signed with {signature}, which can be forged"
        yield ChainProblem("weak-signature", link.index, text)


def _authority(link: Link, path: Sequence[Link], now: datetime) -> Iterator[ChainProblem]:
    """Whether a certificate that signs others may do so (RFC 5280 §4.2.1.3, §4.2.1.9)."""
    from cryptography import x509

    below = path.index(link)
    if below == 0:
        return
    c = link.certificate
    if not is_ca(c):
        text = f"{link.title} signed another, but it is no authority (basicConstraints says so)"
        yield ChainProblem("not-a-ca", link.index, text)
    constraints = extension(c, x509.BasicConstraints)
    if constraints is not None and constraints.path_length is not None:
        between = below - 1
        if between > constraints.path_length:
            text = (
                f"{link.title} allows {constraints.path_length} authorities below it, not {between}"
            )
            yield ChainProblem("path-length", link.index, text)
    usage = extension(c, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        text = f"{link.title} signed another, but its key usage does not allow that"
        yield ChainProblem("key-usage", link.index, text)


def _purpose(link: Link, path: Sequence[Link], now: datetime) -> Iterator[ChainProblem]:
    """Whether a server may show it (RFC 5280 §4.2.1.12)."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    usages = extension(link.certificate, x509.ExtendedKeyUsage)
    allowed = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
    if usages is not None and not link.trusted and not any(usage in usages for usage in allowed):
        text = f"{link.title} is not meant for servers (extended key usage)"
        yield ChainProblem("purpose", link.index, text)


def _identifiers(link: Link, path: Sequence[Link], now: datetime) -> Iterator[ChainProblem]:
    """Key identifiers, which strict clients ask for (RFC 5280 §4.2.1.1)."""
    from cryptography import x509

    c = link.certificate
    if c.subject == c.issuer or link.trusted:
        return
    if extension(c, x509.AuthorityKeyIdentifier) is None:
        text = f"{link.title} has no authority key identifier; strict clients refuse that"
        yield ChainProblem("no-key-identifiers", link.index, text, WARNING)


CHECKS: tuple[Callable[[Link, Sequence[Link], datetime], Iterator[ChainProblem]], ...] = (
    _dates,
    _strength,
    _authority,
    _purpose,
    _identifiers,
)


# The name, and the order.


def _check_name(leaf: Link, name: str) -> Iterator[ChainProblem]:
    names = names_of(leaf.certificate)
    if any(matches(pattern, name) for pattern in names):
        return
    read = read_certificate(_der(leaf.certificate))
    common = read.common_name if read is not None else ""
    if not names and matches(common, name):
        text = f"the certificate names {name} only in its CN, which counts no more (RFC 9525 §2)"
        yield ChainProblem("cn-only", 0, text)
        return
    said = ", ".join(names) or (f"CN {common}" if common else "nobody")
    if name in names:
        text = f"the certificate has the address {name} as if it were a name"
        yield ChainProblem("ip-as-dns", 0, text)
        return
    text = f"the certificate is for {said}, and you dialled {name}"
    yield ChainProblem("name-mismatch", 0, text)


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


def _check_order(
    path: Sequence[Link], sent: Sequence[tuple[int, "x509.Certificate"]]
) -> Iterator[ChainProblem]:
    order = [link.index for link in path if link.index >= 0]
    if order != sorted(order):
        text = "the server sent the chain in the wrong order; older clients refuse that"
        yield ChainProblem("wrong-order", 0, text, WARNING)
    roots = {link.certificate for link in path if link.trusted}
    for index, c in sent:
        if index not in order and c not in roots:
            subject = c.subject.rfc4514_string()
            text = f"the server sent a certificate that the chain does not need: {subject}"
            yield ChainProblem("unused-certificate", index, text, WARNING)
