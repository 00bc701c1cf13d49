"""Each question that is asked of a certificate, with the one that it is asked for."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from smtplab.server import issuing
from smtplab.server.issuing import Issued, issue, issue_authority, issue_leaf
from smtplab.tls.chain_check import check_chain
from smtplab.tls.problems import ERROR

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "mail.test"

ROOT = issue("a root", None, [(issuing.AN_AUTHORITY, True)])


def problems(*chain: Issued, now: datetime = NOW):
    ders = [one.certificate.public_bytes(Encoding.DER) for one in chain]
    return check_chain(ders, [ROOT.certificate.public_bytes(Encoding.DER)], NAME, now)


def codes(found: Iterable) -> list[tuple[str, int]]:
    return [(problem.code, problem.index) for problem in found]


def test_nothing_is_wrong() -> None:
    between = issue_authority("between", ROOT)
    assert problems(issue_leaf((NAME,), between), between) == ()


DATES = [
    (-1, "not-yet-valid", "is not valid before 2001-01-01 00:00 UTC"),
    (0, "", ""),
    (49 * 366, "expired", "expired on 2049-12-31 00:00 UTC, "),
]


@pytest.mark.parametrize(("days", "code", "words"), DATES)
def test_dates(days: int, code: str, words: str) -> None:
    found = problems(issue_leaf((NAME,), ROOT), now=issuing.SPAN[0] + timedelta(days=days))
    assert codes(found)[:1] == ([(code, 0)] if code else [])
    assert all(words in problem.text for problem in found if problem.index == 0)


@pytest.mark.parametrize(
    ("hours", "words"), [(1, "less than a day"), (25, "1 day"), (24_001, "1,000 days")]
)
def test_how_long_ago(hours: int, words: str) -> None:
    found = problems(issue_leaf((NAME,), ROOT), now=issuing.SPAN[1] + timedelta(hours=hours))
    assert found[0].text.endswith(f", {words} ago")


def limited(length: int) -> x509.BasicConstraints:
    return x509.BasicConstraints(ca=True, path_length=length)


def test_an_authority_with_too_many_below_it() -> None:
    upper = issue_authority("upper", ROOT, constraints=limited(0))
    lower = issue_authority("lower", upper)
    assert codes(problems(issue_leaf((NAME,), lower), lower, upper)) == [("path-length", 2)]
    assert codes(problems(issue_leaf((NAME,), upper), upper)) == []


def test_an_authority_whose_key_usage_does_not_let_it_sign() -> None:
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    constraints = [(issuing.AN_AUTHORITY, True), (usage, True)]
    between = issue("between", ROOT, constraints)
    assert codes(problems(issue_leaf((NAME,), between), between)) == [("key-usage", 1)]


PURPOSES = [
    ((ExtendedKeyUsageOID.SERVER_AUTH,), True),
    ((ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH), True),
    ((ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,), True),
    ((ExtendedKeyUsageOID.CLIENT_AUTH,), False),
    ((ExtendedKeyUsageOID.CODE_SIGNING,), False),
]


@pytest.mark.parametrize(("purpose", "good"), PURPOSES)
def test_purposes(purpose, good: bool) -> None:
    found = problems(issue_leaf((NAME,), ROOT, purpose=purpose))
    assert codes(found) == ([] if good else [("purpose", 0)])


@pytest.mark.parametrize("critical", [True, False])
def test_an_unknown_extension_matters_when_it_is_critical(critical: bool) -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    found = problems(issue_leaf((NAME,), ROOT, more=[(unknown, critical)]))
    assert codes(found) == ([("critical-extension", 0)] if critical else [])
    assert all("(1.2.3.4)" in problem.text for problem in found)


@pytest.mark.parametrize("length", [1024, 2048])
def test_keys(length: int) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, length)
    found = problems(issue_leaf((NAME,), ROOT, key=key))
    assert codes(found) == ([] if length >= 2048 else [("weak-key", 0)])


def test_a_weak_signature_of_the_leaf_and_of_the_authority() -> None:
    leaf = issuing.signed_with_sha1(issue_leaf((NAME,), ROOT), ROOT)
    assert codes(problems(leaf)) == [("weak-signature", 0)]
    between = issuing.signed_with_sha1(issue_authority("between", ROOT), ROOT)
    assert codes(problems(issue_leaf((NAME,), between), between)) == [("weak-signature", 1)]


def test_everything_is_said_not_only_the_first() -> None:
    leaf = issue_leaf(("other.test",), ROOT, purpose=issuing.CLIENTS)
    found = problems(issuing.signed_with_sha1(leaf, ROOT), now=datetime(2060, 1, 1, tzinfo=UTC))
    own = [code for code, index in codes(found) if index == 0]
    assert own == ["expired", "weak-signature", "purpose", "name-mismatch"]
    assert all(problem.severity == ERROR for problem in found)
