"""The authority of a run: what is made once, and how clients' certificates are asked for."""

import ssl

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from smtplab.server import certificates
from smtplab.server.certificates import Authority


def test_each_is_made_once(authority: Authority) -> None:
    assert authority.served("good", "lab.test") is authority.served("good", "lab.test")
    assert authority.served("good", "lab.test") is not authority.served("good", "other.test")


def test_nothing_is_made_before_it_is_asked_for(monkeypatch) -> None:
    made: list[str] = []
    kinds = {
        kind: lambda ca, names, kind=kind, make=make: made.append(kind) or make(ca, names)
        for kind, make in certificates.KINDS.items()
    }
    monkeypatch.setattr(certificates, "KINDS", kinds)
    authority = Authority()
    assert made == []
    authority.served("expired", "lab.test")
    authority.context("expired", "lab.test")
    assert made == ["expired"]


def test_an_unknown_kind(authority: Authority) -> None:
    with pytest.raises(KeyError):
        authority.served("glorious", "lab.test")


def test_two_runs_have_two_authorities(authority: Authority) -> None:
    assert Authority().ca_pem != authority.ca_pem


@pytest.mark.parametrize(
    ("wish", "mode"),
    [("none", ssl.CERT_NONE), ("wanted", ssl.CERT_OPTIONAL), ("required", ssl.CERT_REQUIRED)],
)
def test_asking_for_a_certificate(authority: Authority, wish: str, mode: ssl.VerifyMode) -> None:
    context = authority.context("good", "lab.test", client_cert=wish)
    assert context.verify_mode is mode
    assert bool(context.get_ca_certs()) is (wish != "none")


def test_the_certificate_of_a_client_names_the_user(authority: Authority) -> None:
    shown = x509.load_pem_x509_certificate(authority.client("alice").chain_pem)
    (name,) = shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "alice"


@pytest.mark.parametrize(
    ("versions", "version"), [("1.2", ssl.TLSVersion.TLSv1_2), ("1.3", ssl.TLSVersion.TLSv1_3)]
)
def test_one_version_alone(authority: Authority, versions: str, version: ssl.TLSVersion) -> None:
    context = authority.context("good", "lab.test", versions)
    assert context.minimum_version == context.maximum_version == version
