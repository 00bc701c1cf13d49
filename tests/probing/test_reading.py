"""From records to reports: what each line says and how it is marked."""

import ssl
from datetime import timedelta

import pytest
import trustme

from smtplab.client.settings import Security
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.probing.reading import MOST_SAID, ROWS, days_in_words, read
from smtplab.probing.report import AddressReport, InjectionReport, Mark, PortReport
from smtplab.tls.certificates import read_certificate
from smtplab.tls.events import ChainChecked, TlsUp
from smtplab.transcript.entries import Transcript
from tests.diagnosis.conftest import record, transcript_of
from tests.diagnosis.events_of import DELIVERED, OPENED, UP, chain, ehlo, failed
from tests.fakes import FIN, NOON


def report(transcript: Transcript, **more: object) -> PortReport:
    return read(transcript, NOON, host="fake.test", port=25, security="starttls", **more)  # type: ignore[arg-type]


async def played(**answers: bytes) -> PortReport:
    return report(await transcript_of({"security": Security.PLAIN}, **answers))


def marks(one: PortReport) -> dict[str, Mark]:
    return {stage.stage: stage.mark for stage in one.stages}


def texts(one: PortReport) -> dict[str, str]:
    return {stage.stage: stage.text for stage in one.stages}


async def test_a_good_server():
    one = await played()
    assert one.mark is Mark.NOTICE
    assert one.answered
    assert marks(one) == {
        "connect": Mark.GOOD,
        "greeting": Mark.GOOD,
        "ehlo": Mark.GOOD,
        "starttls": Mark.NOTICE,
        "tls": Mark.NOT_REACHED,
        "injection": Mark.NOT_REACHED,
        "certificate": Mark.NOT_REACHED,
        "ehlo-tls": Mark.NOT_REACHED,
        "auth": Mark.GOOD,
        "limits": Mark.GOOD,
        "quit": Mark.GOOD,
    }
    said = texts(one)
    assert said["greeting"] == "220 fake.test ESMTP"
    assert said["ehlo"].startswith("fake.test offers SIZE 1000000, 8BITMIME, AUTH PLAIN")
    assert said["starttls"] == "not offered"
    assert said["auth"] == "in the clear PLAIN LOGIN CRAM-MD5"
    assert said["limits"].startswith("messages up to 1,000,000 octets; has 8BITMIME; lacks ")
    assert said["quit"] == "221 bye"


async def test_clear_text_alone_is_bad_where_mail_is_handed_in():
    one = read(await transcript_of({}), NOON, host="x", port=587, security="starttls")
    assert marks(one)["starttls"] is Mark.BAD
    assert texts(one)["starttls"] == "not offered"


@pytest.mark.parametrize(
    ("answers", "stage", "mark"),
    [
        ({"greeting": b"554 no\r\n"}, "greeting", Mark.BAD),
        ({"greeting": FIN}, "greeting", Mark.BAD),
        ({"EHLO": b"550 no\r\n"}, "ehlo", Mark.BAD),
        ({"EHLO": b"250-x\r\n250 SIZE lots\r\n"}, "limits", Mark.NOTICE),
        ({"EHLO": b"250-x\r\n250 AUTH=PLAIN\r\n"}, "auth", Mark.NOTICE),
        ({"EHLO": b"250-x\n250 y\r\n"}, "ehlo", Mark.NOTICE),
        ({"QUIT": FIN}, "quit", Mark.NOTICE),
    ],
)
async def test_what_is_wrong_is_marked_where_it_is(answers, stage, mark):
    assert marks(await played(**answers))[stage] is mark


def test_no_address_answers():
    one = report(record([failed(), failed(address="2001:db8::1"), DELIVERED]))
    assert not one.answered
    assert [a.family for a in one.addresses] == ["IPv4", "IPv6"]
    assert marks(one)["connect"] is Mark.BAD
    assert "connection refused" in texts(one)["connect"]


def test_other_addresses_are_listed():
    more = [AddressReport("2001:db8::1", None, "no route"), AddressReport("192.0.2.9", 0.25)]
    one = report(record([OPENED, DELIVERED]), more=more)
    assert texts(one)["connect"] == (
        "192.0.2.2 in 10.0 ms; 2001:db8::1: no route; 192.0.2.9 in 250.0 ms"
    )


def test_before_and_inside_are_compared():
    one = report(record([OPENED, ehlo(b"STARTTLS", b"DSN"), UP, ehlo(b"AUTH PLAIN"), DELIVERED]))
    assert one.before is not None
    assert one.inside is not None
    assert one.offers is one.inside
    assert texts(one)["tls"] == "TLS 1.3, TLS_AES_256_GCM_SHA384"
    assert texts(one)["auth"] == "in the clear none; inside TLS PLAIN"
    assert marks(one)["ehlo-tls"] is Mark.NOTICE


def test_a_bad_chain_is_the_certificates_fault():
    one = report(record([OPENED, chain("expired", binding=False), UP, DELIVERED]))
    assert marks(one)["certificate"] is Mark.BAD
    assert marks(one)["tls"] is Mark.GOOD
    assert [f.rule for f in one.findings] == ["certificate-expired"]


@pytest.mark.parametrize(
    ("days", "mark", "words"),
    [
        (90, Mark.GOOD, "90 days left"),
        (5, Mark.NOTICE, "5 days left"),
        (-3, Mark.NOTICE, "expired 2 days ago"),
    ],
)
def test_days_left(days, mark, words):
    pem = trustme.CA().issue_cert("fake.test").cert_chain_pems[0].bytes().decode()
    der = ssl.PEM_cert_to_DER_cert(pem)
    certificate = read_certificate(der)
    assert certificate is not None
    checked = ChainChecked("fake.test", (der,), (), True)
    now = certificate.not_after - timedelta(days=days)
    up = TlsUp("TLS 1.2", "ECDHE-RSA-AES256-GCM-SHA384", 256, "fake.test")
    one = read(
        record([OPENED, checked, up, DELIVERED]), now, host="x", port=25, security="implicit"
    )
    assert words in texts(one)["certificate"]
    assert marks(one)["certificate"] is mark
    assert one.chain[0].days_left == days


def test_every_row_has_a_name_of_its_own():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("versions", "mark", "words"),
    [
        ({}, Mark.GOOD, "TLS_AES_256_GCM_SHA384"),
        ({"1.1": False, "1.2": True, "1.3": True}, Mark.GOOD, "takes 1.2, 1.3"),
        ({"1.0": False, "1.1": True, "1.2": True}, Mark.NOTICE, "takes 1.1, 1.2"),
    ],
)
def test_versions_out_of_use_are_worth_a_word(versions, mark, words):
    one = report(record([OPENED, UP, DELIVERED]), versions=versions)
    assert marks(one)["tls"] is mark
    assert texts(one)["tls"].endswith(words)
    assert one.versions == versions


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (1, "1 day left"),
        (0, "0 days left"),
        (-1, "expired 0 days ago"),
        (-2, "expired 1 day ago"),
        (400_000, "400,000 days left"),
    ],
)
def test_days_in_words(left, words):
    assert days_in_words(left) == words


def test_each_certificate_of_the_chain_is_told():
    chain = trustme.CA().issue_cert("fake.test").cert_chain_pems
    authority = trustme.CA().cert_pem
    ders = tuple(ssl.PEM_cert_to_DER_cert(one.bytes().decode()) for one in (chain[0], authority))
    checked = ChainChecked("fake.test", ders, (), True)
    said = texts(report(record([OPENED, checked, UP, DELIVERED])))["certificate"]
    assert said.startswith("for fake.test, by ")
    assert said.count("days left") == 2


@pytest.mark.parametrize("mark", [Mark.GOOD, Mark.NOTICE, Mark.BAD])
def test_the_injection_has_a_line_of_its_own(mark):
    finding = Finding("injection-obeyed", Severity.ERROR, "cause", "change", "clause", ())
    tried = InjectionReport(mark, "words", finding if mark is Mark.BAD else None)
    one = report(record([OPENED, UP, DELIVERED]), injection=tried)
    assert (marks(one)["injection"], texts(one)["injection"]) == (mark, "words")
    assert (finding in one.findings) is (mark is Mark.BAD)
    assert marks(report(record([OPENED, UP, DELIVERED])))["injection"] is Mark.NOT_REACHED


async def test_where_nothing_was_said_the_finding_tells_why():
    assert texts(await played(greeting=FIN))["greeting"].startswith("The connection was closed")
    assert "221" in texts(await played(QUIT=FIN))["quit"]


@pytest.mark.parametrize(("port", "mark"), [(25, Mark.NOTICE), (587, Mark.BAD)])
async def test_starttls_that_is_offered_and_not_done(port, mark):
    answers = {"EHLO": b"250-x\r\n250 STARTTLS\r\n", "STARTTLS": b"454 4.7.0 not now\r\n"}
    transcript = await transcript_of({"security": Security.OPPORTUNISTIC}, **answers)
    one = read(transcript, NOON, host="x", port=port, security="starttls")
    assert marks(one)["starttls"] is mark
    assert texts(one)["starttls"] == "454 4.7.0 not now"


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_of_another_service_only_its_first_words_are_told(words):
    one = await played(greeting=words)
    assert [finding.rule for finding in one.findings] == ["not-smtp"]
    assert {name for name, mark in marks(one).items() if mark is not Mark.NOT_REACHED} == {
        "connect",
        "greeting",
    }


async def test_long_words_are_cut():
    one = await played(greeting=b"220-" + b"x" * 5000 + b"\r\n220 ok\r\n")
    assert len(texts(one)["greeting"]) == MOST_SAID + 2
