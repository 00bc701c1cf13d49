"""What is offered at EHLO."""

import msgspec
import pytest

from smtplab.scenarios.model import Server
from smtplab.server.brain import Mould
from smtplab.server.manner import Manner, Offer

HONEST = [
    "PIPELINING", "SIZE 33554432", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING",
    "ENHANCEDSTATUSCODES", "HELP",
]  # fmt: skip
MOULD = Mould("lab.test", 1000)

AUTH = "AUTH PLAIN LOGIN CRAM-MD5"

OFFERS = [
    ({}, "plain", False, [*HONEST, AUTH]),
    ({}, "starttls", False, [*HONEST, "STARTTLS"]),
    ({}, "starttls", True, [*HONEST, AUTH]),
    ({}, "implicit", True, [*HONEST, AUTH]),
    ({"auth": {"needs_tls": False}}, "starttls", False, [*HONEST, "STARTTLS", AUTH]),
    ({"auth": {"mechs": []}}, "plain", False, HONEST),
    ({"ehlo": ["-size", "+X 1", "-auth"]}, "plain", False,
     [k for k in HONEST if not k.startswith("SIZE")] + ["X 1"]),
    ({"ehlo": ["A", "B 2"]}, "plain", False, ["A", "B 2"]),
    ({"ehlo": ["A"], "ehlo_tls": ["B"]}, "starttls", True, ["B"]),
    ({"ehlo": ["A"]}, "starttls", True, ["A"]),
]  # fmt: skip


@pytest.mark.parametrize(("server", "base", "encrypted", "keywords"), OFFERS)
def test_the_offer(server, base: str, encrypted: bool, keywords: list[str]) -> None:
    manner = Manner(msgspec.convert(server, Server), base, auth=True, mould=MOULD)
    assert Offer(manner, encrypted=encrypted).keywords == keywords


def test_what_is_in_it() -> None:
    offer = Offer(
        Manner(Server(ehlo=("+AUTH plain x",)), "plain", auth=True, mould=MOULD), encrypted=False
    )
    assert "AUTH" in offer
    assert "STARTTLS" not in offer
    assert offer.values("AUTH") == ["PLAIN", "X"]
    assert offer.values("NONE") == []
