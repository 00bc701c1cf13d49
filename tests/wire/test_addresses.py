"""Names to addresses: numbers ask nobody, and what has none says why."""

import pytest

from smtplab.wire.addresses import Way, look_up, numeric, why_failed


@pytest.mark.parametrize(
    ("host", "way", "addresses"),
    [
        ("127.0.0.1", Way(), ["127.0.0.1"]),
        ("::1", Way(), ["::1"]),
        ("127.0.0.1", Way(4), ["127.0.0.1"]),
        ("127.0.0.1", Way(6), []),
        ("localhost.invalid", Way(), []),
        ("a" * 70 + ".test", Way(), []),
        ("a\0b", Way(), []),
    ],
)
def test_numbers_are_addresses_and_names_are_not(host, way, addresses) -> None:
    assert [found[4][0] for found in numeric(host, 25, way)] == addresses


@pytest.mark.parametrize(
    ("host", "way", "reason"),
    [
        ("no-such-host.invalid", Way(), "no address is known for the name 'no-such-host.invalid'"),
        ("no-such-host.invalid", Way(6), "no IPv6 address is known for the name"),
        ("127.0.0.1", Way(6), "127.0.0.1 is no IPv6 address"),
        ("a\0b", Way(), "no address is known"),
    ],
)
def test_why_there_is_none(host, way, reason) -> None:
    found = look_up(host, 25, way)
    assert isinstance(found, str)
    assert reason in found


def test_why_an_attempt_failed() -> None:
    assert "nothing listens" in why_failed(ConnectionRefusedError())
    assert why_failed(OSError(113, "No route to host")) == "No route to host"
    assert why_failed(OSError("odd")) == "odd"
