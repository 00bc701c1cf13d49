"""The blocks of a capture file, read back one by one."""

from collections.abc import Iterator

from smtplab.export import pcapng
from smtplab.tls.events import KeyLine
from smtplab.wire.events import Closed, Ending, Opened
from tests.export.records import of_events, played, recorded
from tests.fakes import NOON, settings


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        kind, length = (int.from_bytes(data[i : i + 4], "little") for i in (0, 4))
        assert length % 4 == 0
        assert data[length - 4 : length] == data[4:8]
        yield kind, data[8 : length - 4]
        data = data[length:]


def options(body: bytes) -> dict[int, bytes]:
    found = {}
    while body:
        kind, length = (int.from_bytes(body[i : i + 2], "little") for i in (0, 2))
        if kind:
            found[kind] = body[4 : 4 + length]
        body = body[4 + length + -length % 4 :]
    return found


def comments(data: bytes) -> list[str]:
    found = []
    for kind, body in blocks(data):
        if kind == pcapng.PACKET:
            size = int.from_bytes(body[12:16], "little")
            found.append(options(body[20 + size + -size % 4 :]).get(pcapng.COMMENT, b"").decode())
    return found


async def test_without_keys_there_are_no_secrets():
    data = pcapng.export(await recorded("scenario:honest"))
    kinds = [kind for kind, _ in blocks(data)]
    assert kinds[:2] == [pcapng.SECTION, pcapng.INTERFACE]
    assert set(kinds[2:]) == {pcapng.PACKET}


async def test_the_keys_stand_before_the_packets():
    transcript = await recorded("scenario:honest", keep_keys=True)
    (secrets,) = (body for kind, body in list(blocks(pcapng.export(transcript)))[2:3] if kind == 10)
    assert secrets[:4] == b"KSLT"
    lines = secrets[8:].rstrip(b"\0").decode().splitlines()
    assert lines == [event.line for _, event in transcript.of(KeyLine)]


async def test_the_true_port_is_told():
    (_, section), *_ = blocks(pcapng.export(await played(settings(port=2525))))
    about = options(section[16:])[pcapng.COMMENT].decode()
    assert "A session with fake.test:2525" in about
    assert "The port was 2525; 587 stands here" in about


async def test_findings_are_comments_of_their_packets():
    transcript = await played(settings(), RCPT=b"550 5.1.1 no\r\n")
    told = [text for text in comments(pcapng.export(transcript)) if text]
    assert len(told) == 1
    assert told[0].startswith("error recipient-unknown: ")
    packet = comments(pcapng.export(transcript)).index(told[0])
    bodies = [body for kind, body in blocks(pcapng.export(transcript)) if kind == pcapng.PACKET]
    assert b"550 5.1.1 no\r\n" in bodies[packet]


def test_times_are_exact_to_the_nanosecond():
    transcript = of_events([Opened("a.test", 25, "192.0.2.7", 0.0), Closed(Ending.FIN)])
    transcript.started = NOON.replace(microsecond=654321)
    times = [
        (int.from_bytes(body[4:8], "little") << 32) + int.from_bytes(body[8:12], "little")
        for kind, body in blocks(pcapng.export(transcript))
        if kind == pcapng.PACKET
    ]
    origin = int(NOON.timestamp()) * 10**9 + 654_321_000
    assert {when - origin for when in times} == {1_000_000, 2_000_000}


def test_hostile_values_stay_in_their_fields():
    events = [Opened("a.test", 99999, "192.0.2.7", 0.0), KeyLine("CLIENT_RANDOM ü\n")]
    transcript = of_events([*events, Closed(Ending.FIN)], target="x\x1b[2J" + "y" * 70000)
    kinds = [kind for kind, _ in blocks(pcapng.export(transcript))]
    assert kinds == [pcapng.SECTION, pcapng.INTERFACE, pcapng.SECRETS, *[pcapng.PACKET] * 6]
