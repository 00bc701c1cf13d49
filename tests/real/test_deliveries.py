"""`smtplab send` delivers through more servers than all tests are for, by each way they offer."""

from pathlib import Path
from typing import Any

import pytest

from smtplab.protocol.events import AuthExchanged, CommandSent, ReplyReceived
from smtplab.protocol.extensions import Capabilities
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import AlertSeen, ChainChecked
from tests.real.sending import Sender, Sent
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import SERVERS, Servers
from tests.servers.messages import LARGE, MESSAGES, RECIPIENT, UTF8_HEADER
from tests.servers.running import EXTENSIONS, PASSWORD, MailServer

NAMES = ("haraka", "dovecot", "sendmail", "opensmtpd")

WITH_LOGIN = [name for name in NAMES if SERVERS[name].mechanisms]

INTERNAL_ERROR = 80

WAYS = [
    ("smtp", "dots", "--tls", "plain"),
    ("smtp", "eight-bit", "--tls", "plain", "--bdat", "1000"),
    ("smtp", "long", "--tls", "plain", "--pipeline"),
    ("smtp", "long", "--bdat", "1000000", "--pipeline"),
    ("submission", "dots"),
    ("submission", "eight-bit", "--pipeline", "--bdat", "1000"),
    ("submissions", "dots", "--pipeline"),
    ("submissions", "long"),
]
"""Port, message, options: each of TLS, pieces and pipelines with others, not all with all."""


@pytest.fixture(params=NAMES)
def server(request: pytest.FixtureRequest, servers: Servers) -> MailServer:
    return servers(request.param)


def needed(server: MailServer, port: str) -> str | None:
    """The password, where one is wanted."""
    return None if port == "smtp" and server.takes_strangers else PASSWORD


class Plain:
    """Sends without TLS, with the login that a server may want all the same."""

    def __init__(self, server: MailServer, folder: Path) -> None:
        self._sender = Sender(folder, server)
        self._server = server

    def __call__(self, *options: str, **more: Any) -> Sent:
        """One run over the first port."""
        password = needed(self._server, "smtp")
        return self._sender("smtp", "--tls", "plain", *options, password=password, **more)


@pytest.fixture
def send(server: MailServer, tmp_path: Path) -> Plain:
    return Plain(server, tmp_path)


def offered(sent: Sent) -> Capabilities:
    """What the server offered at the last EHLO."""
    replies = [event.reply for _, event in sent.transcript.of(ReplyReceived)]
    verbs = [event.verb for _, event in sent.transcript.of(ReplyReceived)]
    return Capabilities.parse(replies[len(verbs) - 1 - verbs[::-1].index(Verb.EHLO)])


def errors(sent: Sent) -> list[str]:
    return [found["rule"] for found in sent.result["findings"] if found["severity"] == "error"]


def test_it_offers_what_these_tests_think(server: MailServer, send: Plain):
    plain = offered(send("--stop-after", "ehlo"))
    lacks = {keyword for keyword in EXTENSIONS if not plain.has(keyword)}
    assert lacks == server.lacks


@pytest.mark.parametrize(
    ("name", "way"),
    [(name, way) for name in NAMES for way in WAYS if name in WITH_LOGIN or "plain" in way],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_every_octet_arrives(servers: Servers, tmp_path: Path, name: str, way: tuple[str, ...]):
    server = servers(name)
    port, message, *options = way
    sent = Sender(tmp_path, server)(
        port, *options, content=MESSAGES[message], password=needed(server, port)
    )
    assert (sent.code, sent.result["outcome"]) == (0, "delivered"), sent.result["reason"]
    assert server.take_content() == MESSAGES[message]
    assert errors(sent) == []
    assert (sent.result["tls"] is None) == ("plain" in options)
    in_pieces = "--bdat" in options and "CHUNKING" not in server.lacks
    assert (Verb.BDAT_LAST in sent.verbs()) == in_pieces
    assert (Verb.DATA in sent.verbs()) != in_pieces


@pytest.mark.parametrize("name", WITH_LOGIN)
def test_it_offers_these_logins(servers: Servers, tmp_path: Path, name: str):
    server = servers(name)
    sent = Sender(tmp_path, server)("submissions", "--stop-after", "ehlo")
    mechanisms = offered(sent).auth_mechanisms
    assert set(mechanisms) == {*server.mechanisms, *server.token_mechanisms}


@pytest.mark.parametrize(
    ("name", "mechanism"),
    [(name, mechanism) for name in NAMES for mechanism in SERVERS[name].mechanisms],
)
def test_each_login(servers: Servers, tmp_path: Path, name: str, mechanism: str):
    server = servers(name)
    sent = Sender(tmp_path, server)("submission", "--auth", mechanism, password=PASSWORD)
    assert sent.code == 0, sent.result["reason"]
    said = {event.message.mechanism for _, event in sent.transcript.of(AuthExchanged)}
    assert said == {mechanism}
    assert server.take_content() == MESSAGES["dots"]


@pytest.mark.parametrize("mechanism", Dovecot.token_mechanisms)
def test_a_token(servers: Servers, tmp_path: Path, mechanism: str):
    dovecot = servers("dovecot")
    assert isinstance(dovecot, Dovecot)
    send = Sender(tmp_path, dovecot)
    sent = send("submission", "--auth", mechanism, token=dovecot.token())
    assert sent.code == 0, sent.result["reason"]
    assert dovecot.take_content() == MESSAGES["dots"]
    assert dovecot.token() not in sent.record
    for bad in (dovecot.token(seconds=-60), dovecot.token() + "x"):
        sent = send("submission", "--auth", mechanism, token=bad)
        assert (sent.code, sent.result["outcome"]) == (28, "rejected")
        assert sent.result["reply"]["code"] == 535
        # Before it says no, it says why, in JSON; our empty answer lets it go on (RFC 7628 §3.2.3).
        said = [event.message for _, event in sent.transcript.of(AuthExchanged)]
        assert b'"status":' in said[-2].data
        assert said[-1].from_client


@pytest.mark.parametrize("name", WITH_LOGIN)
def test_a_wrong_password(servers: Servers, tmp_path: Path, name: str):
    sent = Sender(tmp_path, servers(name))("submissions", password="wrong")
    assert (sent.code, sent.result["outcome"], sent.result["stage"]) == (28, "rejected", "auth")
    assert sent.result["reply"]["code"] == 535
    assert "auth-refused" in sent.rules()
    assert sent.verbs()[-1] is Verb.QUIT


STRANGERS = ("stranger@lab.test", "stranger-too@lab.test")


@pytest.mark.parametrize("options", [(), ("--pipeline",)], ids=["", "pipeline"])
def test_recipients_that_it_will_not_take(send: Plain, options: tuple[str, ...]):
    sent = send(*options, to=STRANGERS)
    assert (sent.code, sent.result["outcome"], sent.result["stage"]) == (24, "rejected", "rcpt")
    # What it says to a DATA that was on its way already follows from that (RFC 2920 §3.1).
    assert set(errors(sent)) <= {"recipient-unknown", "no-valid-recipients"}


def test_one_recipient_of_two(server: MailServer, send: Plain):
    sent = send("--pipeline", to=(STRANGERS[0], RECIPIENT))
    assert (sent.code, sent.result["outcome"]) == (10, "partly_delivered")
    assert server.take_content() == MESSAGES["dots"]


def test_several_messages_over_one_connection(server: MailServer, send: Plain):
    sent = send("--repeat", "3", "--pipeline", "--bdat", "1000")
    assert (sent.code, sent.result["outcome"]) == (0, "delivered"), sent.result["reason"]
    assert server.take_contents(3) == [MESSAGES["dots"]] * 3
    assert sent.verbs().count(Verb.EHLO) == 1


def test_headers_in_utf8(server: MailServer, send: Plain):
    sent = send(content=UTF8_HEADER)
    if "SMTPUTF8" in server.lacks:
        assert (sent.code, sent.result["outcome"]) == (23, "refused"), sent.result["reason"]
        assert "utf8-without-smtputf8" in sent.rules()
        return
    assert (sent.code, sent.result["outcome"]) == (0, "delivered")
    assert server.take_content() == UTF8_HEADER
    (mail,) = [c.raw for _, c in sent.transcript.of(CommandSent) if c.verb is Verb.MAIL]
    assert mail.endswith(b" BODY=8BITMIME SMTPUTF8\r\n")


def test_twenty_megabytes(server: MailServer, send: Plain):
    sent = send("--bdat", "300000", content=LARGE)
    assert (sent.code, sent.result["outcome"]) == (0, "delivered"), sent.result["reason"]
    assert server.take_content() == LARGE


@pytest.mark.parametrize("port", ["smtp", "submissions"])
def test_a_server_that_cannot_do_the_tls_it_offers(servers: Servers, tmp_path: Path, port: str):
    server = servers("opensmtpd")
    sent = Sender(tmp_path, server)(port)
    if not server.broken_tls:
        assert (sent.code, sent.result["outcome"]) == (0, "delivered")
        return
    assert (sent.code, sent.result["outcome"], sent.result["stage"]) == (29, "failed", "tls")
    assert sent.rules() == ["tls-server-fault"]
    (check,) = (event for _, event in sent.transcript.of(ChainChecked))
    assert check.problems == ()
    alerts = [event for _, event in sent.transcript.of(AlertSeen)]
    assert [(a.from_client, a.level, a.description) for a in alerts] == [(False, 2, INTERNAL_ERROR)]
    assert Verb.MAIL not in sent.verbs()
