import base64
import hashlib
import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtplab.protocol.sasl import (
    MECHANISMS,
    Credentials,
    SaslMessage,
    choose,
    cram_md5,
    login,
    plain,
    read_challenge,
)

TIM = Credentials("tim", "tanstaaftanstaaf")


def answer(exchange, challenge: bytes) -> SaslMessage:
    message = exchange.send(challenge)
    assert message is not None
    return message


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


@pytest.mark.parametrize("prompts", [(b"User Name\0", b"Password\0"), (b"", b""), (b"?", b"\xff")])
def test_login_ignores_the_wording_of_the_prompts(prompts):
    exchange = login(TIM)
    assert next(exchange) is None
    user, password = (answer(exchange, prompt) for prompt in prompts)
    assert user.base64 == "dGlt"
    assert password.base64 == "dGFuc3RhYWZ0YW5zdGFhZg=="
    assert not user.parts[0].secret
    assert password.parts[0].secret


def test_login_has_two_answers_only():
    exchange = login(TIM)
    next(exchange)
    exchange.send(b"")
    exchange.send(b"")
    with pytest.raises(StopIteration):
        exchange.send(b"Once more:")


CRAM = [
    (
        TIM,
        b"<1896.697170952@postoffice.reston.mci.net>",
        "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw",
    ),  # RFC 2195 §2
    (
        Credentials("user", "secret"),
        b"<1972.987654321@curl>",
        "dXNlciA3MDMxNzI1NTk5ZmRiYjVkNDEyNjg5YWEzMjNlM2UwYg==",
    ),
]


@pytest.mark.parametrize(("credentials", "challenge", "expected"), CRAM)
def test_cram_md5(credentials, challenge, expected):
    exchange = cram_md5(credentials)
    assert next(exchange) is None
    assert answer(exchange, challenge).base64 == expected


def test_cram_md5_shows_the_steps_of_its_computation():
    exchange = cram_md5(TIM)
    next(exchange)
    message = answer(exchange, b"<1896.697170952@postoffice.reston.mci.net>")
    steps = {step.name: step.value for step in message.derivations}
    assert list(steps) == ["challenge", "key", "inner", "outer", "reply"]
    key = TIM.password.encode().ljust(64, b"\0")
    inner = hashlib.md5(bytes(o ^ 0x36 for o in key) + steps["challenge"].encode())
    outer = hashlib.md5(bytes(o ^ 0x5C for o in key) + inner.digest())
    assert (steps["inner"], steps["outer"]) == (inner.hexdigest(), outer.hexdigest())
    assert steps["outer"] == "b913a602c7eda7a495b4e6e7334d3890"
    assert not any(TIM.password in step.value for step in message.derivations)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.binary(max_size=200))
@example("x" * 64, b"as long as a block of MD5")
@example("x" * 65, b"longer")
def test_cram_md5_is_hmac(password, challenge):
    exchange = cram_md5(Credentials("u", password))
    next(exchange)
    digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
    assert answer(exchange, challenge).data == b"u " + digest.encode()


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
@given(
    username=st.text(st.characters(exclude_categories=["Cs"])),
    password=st.text(st.characters(exclude_categories=["Cs"])),
    challenges=st.lists(st.binary(), min_size=2, max_size=2),
)
def test_the_parts_of_a_message_are_the_message(mechanism, username, password, challenges):
    exchange = mechanism.start(Credentials(username, password))
    messages = [next(exchange)]
    assert (messages[0] is not None) == mechanism.client_first
    for challenge in challenges:
        try:
            messages.append(exchange.send(challenge))
        except StopIteration:
            break
    for message in messages:
        if message is not None:
            assert message.from_client
            assert b"".join(part.data for part in message.parts) == message.data
            assert base64.b64decode(message.base64) == message.data
    hidden = any(part.secret for message in messages if message for part in message.parts)
    assert hidden == mechanism.reveals_password


def test_octets_that_are_no_utf8_go_out_as_they_came():
    message = next(plain(Credentials("u", b"\xe9t\xe9".decode("utf-8", "surrogateescape"))))
    assert message is not None
    assert message.data == b"\0u\0\xe9t\xe9"


def test_a_password_is_not_printed():
    assert TIM.password not in repr(TIM)


CHOICES = [
    (("PLAIN", "LOGIN", "CRAM-MD5"), True, "PLAIN"),
    (("LOGIN", "CRAM-MD5"), True, "LOGIN"),
    (("CRAM-MD5",), True, "CRAM-MD5"),
    (("PLAIN", "LOGIN", "CRAM-MD5"), False, "CRAM-MD5"),
    (("LOGIN", "PLAIN"), False, "PLAIN"),
    (("LOGIN",), False, "LOGIN"),
    (("GSSAPI", "NTLM"), True, None),
    ((), False, None),
]


@pytest.mark.parametrize(("offered", "encrypted", "expected"), CHOICES)
def test_the_best_mechanism_is_chosen(offered, encrypted, expected):
    mechanism = choose(offered, encrypted=encrypted)
    assert (mechanism.name if mechanism else None) == expected


CHALLENGES = [
    ("LOGIN", b"VXNlcm5hbWU6", b"Username:", "prompt"),
    ("LOGIN", b"UGFzc3dvcmQA", b"Password\0", "prompt"),
    ("PLAIN", b"UGxhaW46", b"Plain:", "prompt"),
    ("CRAM-MD5", b"PDE5NzIuOTg3NjU0MzIxQGN1cmw+", b"<1972.987654321@curl>", "challenge"),
    ("X-OTHER", b" AQ== ", b"\x01", "challenge"),
]


@pytest.mark.parametrize(("mechanism", "text", "data", "label"), CHALLENGES)
def test_challenges_are_decoded(mechanism, text, data, label):
    message, problem = read_challenge(mechanism, text)
    assert problem is None
    assert not message.from_client
    assert [(part.label, part.data) for part in message.parts] == [(label, data)]


@pytest.mark.parametrize("text", [b"Go ahead", b"Ok", b"PLAIN supported", b"AQ=", b"A-_=", b"\xff"])
def test_a_challenge_that_is_no_base64_is_a_problem(text):
    message, problem = read_challenge("PLAIN", text)
    assert message.data == b""
    assert problem is not None


def test_an_empty_challenge_is_in_order():
    assert read_challenge("PLAIN", b"") == (SaslMessage("PLAIN", False, b""), None)


@given(st.binary())
def test_no_challenge_raises(text):
    message, problem = read_challenge("CRAM-MD5", text)
    assert problem is None or (message.data == b"" and problem.isprintable())
