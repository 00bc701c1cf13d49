"""The certificates of the bundled server: one authority for each run, and what can be wrong.

Keys are on the curve P-256, which is made in no time. Every certificate names its key and its
issuer's, since Python 3.13 takes none without; so each profile has the one fault in its name.
"""

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from smtplab.tls.settings import ServerTls, server_context

ECDSA = trustme.KeyType.ECDSA
NAMES = ("localhost", "127.0.0.1", "::1", "lab.test")
"""What the bundled server is dialled by; the scenario's own host comes on top."""

OTHER_NAME = "mail.other.test"

SPAN = (datetime(2001, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC))
PAST = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
FUTURE = (datetime(2090, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))

VERSIONS: dict[str, tuple[ssl.TLSVersion | None, ssl.TLSVersion | None]] = {
    "any": (None, None),
    "1.0": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1),
    "1.1": (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1),
    "1.2": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
    "1.3": (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3),
}


OLD = frozenset({"1.0", "1.1"})
"""Versions that OpenSSL only speaks at its lowest level of security."""


@dataclass(frozen=True, slots=True)
class Served:
    """A chain, leaf first, and its key."""

    chain_pem: bytes
    key_pem: bytes


class Authority:
    """The certificate authority of a run, and the certificates that it made."""

    def __init__(self) -> None:
        self._ca = trustme.CA(key_type=ECDSA)
        self._made: dict[tuple[str, str], Served] = {}

    @property
    def ca_pem(self) -> bytes:
        """The authority's own certificate."""
        return self._ca.cert_pem.bytes()

    def served(self, profile: str, host: str) -> Served:
        """The certificate of a profile, for a server of that name; KeyError when unknown."""
        key = (profile, host)
        if key not in self._made:
            names = NAMES if host in NAMES else (*NAMES, host)
            self._made[key] = PROFILES[profile](self._ca, names)
        return self._made[key]

    def client(self, user: str) -> Served:
        """A certificate for a client; its common name is the user whom EXTERNAL lets in."""
        return _served(self._ca.issue_cert(f"{user}@lab.test", common_name=user, key_type=ECDSA))

    def context(
        self, profile: str, host: str, versions: str = "any", client_cert: str = "none"
    ) -> ssl.SSLContext:
        """A context for one connection; `client_cert` is none, wanted or required."""
        served = self.served(profile, host)
        minimum, maximum = VERSIONS[versions]
        return server_context(
            ServerTls(
                served.chain_pem,
                served.key_pem,
                minimum,
                maximum,
                client_ca_pem=None if client_cert == "none" else self.ca_pem,
                client_may_have_none=client_cert == "wanted",
                weak=versions in OLD,
            )
        )


# The profiles.


def _served(leaf: trustme.LeafCert, length: int | None = None) -> Served:
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems[:length])
    return Served(chain, leaf.private_key_pem.bytes())


def good(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Nothing wrong."""
    return _served(ca.issue_cert(*names, key_type=ECDSA))


def intermediate(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Nothing wrong, by way of an intermediate authority."""
    return _served(ca.create_child_ca(key_type=ECDSA).issue_cert(*names, key_type=ECDSA))


def missing_intermediate(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Issued by an intermediate authority whose certificate is not sent along."""
    child = ca.create_child_ca(key_type=ECDSA)
    return _served(child.issue_cert(*names, key_type=ECDSA), 1)


def expired(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Good until 2021."""
    return _dated(ca, names, PAST)


def not_yet_valid(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Good from 2090 on."""
    return _dated(ca, names, FUTURE)


def _dated(ca: trustme.CA, names: tuple[str, ...], span: tuple[datetime, datetime]) -> Served:
    begin, end = (moment.replace(tzinfo=None) for moment in span)
    return _served(ca.issue_cert(*names, not_before=begin, not_after=end, key_type=ECDSA))


def wrong_host(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Good, for somebody else."""
    return _served(ca.issue_cert(OTHER_NAME, key_type=ECDSA))


def unknown_ca(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Issued by an authority that nobody has heard of."""
    return _served(trustme.CA(key_type=ECDSA).issue_cert(*names, key_type=ECDSA))


def self_signed(ca: trustme.CA, names: tuple[str, ...]) -> Served:
    """Its own issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    alternatives = [_general_name(text) for text in names]
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SPAN[0])
        .not_valid_after(SPAN[1])
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Served(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _general_name(text: str) -> x509.GeneralName:
    """A name or an address, as a certificate has it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


PROFILES: dict[str, Callable[[trustme.CA, tuple[str, ...]], Served]] = {
    "good": good,
    "intermediate": intermediate,
    "expired": expired,
    "not-yet-valid": not_yet_valid,
    "wrong-host": wrong_host,
    "self-signed": self_signed,
    "unknown-ca": unknown_ca,
    "missing-intermediate": missing_intermediate,
}
"""What a scenario may name as a certificate."""
