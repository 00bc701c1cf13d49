import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.sasl import SaslMessage, read_challenge

CHALLENGES = [
    ("LOGIN", b"VXNlcm5hbWU6", b"Username:", "prompt"),
    ("LOGIN", b"UGFzc3dvcmQA", b"Password\0", "prompt"),
    ("PLAIN", b"UGxhaW46", b"Plain:", "prompt"),
    ("CRAM-MD5", b"PDE5NzIuOTg3NjU0MzIxQGN1cmw+", b"<1972.987654321@curl>", "challenge"),
    ("XOAUTH2", b"e30=", b"{}", "error"),
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


def test_a_message_of_scram_is_taken_apart():
    message, problem = read_challenge("SCRAM-SHA-1", b"cj1hLHM9YixpPTQwOTY=")
    assert problem is None
    labels = [part.label for part in message.parts]
    assert labels == ["nonce", "comma", "salt", "comma", "iterations"]


def test_an_error_of_oauth_is_explained():
    message, _ = read_challenge("XOAUTH2", b"eyJzdGF0dXMiOiI0MDAifQ==")
    assert [(d.name, d.value) for d in message.derivations] == [("status", "400")]
