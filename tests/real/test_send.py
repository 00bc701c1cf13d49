"""`smtplab send`, as a user calls it, against Postfix, Exim and smtp-server."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from smtplab.client.events import Ended
from smtplab.protocol.events import AuthExchanged, CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.message_data import from_wire
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import AlertSeen, ChainChecked, HandshakeMessage, TlsUp
from tests.real.sending import Sender
from tests.servers.clients import Ran
from tests.servers.messages import DOTS, MESSAGES, RECIPIENT
from tests.servers.running import DOMAIN, MECHANISMS, PASSWORD, USERNAME, MailServer, wait_until

WAYS = ("submission", "submissions")

UNKNOWN_CA, BAD_CERTIFICATE = 48, 42

IN_TLS = ("ehlo-tls", "auth", "mail", "rcpt", "data", "content", "quit")


def in_a_process(*words: str) -> Ran:
    """`smtplab WORDS` as a user runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "smtplab", *words],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr.decode("utf-8"))


@pytest.fixture
def send(mail_server: MailServer, tmp_path: Path) -> Sender:
    """The command, pointed at each server in turn."""
    return Sender(tmp_path, mail_server)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_delivers_with_a_login(mail_server: MailServer, send: Sender, way: str, mechanism: str):
    sent = send(way, "--auth", mechanism, password=PASSWORD)
    assert sent.code == 0
    assert sent.errors == ""
    assert mail_server.take_content() == DOTS
    result = sent.result
    assert (result["outcome"], result["stage"]) == ("delivered", "content")
    assert set(sent.rules()) <= set(mail_server.odd)
    assert result["reply"]["code"] == 250
    (recipient,) = result["recipients"]
    assert (recipient["recipient"], recipient["outcome"]) == (RECIPIENT, "delivered")
    assert result["tls"]["version"] == "TLS 1.3"
    assert result["tls"]["problems"] == []
    assert "localhost" in result["tls"]["certificates"][0]["names"]


def test_a_process_of_its_own_does_the_same(mail_server: MailServer, send: Sender):
    sent = send("submission", password=PASSWORD, run=in_a_process)
    assert (sent.code, sent.errors) == (0, "")
    assert sent.result["outcome"] == "delivered"
    assert mail_server.take_content() == DOTS
    sent = send("submission", password="wrong", run=in_a_process)
    assert (sent.code, sent.result["outcome"]) == (28, "rejected")


@pytest.mark.parametrize("way", WAYS)
def test_the_record_tells_every_stage(send: Sender, way: str):
    sent = send(way, "--auth", "PLAIN", password=PASSWORD)
    before = {
        "submission": ["connect", "greeting", "ehlo", "starttls", "tls", *IN_TLS],
        "submissions": ["connect", "tls", "greeting", "ehlo", *IN_TLS[1:]],
    }
    assert sent.stages() == before[way]
    transcript = sent.transcript
    hello = ["EHLO", "STARTTLS", "EHLO"] if way == "submission" else ["EHLO"]
    verbs = [verb.value for verb in sent.verbs()]
    assert verbs == [*hello, "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    codes = [event.reply.code for _, event in transcript.of(ReplyReceived)]
    through_tls = [220, 250] if way == "submission" else []
    assert codes == [220, 250, *through_tls, 235, 250, 250, 354, 250, 221]
    kinds = {message.data[0] for _, message in transcript.of(HandshakeMessage)}
    assert kinds >= {1, 2, 8, 11, 15, 20}
    assert len(list(transcript.of(TlsUp))) == 1
    (check,) = (event for _, event in transcript.of(ChainChecked))
    assert check.problems == ()
    (content,) = (event for _, event in transcript.of(ContentSent))
    assert from_wire(content.raw) == DOTS
    (ended,) = (event for _, event in transcript.of(Ended))
    assert ended.outcome.verdict.value == "delivered"


@pytest.mark.parametrize("way", WAYS)
def test_all_that_is_secret_crossed_the_wire_encrypted(send: Sender, way: str):
    sent = send(way, password=PASSWORD)
    for entry in sent.transcript:
        if entry.stage in IN_TLS[1:] and isinstance(entry.event, CommandSent | ContentSent):
            assert entry.encrypted


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_record_explains_the_login_and_keeps_no_password(send: Sender, mechanism: str):
    sent = send("submission", "--auth", mechanism, password=PASSWORD)
    exchanged = [event.message for _, event in sent.transcript.of(AuthExchanged)]
    assert {message.mechanism for message in exchanged} == {mechanism}
    assert any(part.label == "user" for message in exchanged for part in message.parts)
    parts = [part for message in exchanged for part in message.parts]
    # CRAM-MD5 sends no password, in whatever form.
    assert any(part.secret for part in parts) == (mechanism != "CRAM-MD5")
    shown = [step.value for message in exchanged for step in message.derivations]
    assert not any(PASSWORD in value for value in shown)
    octets = PASSWORD.encode()
    assert not any(octets in message.data for message in exchanged)
    whole = b"\0" + USERNAME.encode() + b"\0" + octets
    for secret in (whole, octets):
        assert base64.b64encode(secret).decode() not in sent.record


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("security", ["plain", "starttls"])
def test_keeps_every_octet_without_a_login(
    mail_server: MailServer, send: Sender, name: str, security: str
):
    sent = send("smtp", "--tls", security, content=MESSAGES[name])
    assert (sent.code, sent.result["outcome"]) == (0, "delivered")
    assert (sent.result["tls"] is None) == (security == "plain")
    assert mail_server.take_content() == MESSAGES[name]


def test_sends_a_file_with_lone_line_feeds_as_the_protocol_wants_it(
    mail_server: MailServer, send: Sender
):
    sent = send("smtp", content=DOTS.replace(b"\r\n", b"\n"))
    assert sent.code == 0
    assert mail_server.take_content() == DOTS


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_wrong_password_is_rejected_at_auth(
    mail_server: MailServer, send: Sender, mechanism: str
):
    sent = send("submission", "--auth", mechanism, password="wrong")
    assert sent.code == 28
    result = sent.result
    assert (result["outcome"], result["stage"]) == ("rejected", "auth")
    assert result["reply"]["code"] == 535
    assert [rule for rule in sent.rules() if rule not in mail_server.odd] == ["auth-refused"]
    assert Verb.MAIL not in sent.verbs()
    assert sent.verbs()[-1] is Verb.QUIT


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("options", "trusting", "rule", "alert"),
    [
        ((), False, "certificate-untrusted", UNKNOWN_CA),
        (("--server-name", "other.test"), True, "certificate-name-mismatch", BAD_CERTIFICATE),
    ],
    ids=["untrusted", "wrong name"],
)
def test_a_bad_certificate_is_refused_before_the_login(
    mail_server: MailServer,
    send: Sender,
    way: str,
    options: tuple[str, ...],
    trusting: bool,
    rule: str,
    alert: int,
):
    sent = send(way, *options, password=PASSWORD, trusting=trusting)
    assert sent.code == 29
    assert (sent.result["outcome"], sent.result["stage"]) == ("refused", "tls")
    assert [found for found in sent.rules() if found not in mail_server.odd] == [rule]
    ours = [event for _, event in sent.transcript.of(AlertSeen) if event.from_client]
    assert [(event.level, event.description) for event in ours] == [(2, alert)]
    assert not list(sent.transcript.of(AuthExchanged))


def test_the_alert_of_a_refusal_reaches_the_server(postfix: MailServer, tmp_path: Path):
    # Not Exim: OpenSSL's client sends this alert in the clear, which GnuTLS does not read.
    known = len(postfix.log())
    Sender(tmp_path, postfix)("submission", password=PASSWORD, trusting=False)
    wait_until(lambda: "alert unknown ca" in postfix.log()[known:], 20, postfix.log)


def test_no_password_goes_over_clear_text(mail_server: MailServer, send: Sender):
    sent = send("submission", "--tls", "plain", password=PASSWORD)
    assert sent.code == 28
    # Where CRAM-MD5 is offered in the clear it may be tried: it does not send the password.
    refused = "rejected" if mail_server.odd else "refused"
    assert (sent.result["outcome"], sent.result["stage"]) == (refused, "auth")
    said = b"".join(event.raw for _, event in sent.transcript.of(CommandSent))
    assert (b"AUTH CRAM-MD5\r\n" in said) == bool(mail_server.odd)
    assert not list(sent.transcript.of(AuthExchanged))


def test_without_the_login_that_is_wanted_the_mail_is_rejected(send: Sender):
    sent = send("submission")
    assert sent.result["outcome"] == "rejected"
    # Postfix says no at RCPT, Exim at MAIL.
    assert (sent.code, sent.result["stage"]) in ((23, "mail"), (24, "rcpt"))


@pytest.mark.parametrize("stranger", [f"nobody@{DOMAIN}", "you@elsewhere.test"])
def test_a_recipient_that_the_server_will_not_take(send: Sender, stranger: str):
    sent = send("smtp", to=(stranger,))
    assert sent.code == 24
    assert (sent.result["outcome"], sent.result["stage"]) == ("rejected", "rcpt")
    assert sent.result["reply"]["code"] // 100 == 5
    assert Verb.DATA not in sent.verbs()


def test_one_recipient_of_two_is_partly_delivered(mail_server: MailServer, send: Sender):
    sent = send("smtp", to=(RECIPIENT, f"nobody@{DOMAIN}"))
    assert (sent.code, sent.result["outcome"]) == (10, "partly_delivered")
    assert [one["outcome"] for one in sent.result["recipients"]] == ["delivered", "rejected"]
    assert mail_server.take_content() == DOTS


def test_implicit_tls_at_a_port_that_greets_in_clear_text(send: Sender):
    sent = send("smtp", "--tls", "implicit")
    assert (sent.code, sent.result["outcome"], sent.result["stage"]) == (29, "failed", "tls")
    assert [finding["rule"] for finding in sent.result["findings"]] == ["not-tls"]


def test_starttls_at_a_port_that_waits_for_tls(send: Sender):
    sent = send("submissions", "--tls", "starttls", "--timeout", "1", password=PASSWORD)
    assert (sent.code, sent.result["stage"]) == (21, "greeting")
    assert [finding["rule"] for finding in sent.result["findings"]] == ["no-reply"]
