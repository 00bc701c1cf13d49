"""Names: what an asterisk stands for, and what an authority may issue for."""

import ipaddress
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from smtplab.server.issuing import issue, issue_authority, issue_leaf
from smtplab.tls.chain_check import check_chain
from smtplab.tls.chain_names import matches

NOW = datetime(2026, 1, 1, tzinfo=UTC)

MATCHES = [
    ("mail.test", "mail.test", True),
    ("MAIL.test", "mail.TEST", True),
    ("mail.test.", "mail.test", True),
    ("mail.test", "a.mail.test", False),
    ("*.mail.test", "a.mail.test", True),
    ("*.mail.test", "mail.test", False),
    ("*.mail.test", "a.b.mail.test", False),
    ("*.test", "mail.test", False),
    ("*", "mail", False),
    ("a*.mail.test", "ab.mail.test", False),
    ("a.*.test", "a.mail.test", False),
    ("127.0.0.1", "127.0.0.1", True),
    ("127.0.0.1", "127.0.0.2", False),
    ("::1", "[0:0:0:0:0:0:0:1]", True),
    ("*.0.0.1", "127.0.0.1", False),
    ("", "mail.test", False),
]


@pytest.mark.parametrize(("pattern", "name", "fits"), MATCHES)
def test_matches(pattern: str, name: str, fits: bool) -> None:
    assert matches(pattern, name) is fits


def problems(names: tuple[str, ...], dialled: str, *, permitted=None, excluded=None):
    root = issue("a root", None, [(x509.BasicConstraints(ca=True, path_length=None), True)])
    issuer = root
    sent = []
    if permitted or excluded:
        limits = x509.NameConstraints(permitted, excluded)
        issuer = issue_authority("limited", root, more=[(limits, True)])
        sent = [issuer]
    leaf = issue_leaf(names, issuer)
    ders = [one.certificate.public_bytes(Encoding.DER) for one in (leaf, *sent)]
    return check_chain(ders, [root.certificate.public_bytes(Encoding.DER)], dialled, NOW)


DNS, IP = x509.DNSName, x509.IPAddress
NETWORK = ipaddress.ip_network("127.0.0.0/8")

CONSTRAINED = [
    (["a.mail.test"], [DNS("mail.test")], None, True),
    (["mail.test"], [DNS("mail.test")], None, True),
    (["mail.test"], [DNS(".mail.test")], None, True),
    (["email.test"], [DNS("mail.test")], None, False),
    (["a.mail.test", "b.test"], [DNS("mail.test")], None, False),
    (["A.MAIL.TEST"], [DNS("mail.test")], None, True),
    (["mail.test"], None, [DNS("mail.test")], False),
    (["b.test"], None, [DNS("mail.test")], True),
    (["127.0.0.1"], [IP(NETWORK)], None, True),
    (["128.0.0.1"], [IP(NETWORK)], None, False),
    (["128.0.0.1"], [DNS("mail.test")], None, True),
    (["::1"], [IP(NETWORK)], None, False),
    (["127.0.0.1"], None, [IP(NETWORK)], False),
    (["mail.test"], [IP(NETWORK)], None, True),
    (["mail.test"], [DNS("")], None, True),
]


@pytest.mark.parametrize(("names", "permitted", "excluded", "good"), CONSTRAINED)
def test_name_constraints(names, permitted, excluded, good: bool) -> None:
    found = problems(tuple(names), names[0], permitted=permitted, excluded=excluded)
    assert [p.code for p in found] == ([] if good else ["name-constraint"])
    assert all(p.index == 1 for p in found)


WORDS = [
    (("mail.test",), "other.test", "the certificate is for mail.test, and you dialled other.test"),
    (("m*.test",), "mail.test", "whole first label (RFC 9525 §6.3)"),
    (("m*.test",), "other.test", "the certificate is for m*.test, and you dialled other.test"),
    (("[a]*.test",), "a.test", "and you dialled a.test"),
    (tuple(f"h{i}.test" for i in range(9)), "a.test", "h3.test, h4.test and 4 more, and you"),
    ((), "a.test", "the certificate is for CN a server of the lab, and you dialled a.test"),
]


@pytest.mark.parametrize(("names", "dialled", "words"), WORDS)
def test_a_mismatch_in_words(names: tuple[str, ...], dialled: str, words: str) -> None:
    (problem,) = problems(names, dialled)
    assert problem.code == "name-mismatch"
    assert problem.text.endswith(words) or words in problem.text


def test_a_name_in_the_cn_alone() -> None:
    (problem,) = problems((), "a server of the lab")
    assert problem.code == "cn-only"
