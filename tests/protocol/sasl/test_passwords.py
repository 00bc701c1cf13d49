import pytest

from smtplab.protocol.sasl import Credentials
from smtplab.protocol.sasl.passwords import login, plain

TIM = Credentials("tim", "tanstaaftanstaaf")

PLAIN = [
    (TIM, "AHRpbQB0YW5zdGFhZnRhbnN0YWFm"),  # RFC 4616 §4
    (Credentials("Kurt", "xipj3plmq", "Ursel"), "VXJzZWwAS3VydAB4aXBqM3BsbXE="),  # RFC 4616 §4
    (Credentials("", ""), "AAA="),
]


@pytest.mark.parametrize(("credentials", "expected"), PLAIN)
def test_plain(credentials, expected):
    message = next(plain(credentials))
    assert message is not None
    assert message.base64 == expected
    assert [part.label for part in message.parts] == ["authzid", "NUL", "user", "NUL", "password"]
    assert [part.label for part in message.parts if part.secret] == ["password"]


@pytest.mark.parametrize("prompts", [(b"", b""), (b"?", b"\xff"), (b"User Name\0", b"Password\0")])
def test_login_ignores_the_wording_of_the_prompts(prompts):
    exchange = login(TIM)
    assert next(exchange) is None
    user, password = (exchange.send(prompt) for prompt in prompts)
    assert user is not None
    assert password is not None
    assert user.base64 == "dGlt"
    assert password.base64 == "dGFuc3RhYWZ0YW5zdGFhZg=="
    assert not user.parts[0].secret
    assert password.parts[0].secret


@pytest.mark.parametrize("again", [b"Username:", b"username:", b"User Name\0"])
def test_login_gives_the_name_again_to_a_server_that_has_not_listened(again):
    exchange = login(TIM)
    next(exchange)
    answers = [exchange.send(prompt) for prompt in (b"", again, b"Password:")]
    assert [a.base64 for a in answers if a] == ["dGlt", "dGlt", "dGFuc3RhYWZ0YW5zdGFhZg=="]


def test_login_has_two_answers_only():
    exchange = login(TIM)
    next(exchange)
    exchange.send(b"")
    exchange.send(b"")
    with pytest.raises(StopIteration):
        exchange.send(b"Once more:")


def test_octets_that_are_no_utf8_go_out_as_they_came():
    message = next(plain(Credentials("u", b"\xe9t\xe9".decode("utf-8", "surrogateescape"))))
    assert message is not None
    assert message.data == b"\0u\0\xe9t\xe9"
