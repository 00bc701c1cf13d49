import base64

import pytest

from smtplab.client.authentication import LINE_LIMIT, AuthExchange, secret_spans
from smtplab.client.settings import InitialResponse
from smtplab.protocol.sasl import MECHANISMS, Channel, Credentials, named
from smtplab.transcript.redaction import traces

ALICE = Credentials("alice", "open-sesame", token="ya29.abc")
CHANNEL = Channel("h.test", 587, nonce="n0nce")

AUTO, ON, OFF = InitialResponse.AUTO, InitialResponse.ON, InitialResponse.OFF


def begin(name: str, wish: InitialResponse = AUTO, who: Credentials = ALICE) -> AuthExchange:
    mechanism = named(name)
    assert mechanism is not None
    return AuthExchange(mechanism, who, CHANNEL, wish)


COMMANDS = [
    ("PLAIN", AUTO, b"AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l"),
    ("PLAIN", OFF, b"AUTH PLAIN"),
    ("LOGIN", AUTO, b"AUTH LOGIN"),
    ("LOGIN", ON, b"AUTH LOGIN YWxpY2U="),
    ("CRAM-MD5", ON, b"AUTH CRAM-MD5"),
    ("EXTERNAL", AUTO, b"AUTH EXTERNAL ="),
    ("EXTERNAL", OFF, b"AUTH EXTERNAL"),
    ("ANONYMOUS", AUTO, b"AUTH ANONYMOUS YWxpY2U="),
    ("SCRAM-SHA-1", AUTO, b"AUTH SCRAM-SHA-1 " + base64.b64encode(b"n,,n=alice,r=n0nce")),
]


@pytest.mark.parametrize(("name", "wish", "line"), COMMANDS)
def test_the_command(name, wish, line):
    exchange = begin(name, wish)
    assert exchange.command()[0] == line
    assert (exchange.sent(line) is not None) == (line.count(b" ") > 1)


@pytest.mark.parametrize(("wish", "alone"), [(AUTO, True), (ON, False), (OFF, True)])
def test_a_long_first_message_waits_for_the_server_unless_it_is_forced(wish, alone):
    exchange = begin("PLAIN", wish, Credentials("alice", "x" * LINE_LIMIT))
    assert (exchange.command()[0] == b"AUTH PLAIN") is alone


@pytest.mark.parametrize("name", [m.name for m in MECHANISMS])
def test_no_secret_is_outside_of_the_spans(name):
    exchange = begin(name)
    line, spans = exchange.command()
    shown = bytearray(line)
    for start, end in spans:
        shown[start:end] = b"*" * (end - start)
    for secret in (b"open-sesame", b"ya29.abc"):
        assert not any(trace in shown for trace in traces(secret))


def test_spans_are_whole_groups_of_base64():
    message = begin("PLAIN").initial
    assert message is not None
    assert secret_spans(message, 5) == ((5 + 8, 5 + 24),)


def test_a_first_message_that_was_kept_back_answers_the_first_challenge():
    exchange = begin("PLAIN", OFF)
    exchange.sent(b"AUTH PLAIN")
    message, problem = exchange.challenge(b"UGxhaW46")
    assert (message.data, problem) == (b"Plain:", None)
    assert exchange.response()[0] == b"AGFsaWNlAG9wZW4tc2VzYW1l"


def test_an_empty_answer_is_an_empty_line():
    exchange = begin("EXTERNAL", OFF)
    exchange.sent(b"AUTH EXTERNAL")
    exchange.challenge(b"")
    assert exchange.response()[0] == b""


def test_one_question_too_many_is_answered_by_a_star():
    exchange = begin("PLAIN")
    exchange.sent(exchange.command()[0])
    _, problem = exchange.challenge(b"")
    assert problem == "the mechanism has nothing more to say, yet the server asks"
    assert exchange.refusal is None
    assert exchange.response() == (b"*", ())


def test_a_server_that_is_not_believed_is_answered_by_a_star():
    exchange = begin("SCRAM-SHA-1")
    exchange.sent(exchange.command()[0])
    _, problem = exchange.challenge(base64.b64encode(b"r=other,s=QUFB,i=4096"))
    assert problem == exchange.refusal
    assert "nonce" in (problem or "")
    assert not exchange.proven
    assert exchange.response() == (b"*", ())


def test_what_the_server_explains_is_kept():
    exchange = begin("XOAUTH2")
    exchange.sent(exchange.command()[0])
    exchange.challenge(base64.b64encode(b'{"status":"400","schemes":"bearer"}'))
    assert exchange.said == "status 400, schemes bearer"
    assert exchange.response() == (b"", ())
