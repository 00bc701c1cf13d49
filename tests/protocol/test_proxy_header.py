import pytest

from smtplab.protocol.proxy_header import ProxyHeaderError, proxy_header

V4 = ("192.0.2.1", 56324), ("198.51.100.7", 25)
V6 = ("2001:db8::1", 56324), ("2001:db8::2", 587)

HEADERS = [
    (1, *V4, b"PROXY TCP4 192.0.2.1 198.51.100.7 56324 25\r\n"),
    (1, *V6, b"PROXY TCP6 2001:db8::1 2001:db8::2 56324 587\r\n"),
    (1, None, None, b"PROXY UNKNOWN\r\n"),
    (
        2,
        *V4,
        bytes.fromhex("0d0a0d0a000d0a515549540a 21 11 000c c0000201 c6336407 dc04 0019"),
    ),
    (
        2,
        *V6,
        bytes.fromhex(
            "0d0a0d0a000d0a515549540a 21 21 0024"
            "20010db8000000000000000000000001 20010db8000000000000000000000002 dc04 024b"
        ),
    ),
    (2, None, None, bytes.fromhex("0d0a0d0a000d0a515549540a 20 00 0000")),
]


@pytest.mark.parametrize(("version", "source", "destination", "expected"), HEADERS)
def test_headers(version, source, destination, expected):
    assert proxy_header(version, source, destination) == expected


@pytest.mark.parametrize(
    ("source", "destination", "reason"),
    [(V4[0], V6[1], "both"), (("host", 1), V4[1], "no IP address"), (("", 1), V4[1], "no IP")],
)
def test_ends_that_go_into_no_header(source, destination, reason):
    with pytest.raises(ProxyHeaderError, match=reason):
        proxy_header(1, source, destination)
