"""Packets made of a record: the octets are the session's, the headers are right."""

import ipaddress

import pytest

from smtplab.client.steps import Stage
from smtplab.export.capture import SEGMENT, Conversation, Frame, conversations, frames
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Entry, Event
from smtplab.wire.events import Closed, Ending, Opened, Segment
from tests.export.records import of_events, played, recorded
from tests.fakes import settings


def conversation_of(*events: Event, address: str = "192.0.2.7", port: int = 25) -> Conversation:
    (found,) = conversations(of_events([Opened("mail.test", port, address, 0.0), *events]))
    return found


def parsed(frame: Frame) -> tuple[bytes, bytes, bytes, bytes]:
    """Source, target, TCP header with its options, and data; both checksums are looked at."""
    kind, packet = frame.data[12:14], frame.data[14:]
    if kind == b"\x08\x00":
        assert summed(packet[:20]) == 0xFFFF
        assert int.from_bytes(packet[2:4], "big") == len(packet)
        source, target, tcp = packet[12:16], packet[16:20], packet[20:]
    else:
        assert kind == b"\x86\xdd"
        assert int.from_bytes(packet[4:6], "big") == len(packet) - 40
        source, target, tcp = packet[8:24], packet[24:40], packet[40:]
    assert summed(source + target + len(tcp).to_bytes(4, "big") + b"\0\0\0\x06" + tcp) == 0xFFFF
    head = (tcp[12] >> 4) * 4
    return source, target, tcp[:head], tcp[head:]


def summed(data: bytes) -> int:
    """The Internet checksum over a header that has its own in it."""
    total = sum(
        int.from_bytes(data[i : i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2)
    )
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def said(found: Conversation, from_client: bool) -> bytes:
    return b"".join(one.data for one in found.in_order() if one.from_client is from_client)


async def test_all_octets_of_a_clear_session():
    transcript = await played(settings(content=b"Subject: x\r\n\r\n" + b"y" * 70 + b"\r\n" * 4000))
    (found,) = conversations(transcript)
    sent = [
        entry.event.raw
        for entry in transcript
        if isinstance(entry.event, CommandSent | ContentSent)
    ]
    replies = [event.reply.raw for _, event in transcript.of(ReplyReceived)]
    assert said(found, True) == b"".join(sent)
    assert said(found, False) == b"".join(replies)
    assert max(len(one.data) for one in found.in_order()) == SEGMENT
    assert found.unknown == 0


async def test_all_ciphertext():
    transcript = await recorded("scenario:honest", base="implicit")
    (found,) = conversations(transcript)
    for from_client in (True, False):
        pieces = [
            event.data or b""
            for _, event in transcript.of(Segment)
            if event.from_client is from_client
        ]
        assert said(found, from_client) == b"".join(pieces)


async def test_a_second_connection_has_a_port_of_its_own():
    events: list[Event] = [Opened("a.test", 25, "192.0.2.7", 0.0), Closed(Ending.FIN)]
    transcript = of_events(events * 2)
    ports = {
        parsed(frame)[2][:2]
        for number, one in enumerate(conversations(transcript))
        for frame in list(frames(one, number))[:1]
    }
    assert len(ports) == 2


def reply(raw: bytes) -> ReplyReceived:
    return ReplyReceived(Reply(int(raw[:3]), (raw[4:].strip(),), raw), Verb.EHLO)


def read(size: int) -> Segment:
    return Segment(from_client=False, size=size)


def test_a_reply_in_pieces_stays_in_pieces():
    found = conversation_of(read(3), read(4), read(9), reply(b"250 one\r\n"), reply(b"250 2\r\n"))
    pieces = [(one.data, one.nanoseconds) for one in found.in_order()]
    assert [data for data, _ in pieces] == [b"250", b" one", b"\r\n", b"250 2\r\n"]
    assert [when for _, when in pieces] == sorted(when for _, when in pieces)


def test_octets_that_the_record_does_not_have_are_counted():
    found = conversation_of(
        read(20), reply(b"220 go\r\n"), Segment(from_client=True, size=3, data=b"\x16\3\1")
    )
    assert said(found, False) == b"220 go\r\n"
    assert found.unknown == 12


@pytest.mark.parametrize(
    ("port", "first", "shown"),
    [
        (25, b"", 25),
        (465, b"", 465),
        (587, b"", 587),
        (2525, b"220 x\r\n", 587),
        (2525, b"", 465),
    ],
)
async def test_the_port_is_one_that_is_known(port, first, shown):
    base = "starttls" if first else "implicit"
    transcript = await recorded("scenario:honest", base=base)
    (found,) = conversations(transcript)
    found.port = port
    assert found.shown_port == shown


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.1"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::7", "2001:db8::1"),
        ("fe80::1%eth0", "2001:db8::1"),
        ("::1", "::1"),
        ("no address", "192.0.2.1"),
    ],
)
def test_headers_of_both_families(address, client):
    content = ContentSent(b"odd" * 1001)
    found = conversation_of(content, Closed(Ending.FIN), address=address)
    for frame in frames(found, 0):
        source, target, _, _ = parsed(frame)
        assert ipaddress.ip_address(client).packed in (source, target)


FIN, SYN, RST, ACK = 1, 2, 4, 16


@pytest.mark.parametrize(
    ("ending", "flags"),
    [
        (Ending.FIN, [(False, FIN | ACK), (True, FIN | ACK), (False, ACK)]),
        (Ending.CUT, [(False, FIN | ACK), (True, FIN | ACK), (False, ACK)]),
        (Ending.LOCAL, [(True, FIN | ACK), (False, FIN | ACK), (True, ACK)]),
        (Ending.TIMEOUT, [(True, FIN | ACK), (False, FIN | ACK), (True, ACK)]),
        (Ending.RESET, [(False, RST | ACK)]),
    ],
)
def test_the_end_is_shown_as_it_was(ending, flags):
    found = conversation_of(reply(b"220 x\r\n"), Closed(ending))
    heads = [parsed(frame)[2] for frame in frames(found, 0)][4:]
    assert [(head[:2] != b"\0\x19", head[13]) for head in heads] == flags


def test_numbers_count_the_octets_of_both_sides():
    found = conversation_of(reply(b"220 x\r\n"), CommandSent(Verb.QUIT, b"QUIT\r\n"))
    heads = [parsed(frame)[2] for frame in frames(found, 0)]
    numbers = [
        (int.from_bytes(head[4:8], "big"), int.from_bytes(head[8:12], "big")) for head in heads
    ]
    assert numbers == [(0, 0), (0, 1), (1, 1), (1, 1), (1, 8)]


def test_what_comes_before_a_connection_is_nothing():
    entry = Entry(1, 0, Stage.CONNECT.value, False, Closed(Ending.FIN))
    assert conversations([entry]) == []
