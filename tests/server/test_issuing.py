"""Certificates made by hand: what stands in them, and the SHA-1 that no library signs any more."""

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from smtplab.server.issuing import (
    NOT_AN_AUTHORITY,
    der,
    general_name,
    issue,
    issue_authority,
    issue_leaf,
    signed_with_sha1,
)


def test_a_leaf_names_its_key_and_its_issuer_s() -> None:
    issuer = issue("a root", None, [])
    leaf = issue_leaf(("mail.test", "127.0.0.1"), issuer).certificate
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    authority = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    assert authority.value.key_identifier == identifier.value.digest
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["mail.test"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    leaf.verify_directly_issued_by(issuer.certificate)


def test_without_names_there_is_only_the_common_one() -> None:
    leaf = issue_leaf((), None, common_name="localhost").certificate
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert leaf.subject.rfc4514_string() == leaf.issuer.rfc4514_string() == "CN=localhost"


@pytest.mark.parametrize(("constraints", "may"), [(None, True), (NOT_AN_AUTHORITY, False)])
def test_an_authority_may_sign_and_what_is_none_may_not(constraints, may: bool) -> None:
    root = issue("a root", None, [])
    wishes = {"constraints": constraints} if constraints else {}
    between = issue_authority("between", root, **wishes).certificate
    found = between.extensions.get_extension_for_class(x509.BasicConstraints)
    assert found.value.ca is may
    assert any(isinstance(one.value, x509.KeyUsage) for one in between.extensions) is may


def test_sha1_is_signed_rightly() -> None:
    root = issue("a root", None, [])
    leaf = signed_with_sha1(issue_leaf(("mail.test",), root), root).certificate
    assert isinstance(leaf.signature_hash_algorithm, hashes.SHA1)
    key = root.key.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(leaf.signature, leaf.tbs_certificate_bytes, ec.ECDSA(hashes.SHA1()))
    with pytest.raises(InvalidSignature):
        key.verify(leaf.signature, leaf.tbs_certificate_bytes + b" ", ec.ECDSA(hashes.SHA1()))


@pytest.mark.parametrize(
    ("length", "head"),
    [(0, "0400"), (127, "047f"), (128, "048180"), (255, "0481ff"), (256, "04820100"),
     (65536, "0483010000")],
)  # fmt: skip
def test_lengths_of_der(length: int, head: str) -> None:
    assert der(4, bytes(length)) == bytes.fromhex(head) + bytes(length)


@given(st.ip_addresses())
def test_addresses_are_no_names(address) -> None:
    assert general_name(str(address)) == x509.IPAddress(address)


@pytest.mark.parametrize("name", ["localhost", "mail.test", "*.mail.test", "1.2.3.4.test"])
def test_names(name: str) -> None:
    assert general_name(name) == x509.DNSName(name)
