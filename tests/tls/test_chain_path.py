"""The path from what was sent to what is trusted, and the words when there is none."""

import re
import ssl
from datetime import UTC, datetime

import pytest
import trustme
from cryptography import x509

from smtplab.tls.chain_check import check_chain
from smtplab.tls.chain_path import build_path, signed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ders(*pems: bytes) -> list[bytes]:
    text = b"".join(pems).decode()
    found = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----", text, re.DOTALL)
    return [ssl.PEM_cert_to_DER_cert(one) for one in found]


@pytest.fixture(scope="module")
def family() -> list[trustme.CA]:
    """A root, its child, and the child's child."""
    root = trustme.CA()
    child = root.create_child_ca()
    return [root, child, child.create_child_ca()]


def parts(family: list[trustme.CA]) -> dict[str, bytes]:
    """Each certificate by a letter: leaf, grandchild, child, root, and a stranger."""
    leaf, grandchild, child = (
        blob.bytes() for blob in family[2].issue_cert("localhost").cert_chain_pems
    )
    found = {
        "l": leaf,
        "g": grandchild,
        "c": child,
        "r": family[0].cert_pem.bytes(),
        "x": trustme.CA().cert_pem.bytes(),
    }
    return {letter: ders(pem)[0] for letter, pem in found.items()}


CHAINS = [
    ("lgc", "r", []),
    ("lgcr", "r", []),
    ("lcg", "r", [("wrong-order", 0)]),
    ("lgcx", "r", [("unused-certificate", 3)]),
    ("lg", "r", [("unknown-issuer", 1)]),
    ("lc", "r", [("unknown-issuer", 0), ("unused-certificate", 1)]),
    ("l", "r", [("unknown-issuer", 0)]),
    ("lgcr", "x", [("untrusted-root", 3)]),
    ("lgc", "x", [("unknown-issuer", 2)]),
    ("lg", "c", []),
    ("l", "g", []),
    ("lgc", "", [("unknown-issuer", 2)]),
    ("lgclgc", "r", [("unused-certificate", twice) for twice in (3, 4, 5)]),
    ("r", "x", [("self-signed", 0)]),
]


@pytest.mark.parametrize(("sent", "trusted", "expected"), CHAINS)
def test_paths(family, sent: str, trusted: str, expected: list[tuple[str, int]]) -> None:
    known = parts(family)
    name = "localhost"
    found = check_chain([known[c] for c in sent], [known[c] for c in trusted], name, NOW)
    about_names = ("name-mismatch", "purpose", "no-key-identifiers")
    assert [(p.code, p.index) for p in found if p.code not in about_names] == expected


def test_no_chain_and_none_that_can_be_read() -> None:
    assert [p.code for p in check_chain([], [], "a", NOW)] == ["empty-chain"]
    assert [p.code for p in check_chain([b"x"], [], "a", NOW)] == ["unreadable"]


def test_a_signature_of_somebody_with_the_same_name() -> None:
    one, other = (trustme.CA(organization_name="o", organization_unit_name="u") for _ in "ab")
    leaf = one.issue_cert("localhost").cert_chain_pems[0].bytes()
    chain = ders(leaf, other.cert_pem.bytes())
    codes = [p.code for p in check_chain(chain, [], "localhost", NOW)]
    assert codes[0] == "bad-signature"


def test_a_ring_of_issuers_comes_to_an_end(family) -> None:
    known = parts(family)
    sent = [(i, x509.load_der_x509_certificate(known[c])) for i, c in enumerate("gcgcgc")]
    path, problems = build_path(sent, [])
    assert len(path) <= len(sent)
    assert problems


def test_who_signed(family) -> None:
    known = {c: x509.load_der_x509_certificate(der) for c, der in parts(family).items()}
    assert signed(known["l"], known["g"])
    assert not signed(known["l"], known["c"])
    assert signed(known["r"], known["r"])
