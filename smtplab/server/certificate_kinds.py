"""What can be wrong with a certificate: a function for each kind, and the table of them all.

trustme makes what an authority would; `issuing` makes the rest. Keys are on the curve P-256, unless
the key is the point.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from smtplab.server import issuing
from smtplab.server.issuing import Issued, issue_authority, issue_leaf, root_of

ECDSA = trustme.KeyType.ECDSA

OTHER_NAME = "mail.other.test"
OTHER_DOMAIN = "other.test"

PAST = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
FUTURE = (datetime(2090, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))

UNKNOWN_EXTENSION = x509.ObjectIdentifier("1.3.6.1.4.1.32473.1")
"""Below the number that is set aside for examples (RFC 5612)."""

LONG_CHAIN = 9
"""Intermediate authorities of the huge chain; trustme's root allows no more below it."""
MANY_NAMES = 1000
"""Names in its leaf: the chain is longer than a record of TLS can be (16 KiB)."""


END_OF_PEM = "-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Served:
    """A chain, leaf first, and its key.

    `weak` ones OpenSSL only loads at its lowest level of security.
    """

    chain_pem: bytes
    key_pem: bytes
    weak: bool = False

    @property
    def leaf_der(self) -> bytes:
        """The server's own certificate; empty when the chain is none."""
        import ssl

        text = self.chain_pem.decode("ascii", "replace")
        end = text.find(END_OF_PEM) + len(END_OF_PEM)
        try:
            return ssl.PEM_cert_to_DER_cert(text[:end])
        except ValueError:
            return b""


def served(leaf: trustme.LeafCert, length: int | None = None) -> Served:
    """What trustme issued, with the first `length` certificates of the chain only."""
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems[:length])
    return Served(chain, leaf.private_key_pem.bytes())


def _shown(leaf: Issued, *others: Issued, weak: bool = False) -> Served:
    return Served(b"".join(one.pem for one in (leaf, *others)), leaf.key_pem, weak)


# Nothing is wrong with these.


def good(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Nothing wrong."""
    return served(ca.issue_cert(*names, key_type=ECDSA))


def intermediate(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Nothing wrong, by way of an intermediate authority."""
    return served(ca.create_child_ca(key_type=ECDSA).issue_cert(*names, key_type=ECDSA))


def wildcard(ca: trustme.CA, names: Sequence[str]) -> Served:
    """For all names of one domain, in place of each; localhost and addresses stay as they are."""
    dotted = [name for name in names if "." in name and name.rpartition(".")[2].isalpha()]
    plain = [name for name in names if name not in dotted]
    starred = [f"*.{name if name.count('.') == 1 else name.partition('.')[2]}" for name in dotted]
    return served(ca.issue_cert(*plain, *dict.fromkeys(starred), key_type=ECDSA))


def with_ed25519(ca: trustme.CA, names: Sequence[str]) -> Served:
    """A key of another kind than RSA and the usual curves; TLS 1.2 and 1.3 know it (RFC 8422)."""
    key = ed25519.Ed25519PrivateKey.generate()
    return _shown(issue_leaf(names, root_of(ca), key=key))


def huge_chain(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Nine intermediate authorities and a thousand names: several records of TLS."""
    for _ in range(LONG_CHAIN):
        ca = ca.create_child_ca(key_type=ECDSA)
    many = (f"host-{number}.many.{OTHER_DOMAIN}" for number in range(MANY_NAMES))
    return served(ca.issue_cert(*names, *many, key_type=ECDSA))


def wrong_order(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Two intermediate authorities, sent in the wrong order (RFC 8446 §4.4.2 lets that pass)."""
    grandchild = ca.create_child_ca(key_type=ECDSA).create_child_ca(key_type=ECDSA)
    leaf = grandchild.issue_cert(*names, key_type=ECDSA)
    first, *others = (blob.bytes() for blob in leaf.cert_chain_pems)
    return Served(b"".join([first, *reversed(others)]), leaf.private_key_pem.bytes())


# Dates and names.


def expired(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Good until 2021."""
    return _dated(ca, names, PAST)


def not_yet_valid(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Good from 2090 on."""
    return _dated(ca, names, FUTURE)


def _dated(ca: trustme.CA, names: Sequence[str], span: tuple[datetime, datetime]) -> Served:
    begin, end = (moment.replace(tzinfo=None) for moment in span)
    return served(ca.issue_cert(*names, not_before=begin, not_after=end, key_type=ECDSA))


def wrong_host(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Good, for somebody else."""
    return served(ca.issue_cert(OTHER_NAME, key_type=ECDSA))


def wildcard_partial(ca: trustme.CA, names: Sequence[str]) -> Served:
    """An asterisk beside other letters, which stands for nothing (RFC 9525 §6.3)."""
    partial = [f"{name[:3]}*{name[len(name.partition('.')[0]) :]}" for name in names]
    return _shown(issue_leaf([name for name in partial if name[0].isalpha()], root_of(ca)))


def ip_only(ca: trustme.CA, names: Sequence[str]) -> Served:
    """For the addresses, and for no name."""
    return served(ca.issue_cert("127.0.0.1", "::1", key_type=ECDSA))


def cn_only(ca: trustme.CA, names: Sequence[str]) -> Served:
    """The name stands where it counted last in the century before (RFC 9525 §2)."""
    return _shown(issue_leaf((), root_of(ca), common_name=names[0]))


# Who vouches for it.


def self_signed(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Its own issuer."""
    return _shown(issue_leaf(names, None, common_name=names[0]))


def unknown_ca(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Issued by an authority that nobody has heard of."""
    return served(trustme.CA(key_type=ECDSA).issue_cert(*names, key_type=ECDSA))


def missing_intermediate(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Issued by an intermediate authority whose certificate is not sent along."""
    child = ca.create_child_ca(key_type=ECDSA)
    return served(child.issue_cert(*names, key_type=ECDSA), 1)


def expired_intermediate(ca: trustme.CA, names: Sequence[str]) -> Served:
    """The leaf is good, and the authority in between was until 2021."""
    between = issue_authority("an authority of yesterday", root_of(ca), span=PAST)
    return _shown(issue_leaf(names, between), between)


def not_a_ca(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Issued by the owner of a certificate that may not issue any."""
    constraints = issuing.NOT_AN_AUTHORITY
    between = issue_authority("no authority at all", root_of(ca), constraints=constraints)
    return _shown(issue_leaf(names, between), between)


def name_constraint(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Issued by an authority that may issue for another domain only (RFC 5280 §4.2.1.10)."""
    constraint = x509.NameConstraints([x509.DNSName(OTHER_DOMAIN)], None)
    between = issue_authority("an authority of one domain", root_of(ca), more=[(constraint, True)])
    return _shown(issue_leaf(names, between), between)


# What it may be used for, and how strong it is.


def client_only(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Meant for clients that show who they are, not for servers (RFC 5280 §4.2.1.12)."""
    return _shown(issue_leaf(names, root_of(ca), purpose=issuing.CLIENTS))


def critical_unknown_extension(ca: trustme.CA, names: Sequence[str]) -> Served:
    """Has a condition that nobody understands and everybody must (RFC 5280 §4.2)."""
    unknown = x509.UnrecognizedExtension(UNKNOWN_EXTENSION, b"\x05\x00")
    return _shown(issue_leaf(names, root_of(ca), more=[(unknown, True)]))


def rsa_1024(ca: trustme.CA, names: Sequence[str]) -> Served:
    """A key that can be broken."""
    key = rsa.generate_private_key(65537, 1024)
    return _shown(issue_leaf(names, root_of(ca), key=key), weak=True)


def sha1(ca: trustme.CA, names: Sequence[str]) -> Served:
    """A signature over a digest that can be forged."""
    root = root_of(ca)
    return _shown(issuing.signed_with_sha1(issue_leaf(names, root), root), weak=True)


KINDS: dict[str, Callable[[trustme.CA, Sequence[str]], Served]] = {
    "good": good,
    "intermediate": intermediate,
    "wildcard": wildcard,
    "ed25519": with_ed25519,
    "huge-chain": huge_chain,
    "wrong-order": wrong_order,
    "expired": expired,
    "not-yet-valid": not_yet_valid,
    "wrong-host": wrong_host,
    "wildcard-partial": wildcard_partial,
    "ip-only": ip_only,
    "cn-only": cn_only,
    "self-signed": self_signed,
    "unknown-ca": unknown_ca,
    "missing-intermediate": missing_intermediate,
    "expired-intermediate": expired_intermediate,
    "not-a-ca": not_a_ca,
    "name-constraint": name_constraint,
    "client-only": client_only,
    "critical-unknown-extension": critical_unknown_extension,
    "rsa-1024": rsa_1024,
    "sha1": sha1,
}
"""What a scenario may name as a certificate."""
