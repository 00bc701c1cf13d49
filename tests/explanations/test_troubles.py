"""What programs say when there is no reply."""

import pytest

from smtplab.diagnosis.engine import RULES
from smtplab.explanations.troubles import TROUBLES, VERIFY, explain_saying, explain_trouble

SAID = [
    ("verify error:num=20:unable to get local issuer certificate", "certificate-untrusted"),
    ("Verify return code: 10 (certificate has expired)", "certificate-expired"),
    ("Verify return code: 62 (hostname mismatch)", "certificate-name-mismatch"),
    ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
     "certificate-untrusted"),
    ("Hostname/IP does not match certificate's altnames", "certificate-name-mismatch"),
    ("tls: failed to verify certificate: x509: certificate signed by unknown authority",
     "certificate-untrusted"),
    ("x509: certificate is valid for a.test, not b.test", "certificate-name-mismatch"),
    ("certificate is not yet valid", "certificate-not-yet-valid"),
    ("Didn't find STARTTLS in server response, trying anyway...", "starttls-missing"),
    ("*** Host did not advertise STARTTLS", "starttls-missing"),
    ("ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1000)", "not-tls"),
    ("tls: first record does not look like a TLS handshake", "not-tls"),
    ("error:0A0000BF:SSL routines::no protocols available", "tls-version"),
    ("no shared cipher", "tls-cipher"),
    ("dh key too small", "tls-weak-key"),
    ("connect to mx.test[192.0.2.1]:25: Connection refused", "no-connection"),
    ("connect ECONNREFUSED 127.0.0.1:25", "no-connection"),
    ("connect to mx.test[192.0.2.1]:25: Connection timed out", "port-blocked"),
    ("Host or domain name not found. Name service error for name=x.test type=AAAA",
     "host-unknown"),
    ("getaddrinfo ENOTFOUND smtp.x.test", "host-unknown"),
    ("lost connection with mx.test[192.0.2.1] while sending RCPT TO", "connection-lost"),
    ("read ECONNRESET", "connection-lost"),
    ("H=(x) [192.0.2.3] F=<a@b.test> rejected RCPT <c@d.test>: relay not permitted",
     "relay-denied"),
    ("+OK Dovecot ready.", "not-smtp"),
    ("SSH-2.0-OpenSSH_9.2", "not-smtp"),
    ("SMTP Error: Could not authenticate.", "auth-refused"),
    ("Status: 5.1.1", "5.1.1"),
    ("relay=none, dsn=4.4.1, status=deferred", "4.4.1"),
    ("Received: from a by b with ESMTPSA id 1", "ESMTPSA"),
    ("SSL routines:ssl3_read_bytes:sslv3 alert handshake failure", "handshake_failure"),
    ("tlsv1 alert protocol version:../ssl/record/rec_layer_s3.c:1590:SSL alert number 70",
     "protocol_version"),
    ("Received fatal alert: certificate_unknown", "certificate_unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "subject"), SAID)
def test_it_is_understood(line, subject):
    (one,) = explain_trouble(line)
    assert one.subject == subject


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "Verify return code: 0 (ok)",
        "an alert reader",
        "SSL alert number 255",
        "rejected RCPT <x>: go away",
        "Connection closed by foreign host.",
    ],
)
def test_other_lines_say_nothing(line):
    assert explain_trouble(line) == ()


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("relay access denied", "relay-denied"),
        ("spf", "spf-refused"),
        ("greylisting", "greylisted"),
        ("mailbox full", "mailbox-full"),
    ],
)
def test_the_words_of_a_refusal(words, subject):
    (one,) = explain_saying(words)
    assert one.subject == subject


@pytest.mark.parametrize("words", ["", "hello world", "refused"])
def test_words_of_nothing(words):
    assert explain_saying(words) == ()


def test_every_rule_exists():
    known = {rule.id for rule in RULES}
    assert {trouble.rule for trouble in TROUBLES} | set(VERIFY.values()) <= known
