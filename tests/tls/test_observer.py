"""The observer, held to OpenSSL's own account of the same handshake."""

import ssl

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from smtplab.tls.events import AlertSeen, HandshakeMessage, RecordUnreadable
from smtplab.tls.observer import HandshakeObserver

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3

both_versions = pytest.mark.parametrize("version", [V12, V13])
kinds = pytest.mark.parametrize("kind", [trustme.KeyType.ECDSA, trustme.KeyType.RSA])


def told_by(events) -> list[tuple[bool, int, bytes]]:
    found = []
    for event in events:
        if isinstance(event, HandshakeMessage):
            found.append((event.from_client, 22, event.data))
        elif isinstance(event, AlertSeen):
            found.append((event.from_client, 21, bytes([event.level, event.description])))
    return found


def by_side(told: list[tuple[bool, int, bytes]]) -> tuple[list[bytes], list[bytes]]:
    """OpenSSL tells of a message when it handles it: only the order within a side is fixed."""
    ours = [data for from_client, _, data in told if from_client]
    return ours, [data for from_client, _, data in told if not from_client]


@both_versions
@kinds
def test_equals_openssls_message_callback_byte_for_byte(shake, authority, version, kind) -> None:
    leaf = authority.issue_cert("localhost", key_type=kind)
    shaken = shake(leaf, version=version)
    assert by_side(told_by(shaken.observed)) == by_side(shaken.callbacks)
    assert len(shaken.callbacks) >= 7


@both_versions
def test_every_message_of_a_1_3_handshake_after_server_hello_is_hidden(shake, version) -> None:
    shaken = shake(version=version)
    seen = [event for event in shaken.observed if isinstance(event, HandshakeMessage)]
    hidden = {event.data[0] for event in seen if event.encrypted}
    if version is V13:
        assert hidden >= {8, 11, 15, 20}
    else:
        assert 20 in hidden
        assert not hidden & {1, 2, 11, 12, 14, 16}


@pytest.mark.parametrize(
    "cipher",
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
    ],
)
def test_every_aead_suite_of_tls_1_2(shake, cipher) -> None:
    shaken = shake(version=V12, prepare=lambda context: context.set_ciphers(cipher))
    assert by_side(told_by(shaken.observed)) == by_side(shaken.callbacks)


def test_a_cbc_suite_is_told_as_unreadable_and_not_guessed(shake) -> None:
    shaken = shake(
        version=V12,
        prepare=lambda context: context.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"),
    )
    if shaken.client.up() is None:
        pytest.skip("this OpenSSL has no CBC suite in common")
    assert any(isinstance(event, RecordUnreadable) for event in shaken.observed)
    assert told_by(shaken.observed)[0][0] is True


@both_versions
def test_shows_the_whole_flight_of_a_handshake_that_failed(shake, version) -> None:
    """OpenSSL stops at the certificate it refuses; the wire has more."""
    stranger = trustme.CA().issue_cert("localhost")
    shaken = shake(stranger, version=version)
    ours, theirs = by_side(told_by(shaken.observed))
    told_ours, told_theirs = by_side(shaken.callbacks)
    assert ours == told_ours
    assert theirs[: len(told_theirs)] == told_theirs
    assert len(theirs) > len(told_theirs)
    assert any(isinstance(e, AlertSeen) and e.from_client for e in shaken.observed)


def test_waits_for_keys_that_come_late(shake) -> None:
    shaken = shake(version=V13)
    observer = HandshakeObserver()
    found = []
    for from_client, data in shaken.wire:
        found += observer.feed(from_client, data)
    assert [event.data[0] for event in found if isinstance(event, HandshakeMessage)] == [1, 2]
    found += observer.add_key_lines(shaken.key_lines)
    assert by_side(told_by(found)) == by_side(told_by(shaken.observed))


@given(st.integers(1, 40))
def test_how_the_octets_are_cut_changes_nothing(size: int) -> None:
    found, whole = [], []
    one, other = HandshakeObserver(), HandshakeObserver()
    for from_client, data in recorded():
        whole += one.feed(from_client, data)
        for start in range(0, len(data), size):
            found += other.feed(from_client, data[start : start + size])
    assert found == whole


def recorded() -> list[tuple[bool, bytes]]:
    """Two plain handshake messages, and an alert, as records."""
    hello = b"\x16\x03\x01" + (48).to_bytes(2, "big") + b"\x01\x00\x00\x2c" + bytes(44)
    alert = b"\x15\x03\x03\x00\x02\x02\x28"
    return [(True, hello), (False, alert)]


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=200)), max_size=8))
def test_no_octets_make_it_raise(chunks: list[tuple[bool, bytes]]) -> None:
    observer = HandshakeObserver()
    for from_client, data in chunks:
        observer.feed(from_client, data)


@given(st.data())
def test_no_damage_to_a_real_handshake_makes_it_raise(data: st.DataObject) -> None:
    chunks = recorded()
    octets = bytearray(b"".join(chunk for _, chunk in chunks))
    for _ in range(data.draw(st.integers(1, 5))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    observer = HandshakeObserver()
    observer.feed(True, bytes(octets))
    observer.add_key_lines(["CLIENT_RANDOM 00 zz", "x", "CLIENT_RANDOM aa " + "00" * 48])
    observer.feed(False, bytes(octets))
