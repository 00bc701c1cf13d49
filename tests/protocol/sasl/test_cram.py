import hashlib
import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtplab.protocol.sasl import Credentials
from smtplab.protocol.sasl.cram import cram_md5

TIM = Credentials("tim", "tanstaaftanstaaf")
CHALLENGE = b"<1896.697170952@postoffice.reston.mci.net>"

CRAM = [
    (TIM, CHALLENGE, "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"),  # RFC 2195 §2
    (
        Credentials("user", "secret"),
        b"<1972.987654321@curl>",
        "dXNlciA3MDMxNzI1NTk5ZmRiYjVkNDEyNjg5YWEzMjNlM2UwYg==",
    ),
]


def answered(credentials: Credentials, challenge: bytes):
    exchange = cram_md5(credentials)
    assert next(exchange) is None
    message = exchange.send(challenge)
    assert message is not None
    return message


@pytest.mark.parametrize(("credentials", "challenge", "expected"), CRAM)
def test_cram_md5(credentials, challenge, expected):
    assert answered(credentials, challenge).base64 == expected


def test_cram_md5_shows_the_steps_of_its_computation():
    message = answered(TIM, CHALLENGE)
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
    digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
    assert answered(Credentials("u", password), challenge).data == b"u " + digest.encode()
