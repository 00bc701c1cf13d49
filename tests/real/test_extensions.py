"""Extensions and logins beyond the plain ones, against Postfix and Exim, octet for octet."""

from pathlib import Path

import pytest

from smtplab.protocol.events import AuthExchanged, CommandSent
from smtplab.protocol.verbs import Verb
from tests.real.sending import Sender
from tests.real.test_send import send  # noqa: F401  # a fixture
from tests.servers.messages import DOTS, LARGE, MESSAGES, RECIPIENT, UTF8_HEADER
from tests.servers.postfix import SCRAM
from tests.servers.running import PASSWORD, MailServer

WAYS = [
    ("--pipeline",),
    ("--bdat", "1000"),
    ("--bdat", "1000000", "--pipeline"),
]


@pytest.mark.parametrize("options", WAYS, ids=" ".join)
@pytest.mark.parametrize("name", MESSAGES)
def test_every_octet_arrives(mail_server: MailServer, send: Sender, name, options):  # noqa: F811
    sent = send("smtp", *options, content=MESSAGES[name])
    assert (sent.code, sent.result["outcome"]) == (0, "delivered")
    assert mail_server.take_content() == MESSAGES[name]
    assert (Verb.BDAT_LAST in sent.verbs()) == (
        "--bdat" in options and "CHUNKING" not in mail_server.lacks
    )
    odd = [f["rule"] for f in sent.result["findings"] if f["severity"] == "error"]
    assert odd == []


@pytest.mark.parametrize("options", [(), ("--bdat", "300000")], ids=["DATA", "BDAT"])
def test_twenty_megabytes(mail_server: MailServer, send: Sender, options):  # noqa: F811
    sent = send("smtp", *options, content=LARGE)
    assert (sent.code, sent.result["outcome"]) == (0, "delivered"), sent.result["reason"]
    assert mail_server.take_content() == LARGE


def test_several_messages_over_one_connection(mail_server: MailServer, send: Sender):  # noqa: F811
    sent = send("smtp", "--repeat", "3", "--pipeline")
    assert (sent.code, sent.result["outcome"]) == (0, "delivered")
    assert mail_server.take_contents(3) == [DOTS] * 3
    assert sent.verbs().count(Verb.MAIL) == 3


def test_reports_can_be_asked_for(postfix: MailServer, tmp_path: Path):
    sent = Sender(tmp_path, postfix)(
        "smtp", "--dsn-notify", "never", "--dsn-ret", "hdrs", "--dsn-envid", "a+b", "--orcpt"
    )
    assert (sent.code, sent.result["outcome"]) == (0, "delivered")
    assert postfix.take_content() == DOTS


def test_headers_in_utf8_are_declared(mail_server: MailServer, send: Sender):  # noqa: F811
    sent = send("smtp", content=UTF8_HEADER)
    assert (sent.code, sent.result["outcome"]) == (0, "delivered")
    assert mail_server.take_content() == UTF8_HEADER
    (mail,) = [c.raw for _, c in sent.transcript.of(CommandSent) if c.verb is Verb.MAIL]
    assert mail.endswith(b" BODY=8BITMIME SMTPUTF8\r\n")


@pytest.mark.parametrize("mechanism", SCRAM)
@pytest.mark.parametrize(("password", "code"), [(PASSWORD, 0), ("wrong", 28)])
def test_scram(postfix: MailServer, tmp_path: Path, mechanism, password, code):
    sent = Sender(tmp_path, postfix)("submission", "--auth", mechanism, password=password)
    assert sent.code == code, sent.result["reason"]
    said = [event.message for _, event in sent.transcript.of(AuthExchanged)]
    assert {message.mechanism for message in said} == {mechanism}
    if code == 0:
        assert postfix.take_content() == DOTS
        assert said[-1].from_client
        assert said[-1].data == b""


def test_the_strongest_login_is_taken(postfix: MailServer, tmp_path: Path):
    sent = Sender(tmp_path, postfix)("submission", password=PASSWORD)
    assert sent.code == 0
    said = [event.message.mechanism for _, event in sent.transcript.of(AuthExchanged)]
    assert set(said) == {"SCRAM-SHA-256"}
    postfix.take_content()


def test_only_some_recipients_of_a_group(postfix: MailServer, tmp_path: Path):
    send_it = Sender(tmp_path, postfix)
    sent = send_it("smtp", "--pipeline", to=(RECIPIENT, "x@elsewhere.example"))
    assert (sent.code, sent.result["outcome"]) == (10, "partly_delivered")
    assert postfix.take_content() == DOTS
