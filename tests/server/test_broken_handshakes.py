"""Handshakes that a scenario breaks off, on the wire."""

import ssl

import msgspec
import pytest

from smtplab.scenarios.model import Handshake
from smtplab.server.broken_handshakes import abort_point, alert_record, cut_flight
from tests.server.raw_client import RawClient, trusting


def record(kind: int, body: bytes) -> bytes:
    return bytes([kind, 3, 3]) + len(body).to_bytes(2, "big") + body


HELLO, CERT, KEY, DONE = (record(22, bytes([n])) for n in (2, 11, 12, 14))
CCS = record(20, b"\1")
HIDDEN = [record(23, bytes([n]) * n) for n in range(1, 5)]
OLD = HELLO + CERT + KEY + DONE
NEW = HELLO + CCS + b"".join(HIDDEN)

CUTS = [
    (OLD, "client-hello", b""), (OLD, "server-hello", HELLO), (OLD, "certificate", HELLO + CERT),
    (OLD, "server-done", OLD), (NEW, "server-hello", HELLO),
    (NEW, "certificate", HELLO + CCS + HIDDEN[0] + HIDDEN[1]), (NEW, "server-done", NEW),
    (HELLO + CCS, "certificate", HELLO + CCS),
]  # fmt: skip


@pytest.mark.parametrize(("flight", "abort", "sent"), CUTS)
def test_what_is_sent(flight: bytes, abort: str, sent: bytes) -> None:
    assert cut_flight(flight, abort) == sent


@pytest.mark.parametrize(
    ("given", "point", "octets"),
    [({}, "", b""), ({"alert": "handshake-failure"}, "client-hello", b"\x15\3\3\0\2\2\x28"),
     ({"alert": 112, "abort": "server-hello"}, "server-hello", b"\x15\3\3\0\2\2\x70")],
)  # fmt: skip
def test_alerts(given, point: str, octets: bytes) -> None:
    wanted = msgspec.convert(given, Handshake)
    assert abort_point(wanted) == point
    assert alert_record(wanted) == octets


async def dialled(labs, base: str, *actions: str) -> tuple[RawClient, object]:
    rules = f"rules:\n  - at: tls\n    do: [{', '.join(actions)}]\n"
    lab = await labs.start(rules, base=base)
    client = await labs.dial(lab)
    if base == "starttls":
        await client.reply()
        await client.ask(b"STARTTLS")
    return client, lab


def kinds(octets: bytes) -> list[int]:
    found = []
    while octets:
        found.append(octets[0])
        octets = octets[5 + int.from_bytes(octets[3:5], "big") :]
    return found


ABORTS = [
    ("client-hello", ssl.TLSVersion.TLSv1_3, []),
    ("server-hello", ssl.TLSVersion.TLSv1_3, [22]),
    ("certificate", ssl.TLSVersion.TLSv1_3, [22, 20, 23, 23]),
    ("server-done", ssl.TLSVersion.TLSv1_3, [22, 20, 23, 23, 23, 23]),
    ("client-hello", ssl.TLSVersion.TLSv1_2, []),
    ("server-hello", ssl.TLSVersion.TLSv1_2, [22]),
    ("certificate", ssl.TLSVersion.TLSv1_2, [22, 22]),
    ("server-done", ssl.TLSVersion.TLSv1_2, [22, 22, 22, 22]),
]


@pytest.mark.parametrize("way", ["rst", "fin"])
@pytest.mark.parametrize("base", ["starttls", "implicit"])
@pytest.mark.parametrize(("abort", "version", "records"), ABORTS)
async def test_breaking_off(labs, base: str, abort: str, version, records, way: str) -> None:
    client, lab = await dialled(labs, base, f"tls: {{abort: {abort}}}", f"close: {way}")
    context = trusting(lab.ca_pem)
    context.minimum_version = context.maximum_version = version
    client.send_raw(client.client_hello(context))
    assert await client.ended() == way
    if way == "fin":  # a RST may overtake what was sent before it
        assert kinds(bytes(client.ciphertext)) == records
    client.close()
    assert await labs.closed(lab) == f"closed, {way}"
    assert "tls-failed" in [event.kind for event in labs.events]


async def test_it_ends_when_nothing_else_is_said(labs) -> None:
    client, lab = await dialled(labs, "starttls", "tls: {abort: server-hello}")
    client.send_raw(client.client_hello(trusting(lab.ca_pem)))
    assert await client.ended() == "fin"
    client.close()
    assert await labs.closed(lab) == "the handshake was broken off"


@pytest.mark.parametrize("base", ["starttls", "implicit"])
async def test_an_alert(labs, base: str) -> None:
    client, lab = await dialled(labs, base, "tls: {alert: handshake-failure}")
    with pytest.raises(ssl.SSLError) as caught:
        await client.start_tls(trusting(lab.ca_pem))
    assert "HANDSHAKE_FAILURE" in str(caught.value.reason)


PLAIN_ANSWERS = ['send: "454 4.7.0 no TLS\\r\\n"', "note: silence", "close: rst", "close: fin"]


@pytest.mark.parametrize("action", PLAIN_ANSWERS)
async def test_no_handshake_at_all(labs, action: str) -> None:
    client, lab = await dialled(labs, "starttls", action, "close: fin")
    assert await client.ended() == ("rst" if "rst" in action else "fin")
    assert bytes(client.received) == (b"454 4.7.0 no TLS\r\n" if "454" in action else b"")
    assert lab.sessions[0].tls is None


async def test_what_a_client_goes_on_sending_is_not_kept(labs) -> None:
    client, lab = await dialled(labs, "implicit", "tls: {abort: client-hello}", "read: 1")
    client.send_raw(client.client_hello(trusting(lab.ca_pem)))
    client.send_raw(b"x" * 5_000_000)
    client.half_close()
    assert await client.ended() == "fin"
    assert len(lab.sessions[0].tape.pieces[0].data) < 1_000_000


VERSIONS = [("1.2", "TLSv1.2"), ("1.3", "TLSv1.3"), ("any", "TLSv1.3")]


@pytest.mark.parametrize(("versions", "name"), VERSIONS)
async def test_versions(labs, versions: str, name: str) -> None:
    client, lab = await dialled(labs, "implicit", f'tls: {{versions: "{versions}"}}')
    await client.start_tls(trusting(lab.ca_pem))
    assert client.tls.version() == name


@pytest.mark.parametrize("versions", ["1.0", "1.1"])
async def test_old_versions_are_refused_by_a_client_of_today(labs, versions: str) -> None:
    lab = await labs.start(f'server: {{tls: {{versions: "{versions}"}}}}', base="implicit")
    client = await labs.dial(lab)
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol.version"):
        await client.start_tls(trusting(lab.ca_pem))


async def test_the_certificate_of_a_fault(labs) -> None:
    client, lab = await dialled(labs, "implicit", "tls: {cert: expired}")
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        await client.start_tls(trusting(lab.ca_pem))
