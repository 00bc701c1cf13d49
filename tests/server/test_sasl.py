"""The server's side of each mechanism."""

import hashlib
import hmac

import pytest

from smtplab.server.sasl import BY_NAME, Accounts, SaslSyntaxError

USERS = {"alice": "open-sesame", "tim": "tanstaaftanstaaf", "ü": "é", "empty": ""}

ACCOUNTS = Accounts(USERS, "lab.test")


def play(name: str, *responses: bytes) -> str | None:
    """Sends responses; the user who is in at the end."""
    exchange = BY_NAME[name].start(ACCOUNTS)
    next(exchange)
    for response in responses[:-1]:
        exchange.send(response)
    with pytest.raises(StopIteration) as end:
        exchange.send(responses[-1])
    return end.value.value


CASES = [
    ("PLAIN", [b"\0alice\0open-sesame"], "alice"),
    ("PLAIN", [b"alice\0alice\0open-sesame"], "alice"),
    ("PLAIN", ["\0ü\0é".encode()], "ü"),
    ("PLAIN", [b"\0alice\0"], None),
    ("PLAIN", [b"\0\xff\0x"], None),
    ("PLAIN", [b"\0nobody\0"], None),
    ("PLAIN", [b"\0empty\0"], "empty"),
    ("LOGIN", [b"alice", b"open-sesame"], "alice"),
    ("LOGIN", [b"alice", b"wrong"], None),
    ("CRAM-MD5", [b"alice " + b"0" * 32], None),
]


@pytest.mark.parametrize(("name", "responses", "user"), CASES)
def test_who_gets_in(name: str, responses: list[bytes], user: str | None) -> None:
    assert play(name, *responses) == user


def test_cram_md5() -> None:
    exchange = BY_NAME["CRAM-MD5"].start(ACCOUNTS)
    challenge = next(exchange)
    digest = hmac.new(b"tanstaaftanstaaf", challenge, hashlib.md5).hexdigest()
    with pytest.raises(StopIteration) as end:
        exchange.send(f"tim {digest.upper()}".encode())
    assert end.value.value == "tim"


@pytest.mark.parametrize(("name", "response"), [("PLAIN", b"a\0b"), ("CRAM-MD5", b"alice")])
def test_what_has_not_the_form(name: str, response: bytes) -> None:
    exchange = BY_NAME[name].start(ACCOUNTS)
    next(exchange)
    with pytest.raises(SaslSyntaxError):
        exchange.send(response)
