import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.sasl import Channel, Credentials
from smtplab.protocol.sasl.oauth import MOST_SHOWN, explained, oauthbearer, read_error, xoauth2

GOOGLE = Credentials("someuser@example.com", token="ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
RFC = Credentials("user@example.com", token="vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
HERE = Channel("server.example.com", 587)

VECTORS = [
    (
        xoauth2,
        GOOGLE,
        "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhk"
        "SFJoZG1semRHRXVZMjl0Q2cBAQ==",
        "",
    ),  # developers.google.com: OAuth 2.0 mechanism
    (
        oauthbearer,
        RFC,
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVy"
        "IHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
        "AQ==",
    ),  # RFC 7628 §4.1
]


@pytest.mark.parametrize(("mechanism", "credentials", "expected", "dummy"), VECTORS)
def test_the_published_examples(mechanism, credentials, expected, dummy):
    exchange = mechanism(credentials, HERE)
    message = next(exchange)
    assert message.base64 == expected
    assert [part.label for part in message.parts if part.secret] == ["token"]
    assert exchange.send(b'{"status":"invalid_token"}').base64 == dummy
    with pytest.raises(StopIteration):
        exchange.send(b"")


def test_a_name_is_escaped_as_gs2_asks():
    message = next(oauthbearer(Credentials("a,b=c", token="t"), HERE))
    assert message is not None
    assert message.data.startswith(b"n,a=a=2Cb=3Dc,\x01host=server.example.com\x01port=587\x01")


def test_the_error_is_told_member_by_member():
    # RFC 7628 §4.3
    text = base64.b64decode(
        "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NoZW1lcyI6ImJlYXJlciBtYWMiLCJzY29wZSI6Imh0dHBzOi8v"
        "bWFpbC5leGFtcGxlLmNvbS8ifQ=="
    )
    assert read_error(text) == {
        "status": "invalid_token",
        "schemes": "bearer mac",
        "scope": "https://mail.example.com/",
    }
    assert [(d.name, d.value) for d in explained(text)] == list(read_error(text).items())


@pytest.mark.parametrize("text", [b"", b"no", b"[1]", b"[" * 100_000, b"\xff", b'"x"'])
def test_what_is_no_error_is_none(text):
    assert read_error(text) == {}


def test_a_huge_error_is_cut():
    many = "{" + ",".join(f'"k{n}": "{"v" * 999}"' for n in range(999)) + "}"
    error = read_error(many.encode())
    assert len(error) == MOST_SHOWN
    assert max(map(len, error.values())) == 200


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_an_error_is_safe_to_show(members):
    import json

    for name, value in read_error(json.dumps(members).encode()).items():
        assert name.isprintable()
        assert value.isprintable()
