"""The servers themselves, tried with clients other than ours: smtplib and swaks."""

import smtplib
import subprocess
from pathlib import Path

import pytest

from tests.servers.clients import log_in
from tests.servers.messages import DOTS, MESSAGES, RECIPIENT, SENDER, for_swaks
from tests.servers.running import (
    HOST,
    MECHANISMS,
    PASSWORD,
    USERNAME,
    MailServer,
    free_ports,
    strip_trace,
)

WAYS = ("submission", "submissions")


def connect(server: MailServer, way: str) -> smtplib.SMTP:
    """A connection of smtplib inside TLS."""
    if way == "submissions":
        port = server.ports.submissions
        return smtplib.SMTP_SSL("localhost", port, timeout=20, context=server.ssl_context())
    client = smtplib.SMTP("localhost", getattr(server.ports, way), timeout=20)
    client.starttls(context=server.ssl_context())
    return client


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_delivers_for_smtplib(mail_server: MailServer, way: str, mechanism: str):
    with connect(mail_server, way) as client:
        log_in(client, mechanism, USERNAME, PASSWORD)
        client.sendmail(SENDER, [RECIPIENT], DOTS)
    assert mail_server.take_content() == DOTS


@pytest.mark.parametrize("name", MESSAGES)
def test_keeps_every_octet(mail_server: MailServer, name: str):
    with connect(mail_server, "smtp") as client:
        client.sendmail(SENDER, [RECIPIENT], MESSAGES[name], ["BODY=8BITMIME"])
    assert mail_server.take_content() == MESSAGES[name]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_delivers_for_swaks(
    mail_server: MailServer, way: str, mechanism: str, swaks: str, tmp_path: Path
):
    file = tmp_path / "message"
    file.write_bytes(for_swaks(DOTS))
    done = subprocess.run(
        [
            swaks, "--server", HOST, "--port", str(getattr(mail_server.ports, way)),
            "--tls" if way == "submission" else "--tls-on-connect",
            "--tls-verify", "--tls-ca-path", str(mail_server.identity.ca_file),
            "--auth", mechanism, "--auth-user", USERNAME, "--auth-password", PASSWORD,
            "--from", SENDER, "--to", RECIPIENT, "--ehlo", "client.lab.test",
            "--data", f"@{file}", "--timeout", "20",
        ],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert mail_server.take_content() == DOTS


def test_wants_a_login_on_submission(mail_server: MailServer):
    for way in WAYS:
        with connect(mail_server, way) as client, pytest.raises(smtplib.SMTPException):
            client.sendmail(SENDER, [RECIPIENT], DOTS)


def test_refuses_a_wrong_password(mail_server: MailServer):
    with connect(mail_server, "submission") as client:
        with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
            client.login(USERNAME, "wrong")
        assert caught.value.smtp_code == 535


def test_offers_no_login_before_tls(mail_server: MailServer):
    with smtplib.SMTP("localhost", mail_server.ports.smtp, timeout=20) as client:
        client.ehlo()
        assert client.has_extn("starttls")
        assert client.has_extn("auth") == ("auth-before-tls" in mail_server.odd)


@pytest.mark.parametrize(
    ("stored", "rest"),
    [
        (b"Received: a\n\tb\nSubject: x\n\ny\n", b"Subject: x\n\ny\n"),
        (b"Return-Path: <a>\nDelivered-To: b\nReceived: c\n d\n\nbody\n", b"\nbody\n"),
        (b"Subject: x\nReceived: theirs\n\n", b"Subject: x\nReceived: theirs\n\n"),
    ],
)
def test_takes_only_the_trace_off(stored: bytes, rest: bytes):
    assert strip_trace(stored) == rest


def test_ports_differ():
    assert len(set(free_ports(20))) == 20
