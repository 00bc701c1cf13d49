"""Certificates that a sane authority would not issue: made with `cryptography`, a fault at a time.

Each has everything else that strict clients ask for, key identifiers above all, so that it is
refused for the fault that it was made for.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SPAN = (datetime(2001, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC))

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Extensions = Sequence[tuple[x509.ExtensionType, bool]]
"""Extensions, each with whether it is critical."""

SERVERS = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENTS = (ExtendedKeyUsageOID.CLIENT_AUTH,)
NOT_AN_AUTHORITY = x509.BasicConstraints(ca=False, path_length=None)
AN_AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key, which can sign others in turn."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key, without a password."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def root_of(ca: trustme.CA) -> Issued:
    """The authority, as one that signs here."""
    key = serialization.load_pem_private_key(ca.private_key_pem.bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Issued(x509.load_pem_x509_certificate(ca.cert_pem.bytes()), key)


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key on P-256, which is made in no time."""
    return ec.generate_private_key(ec.SECP256R1())


def issue_leaf(
    names: Sequence[str],
    issuer: Issued | None,
    *,
    common_name: str = "a server of the lab",
    key: PrivateKey | None = None,
    purpose: Sequence[x509.ObjectIdentifier] = SERVERS,
    more: Extensions = (),
) -> Issued:
    """A server's certificate; without `names` it has none but the common one.

    Without an issuer it signs itself.
    """
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (NOT_AN_AUTHORITY, True),
        (x509.ExtendedKeyUsage(purpose), False),
        *more,
    ]
    if names:
        alternatives = x509.SubjectAlternativeName([general_name(text) for text in names])
        extensions.append((alternatives, False))
    return issue(common_name, issuer, extensions, key=key)


def issue_authority(
    common_name: str,
    issuer: Issued,
    *,
    constraints: x509.BasicConstraints = AN_AUTHORITY,
    span: tuple[datetime, datetime] = SPAN,
    more: Extensions = (),
) -> Issued:
    """An intermediate authority, or with other `constraints` what takes itself for one."""
    may_sign = [(usage_of_authorities(), True)] if constraints.ca else []
    return issue(common_name, issuer, [(constraints, True), *may_sign, *more], span=span)


def issue(
    common_name: str,
    issuer: Issued | None,
    extensions: Extensions,
    *,
    key: PrivateKey | None = None,
    span: tuple[datetime, datetime] = SPAN,
) -> Issued:
    """A certificate with these extensions, and the identifiers of its key and its issuer's."""
    key = key or new_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer_name = issuer.certificate.subject if issuer else subject
    issuer_identifier = _identifier(issuer.certificate) if issuer else identifier
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
    )
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_identifier)
    for value, critical in (*extensions, (identifier, False), (authority, False)):
        builder = builder.add_extension(value, critical=critical)
    return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _identifier(certificate: x509.Certificate) -> x509.SubjectKeyIdentifier:
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value


def general_name(text: str) -> x509.GeneralName:
    """A name or an address, as a certificate has it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def usage_of_authorities() -> x509.KeyUsage:
    """To sign certificates and lists of withdrawn ones (RFC 5280 §4.2.1.3)."""
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


# SHA-1, which `cryptography` signs no certificates with any more: the signature is made anew.

ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
ECDSA_WITH_SHA1 = bytes.fromhex("300906072a8648ce3d0401")
SEQUENCE, BIT_STRING = 0x30, 0x03


def signed_with_sha1(issued: Issued, issuer: Issued) -> Issued:
    """The same certificate with an ECDSA signature over SHA-1."""
    assert isinstance(issuer.key, ec.EllipticCurvePrivateKey)
    signed = issued.certificate.tbs_certificate_bytes
    content = signed[_header_length(signed) :].replace(ECDSA_WITH_SHA256, ECDSA_WITH_SHA1, 1)
    signed = der(SEQUENCE, content)
    signature = issuer.key.sign(signed, ec.ECDSA(hashes.SHA1()))
    octets = der(SEQUENCE, signed + ECDSA_WITH_SHA1 + der(BIT_STRING, b"\0" + signature))
    return Issued(x509.load_der_x509_certificate(octets), issued.key)


def der(tag: int, content: bytes) -> bytes:
    """A value of DER: its tag, the length, the content (X.690 §8.1.3)."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _header_length(value: bytes) -> int:
    """How many octets the tag and the length take."""
    return 2 + (value[1] & 0x7F if value[1] & 0x80 else 0)
