"""Certificates read from DER, and chains read from a Certificate message."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smtplab.values import value

if TYPE_CHECKING:
    from cryptography import x509


@value
class Certificate:
    """What people want to know of a certificate. `names` are its DNS names and addresses."""

    der: bytes
    subject: str
    issuer: str
    names: tuple[str, ...]
    common_name: str
    not_before: datetime
    not_after: datetime
    key: str
    key_bits: int
    signature: str
    serial: str
    sha256: str
    is_ca: bool


def read_certificate(der: bytes) -> Certificate | None:
    """The certificate; None when the octets are none."""
    parsed = parse(der)
    if parsed is None:
        return None
    try:
        return _read(der, parsed)
    except ValueError:
        return None


def parse(der: bytes) -> "x509.Certificate | None":
    """The certificate as `cryptography` sees it; None when it cannot."""
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, TypeError, RecursionError):
        return None


def _read(der: bytes, c: "x509.Certificate") -> Certificate:
    import hashlib

    from cryptography.x509.oid import NameOID

    common = c.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    key, bits = describe_key(c)
    return Certificate(
        der=der,
        subject=c.subject.rfc4514_string(),
        issuer=c.issuer.rfc4514_string(),
        names=names_of(c),
        common_name=str(common[0].value) if common else "",
        not_before=c.not_valid_before_utc,
        not_after=c.not_valid_after_utc,
        key=key,
        key_bits=bits,
        signature=signature_of(c),
        serial=f"{c.serial_number:x}",
        sha256=hashlib.sha256(der).hexdigest(),
        is_ca=is_ca(c),
    )


def extension(c: "x509.Certificate", kind: type) -> Any:
    """The value of an extension, or None; an extension that cannot be read counts as absent."""
    from cryptography import x509

    try:
        return c.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None


def extensions_of(c: "x509.Certificate") -> Sequence["x509.Extension[Any]"]:
    """All extensions; none when they cannot be read."""
    from cryptography import x509

    try:
        return tuple(c.extensions)
    except (x509.DuplicateExtension, ValueError):
        return ()


def names_of(c: "x509.Certificate") -> tuple[str, ...]:
    """The subject alternative names that a server can be dialled by."""
    from cryptography import x509

    found = extension(c, x509.SubjectAlternativeName)
    if found is None:
        return ()
    addresses = found.get_values_for_type(x509.IPAddress)
    return (*found.get_values_for_type(x509.DNSName), *map(str, addresses))


def is_ca(c: "x509.Certificate") -> bool:
    """Whether it may sign other certificates (RFC 5280 §4.2.1.9)."""
    from cryptography import x509

    constraints = extension(c, x509.BasicConstraints)
    return constraints is not None and bool(constraints.ca)


def describe_key(c: "x509.Certificate") -> tuple[str, int]:
    """The kind of the public key, such as "EC P-256" or "RSA 2048", and its bits."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    try:
        key = c.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "unknown", 0
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        curve = key.curve.name.replace("secp256r1", "P-256").replace("secp384r1", "P-384")
        return f"EC {curve}", key.key_size
    return type(key).__name__.strip("_").replace("PublicKey", ""), 256


def signature_of(c: "x509.Certificate") -> str:
    """The signature's algorithm, such as "ecdsa-with-SHA256"."""
    oid = c.signature_algorithm_oid
    return getattr(oid, "_name", oid.dotted_string)


def chain_from_message(data: bytes) -> tuple[bytes, ...]:
    """The certificates of a Certificate message, leaf first, DER.

    TLS 1.2 and 1.3 lay it out differently (RFC 5246 §7.4.2, RFC 8446 §4.4.2): 1.3 begins with a
    context, and extensions follow each certificate. The one that fits the lengths is taken.
    """
    body = data[4:]
    for reader in (_entries_12, _entries_13):
        found = reader(body)
        if found is not None:
            return found
    return ()


def _entries_12(body: bytes) -> tuple[bytes, ...] | None:
    if len(body) < 3 or int.from_bytes(body[:3], "big") != len(body) - 3:
        return None
    return _entries(body, 3, with_extensions=False)


def _entries_13(body: bytes) -> tuple[bytes, ...] | None:
    start = 1 + body[0] if body else 0
    if (
        len(body) < start + 3
        or int.from_bytes(body[start : start + 3], "big") != len(body) - start - 3
    ):
        return None
    return _entries(body, start + 3, with_extensions=True)


def _entries(body: bytes, at: int, *, with_extensions: bool) -> tuple[bytes, ...] | None:
    found: list[bytes] = []
    while at < len(body):
        length = int.from_bytes(body[at : at + 3], "big")
        der = body[at + 3 : at + 3 + length]
        if len(der) < length or not length:
            return None
        found.append(der)
        at += 3 + length
        if with_extensions:
            if at + 2 > len(body):
                return None
            at += 2 + int.from_bytes(body[at : at + 2], "big")
    return tuple(found) if at == len(body) else None
