import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.sasl import MECHANISMS, Channel, Credentials, Need, choose, named


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
@given(
    username=st.text(st.characters(exclude_categories=["Cs"])),
    password=st.text(st.characters(exclude_categories=["Cs"])),
    challenges=st.lists(st.binary(), min_size=3, max_size=3),
)
def test_the_parts_of_a_message_are_the_message(mechanism, username, password, challenges):
    exchange = mechanism.start(Credentials(username, password, token=password), Channel(nonce="n"))
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


CHOICES = [
    (("PLAIN", "LOGIN", "CRAM-MD5"), True, "PLAIN"),
    (("LOGIN", "CRAM-MD5"), True, "LOGIN"),
    (("CRAM-MD5",), True, "CRAM-MD5"),
    (("PLAIN", "LOGIN", "CRAM-MD5"), False, "CRAM-MD5"),
    (("LOGIN", "PLAIN"), False, "PLAIN"),
    (("LOGIN",), False, "LOGIN"),
    (("PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"), True, "SCRAM-SHA-256"),
    (("PLAIN", "SCRAM-SHA-1", "CRAM-MD5"), False, "SCRAM-SHA-1"),
    (("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1"), True, "SCRAM-SHA-1"),
    (("XOAUTH2", "ANONYMOUS", "EXTERNAL"), True, None),
    (("GSSAPI", "NTLM"), True, None),
    ((), False, None),
]


@pytest.mark.parametrize(("offered", "encrypted", "expected"), CHOICES)
def test_the_best_mechanism_is_chosen(offered, encrypted, expected):
    mechanism = choose(offered, encrypted=encrypted)
    assert (mechanism.name if mechanism else None) == expected


HOLDINGS = [
    (("PLAIN", "XOAUTH2", "OAUTHBEARER"), {Need.TOKEN}, "OAUTHBEARER"),
    (("PLAIN", "XOAUTH2"), {Need.TOKEN}, "XOAUTH2"),
    (("PLAIN", "EXTERNAL"), {Need.CERTIFICATE, Need.PASSWORD}, "EXTERNAL"),
    (("PLAIN", "XOAUTH2"), {Need.CERTIFICATE}, None),
]


@pytest.mark.parametrize(("offered", "has", "expected"), HOLDINGS)
def test_what_one_has_decides_too(offered, has, expected):
    mechanism = choose(offered, encrypted=True, has=has)
    assert (mechanism.name if mechanism else None) == expected


def test_where_there_is_tls_to_bind_to_it_is_used():
    offered = ("SCRAM-SHA-256", "SCRAM-SHA-1-PLUS")
    mechanism = choose(offered, encrypted=True, bindable=True)
    assert mechanism is named("scram-sha-1-plus")


def test_names_are_found_in_any_case():
    assert named("plain") is named("PLAIN")
    assert named("DIGEST-MD5") is None
