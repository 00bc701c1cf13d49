"""`smtplab probe` at real servers: a good one is good, and nothing is sent."""

import json
from typing import Any

import pytest

from tests.servers.clients import smtplab
from tests.servers.running import MailServer

pytestmark = pytest.mark.real


def probe(server: MailServer, way: str, *options: str) -> tuple[int, dict[str, Any]]:
    scheme = "smtps" if way == "submissions" else "smtp"
    target = f"{scheme}://localhost:{getattr(server.ports, way)}"
    ran = smtplab("probe", target, "--json", *options)
    (port,) = json.loads(ran.output)["ports"]
    return ran.code, port


@pytest.mark.parametrize("way", ["smtp", "submission", "submissions"])
def test_a_good_server_is_good(mail_server: MailServer, way: str):
    code, port = probe(mail_server, way, "--ca-file", str(mail_server.identity.ca_file))
    assert code == 0
    assert {finding["rule"] for finding in port["findings"]} <= set(mail_server.odd)
    # That old versions of TLS are taken, as these servers do here, is worth a notice.
    verdicts = {s["verdict"] for s in port["stages"] if s["stage"] != "tls"}
    assert verdicts <= {"good", "not reached", *(["notice"] if mail_server.odd else [])}
    assert port["tls"]["version"] == "TLS 1.3"
    offer = port["ehlo_tls"]
    assert "PLAIN" in offer["auth"]
    assert port["certificates"][0]["days_left"] > 0


def test_an_authority_that_nobody_knows(mail_server: MailServer):
    code, port = probe(mail_server, "submission")
    assert code == 29
    found = [finding["rule"] for finding in port["findings"]]
    assert [rule for rule in found if rule not in mail_server.odd] == ["certificate-untrusted"]
    assert port["ehlo_tls"] is not None


@pytest.mark.parametrize("way", ["smtp", "submission"])
def test_nothing_from_before_tls_is_obeyed(mail_server: MailServer, way: str):
    ca_file = str(mail_server.identity.ca_file)
    code, port = probe(mail_server, way, "--ca-file", ca_file, "--test-injection")
    assert code == 0
    (verdict,) = (s["verdict"] for s in port["stages"] if s["stage"] == "injection")
    assert verdict == "good"
