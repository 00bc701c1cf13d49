import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from smtplab.tls.binding import end_point

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

# openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha1 -subj /
SHA1 = """
MIIBUTCB+qADAgECAhRnnN3aiBud66MVexssp+nCJYvlMDAJBgcqhkjOPQQBMAAwHhcNMjYxMTI1MTMzNDAwWhcN
MjYxMTI2MTMzNDAwWjAAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZgvzCHoS8xQPFJFnHp8LYsu9YEo08Ike
HdBfp+KlvvBG4I/KJQurOW5lfXQQPmuUYMLQl1B4m9xmNMELfYpfGqNTMFEwHQYDVR0OBBYEFAuSOTilZJXId3sT
f0WTnXcIU54JMB8GA1UdIwQYMBaAFAuSOTilZJXId3sTf0WTnXcIU54JMA8GA1UdEwEB/wQFMAMBAf8wCQYHKoZI
zj0EAQNHADBEAiBNZLwZUwPwFFNEpy2bXRJEe03VvqOGPc6DXjgcS+JlbwIgfub7uKhIBsxkjldd0/dYLsyyYRkD
Ww10WSBc8r5XPiQ=
"""


def certificate(key, algorithm) -> bytes:
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    signed = builder.not_valid_before(FIRST).not_valid_after(LAST).sign(key, algorithm)
    return signed.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [(hashes.SHA256(), "sha256"), (hashes.SHA384(), "sha384"), (hashes.SHA512(), "sha512")],
)
def test_the_hash_is_that_of_the_signature(algorithm, name):
    der = certificate(ec.generate_private_key(ec.SECP256R1()), algorithm)
    assert end_point(der) == hashlib.new(name, der).digest()


def test_a_weak_hash_is_replaced():
    old = base64.b64decode(SHA1)
    assert end_point(old) == hashlib.sha256(old).digest()


def test_a_signature_without_a_hash_binds_nothing():
    assert end_point(certificate(ed25519.Ed25519PrivateKey.generate(), None)) == b""


@pytest.mark.parametrize("octets", [b"", b"0", b"\x30\x80" * 50])
def test_what_is_no_certificate_binds_nothing(octets):
    assert end_point(octets) == b""
