"""Why a chain of certificates is refused: every reason, not only the first.

OpenSSL is the judge, and stops at the first problem. This check is the explainer beside it: it
builds the path from what was sent and what is trusted, and then asks everything. `CHECKS` lists the
questions that are asked of each certificate of the path.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from smtplab.tls.certificates import (
    describe_key,
    extension,
    extensions_of,
    is_ca,
    parse,
    read_certificate,
    signature_of,
)
from smtplab.tls.chain_names import check_name, constraints
from smtplab.tls.chain_path import Link, build_path
from smtplab.tls.problems import WARNING, ChainProblem

if TYPE_CHECKING:
    from cryptography import x509

WEAK_DIGESTS = ("md5", "sha1", "md2")
SMALLEST_RSA = 2048
"""Bits; OpenSSL's security level 2 asks for as many."""


UNDERSTOOD = frozenset({
    "2.5.29.15", "2.5.29.17", "2.5.29.18", "2.5.29.19", "2.5.29.30", "2.5.29.32", "2.5.29.33",
    "2.5.29.36", "2.5.29.37", "2.5.29.54", "1.3.6.1.5.5.7.1.7", "1.3.6.1.5.5.7.1.8",
})  # fmt: skip
"""Extensions that OpenSSL acts upon: uses, names, constraints, policies, blocks of addresses."""


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
    path, problems = build_path(sent, roots)
    for link in path:
        for check in CHECKS:
            problems += check(link, path, now)
    problems += check_name(path[0], name)
    problems += _check_order(path, sent)
    return tuple(problems)


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
    if not link.trusted and any(digest in signature.lower() for digest in WEAK_DIGESTS):
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


def _critical_extensions(link: Link, path: Sequence[Link], now: datetime) -> Iterator[ChainProblem]:
    """What is critical and not understood is a reason to refuse (RFC 5280 §4.2)."""
    if link.trusted:
        return
    for one in extensions_of(link.certificate):
        if one.critical and one.oid.dotted_string not in UNDERSTOOD:
            text = (
                f"{link.title} has a critical extension that nobody understands "
                f"({one.oid.dotted_string})"
            )
            yield ChainProblem("critical-extension", link.index, text)


CHECKS: tuple[Callable[[Link, Sequence[Link], datetime], Iterator[ChainProblem]], ...] = (
    _dates,
    _strength,
    _authority,
    _purpose,
    _critical_extensions,
    constraints,
    _identifiers,
)


# The order.


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
