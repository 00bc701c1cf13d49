"""Every kind of certificate before OpenSSL, the judge, and before our own check, the explainer."""

import re
import ssl
from datetime import UTC, datetime
from typing import get_args

import pytest

from smtplab.scenarios.model import Certificate
from smtplab.server.certificate_kinds import KINDS, LONG_CHAIN
from smtplab.server.certificates import Authority
from smtplab.tls.chain_check import check_chain
from smtplab.tls.problems import ERROR
from tests.architecture.shape import ROOT

NAME = "localhost"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

ACCEPTED = ("good", "intermediate", "wildcard", "ed25519", "huge-chain", "wrong-order")

# Kind, what OpenSSL says (its code of X509_V_ERR), and ours: the problem, and whose it is.
REFUSED = [
    ("expired", 10, "expired", 0),
    ("not-yet-valid", 9, "not-yet-valid", 0),
    ("wrong-host", 62, "name-mismatch", 0),
    ("wildcard-partial", 62, "name-mismatch", 0),
    ("ip-only", 62, "name-mismatch", 0),
    ("cn-only", 62, "cn-only", 0),
    ("self-signed", 18, "self-signed", 0),
    ("unknown-ca", 20, "unknown-issuer", 0),
    ("missing-intermediate", 20, "unknown-issuer", 0),
    ("expired-intermediate", 10, "expired", 1),
    ("not-a-ca", 79, "not-a-ca", 1),
    ("name-constraint", 47, "name-constraint", 1),
    ("client-only", 26, "purpose", 0),
    ("critical-unknown-extension", 34, "critical-extension", 0),
    ("rsa-1024", 66, "weak-key", 0),
    ("sha1", 68, "weak-signature", 0),
]

VERSIONS = ["1.2", "1.3"]


def judged(authority: Authority, kind: str, version: str = "any", name: str = NAME) -> int:
    """OpenSSL's verdict on a handshake in memory: 0, or the code of what it found first."""
    context = ssl.create_default_context(cadata=authority.ca_pem.decode())
    context.set_ciphers("DEFAULT:@SECLEVEL=2")
    context.hostname_checks_common_name = False
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname=name)
    shown = authority.context(kind, "lab.test", version)
    server = shown.wrap_bio(to_server, to_client, server_side=True)
    done = 0
    for side in [client, server] * 4:
        try:
            side.do_handshake()
            done += 1
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as error:
            return error.verify_code
    assert done >= 2
    return 0


def chain(authority: Authority, kind: str) -> list[bytes]:
    pem = authority.served(kind, "lab.test").chain_pem.decode()
    found = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----", pem, re.DOTALL)
    return [ssl.PEM_cert_to_DER_cert(one) for one in found]


def problems(authority: Authority, kind: str, name: str = NAME):
    root = ssl.PEM_cert_to_DER_cert(authority.ca_pem.decode())
    return check_chain(chain(authority, kind), [root], name, NOW)


def test_every_kind_is_in_a_table_and_may_be_named_in_a_file() -> None:
    assert (
        [*ACCEPTED, *(kind for kind, *_ in REFUSED)] == list(KINDS) == list(get_args(Certificate))
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ACCEPTED)
def test_accepted(authority: Authority, kind: str, version: str) -> None:
    assert judged(authority, kind, version) == 0
    assert [p for p in problems(authority, kind) if p.severity == ERROR] == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("kind", "code", "problem", "index"), REFUSED)
def test_refused(authority, kind: str, code: int, problem: str, index: int, version: str) -> None:
    assert judged(authority, kind, version) == code
    found = [(p.code, p.index) for p in problems(authority, kind)]
    assert found == [(problem, index)], "one fault, and no other"


@pytest.mark.parametrize("kind", [kind for kind, *_ in REFUSED if kind != "wildcard-partial"])
@pytest.mark.parametrize("name", ["127.0.0.1", "lab.test", "mail.other.test"])
def test_both_agree_on_other_names_too(authority: Authority, kind: str, name: str) -> None:
    errors = [p for p in problems(authority, kind, name) if p.severity == ERROR]
    assert bool(errors) == bool(judged(authority, kind, name=name))


@pytest.mark.parametrize(
    ("name", "good"),
    [("mx.lab.test", True), ("MX.LAB.TEST", True), ("lab.test", False), ("a.b.lab.test", False),
     ("localhost", True), ("127.0.0.1", True), (".lab.test", False)],
)  # fmt: skip
def test_wildcard(authority: Authority, name: str, good: bool) -> None:
    assert problems(authority, "wildcard", name) is not good
    if name[0] != ".":
        assert (judged(authority, "wildcard", name=name) == 0) is good


def test_ip_only_is_good_for_the_address(authority: Authority) -> None:
    assert judged(authority, "ip-only", name="::1") == 0
    assert problems(authority, "ip-only", "::1") == ()


def test_the_order_is_wrong_and_the_chain_good(authority: Authority) -> None:
    assert [(p.code, p.severity) for p in problems(authority, "wrong-order")] == [
        ("wrong-order", "warning")
    ]


def test_the_huge_chain_is_huge(authority: Authority) -> None:
    sent = chain(authority, "huge-chain")
    assert len(sent) == LONG_CHAIN + 1
    assert sum(map(len, sent)) > 1 << 14, "more than a record of TLS"


def test_the_host_of_a_scenario_is_in_every_good_one() -> None:
    authority = Authority()
    context = ssl.create_default_context(cadata=authority.ca_pem.decode())
    assert context.check_hostname
    for kind in ACCEPTED:
        pem = authority.served(kind, "smtp.provider.test").chain_pem.decode()
        found = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----", pem, re.DOTALL)
        root = ssl.PEM_cert_to_DER_cert(authority.ca_pem.decode())
        ders = [ssl.PEM_cert_to_DER_cert(one) for one in found]
        assert all(
            p.severity != ERROR for p in check_chain(ders, [root], "smtp.provider.test", NOW)
        ), kind


def test_the_document_tells_of_every_kind() -> None:
    text = (ROOT / "docs" / "certificates.md").read_text("utf-8")
    assert f"{len(KINDS)} kinds" in text
    assert all(f"| `{kind}` |" in text for kind in KINDS)
