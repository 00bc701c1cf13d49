"""The packets of a session, made again from its record.

The record has what crossed the wire, not the packets that carried it: addresses of the client,
sequence numbers and acknowledgements are made up. In the clear the octets are those of commands
and replies, cut where the reads and writes were; inside TLS they are the recorded ciphertext.
"""

import ipaddress
from collections import deque
from collections.abc import Iterable, Iterator

from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.tls.events import HandshakeMessage
from smtplab.transcript.entries import Entry
from smtplab.values import field, mutable, value
from smtplab.wire.events import Closed, Ending, Opened, Segment

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

KNOWN_PORTS = frozenset({25, 465, 587})
"""Ports whose packets Wireshark takes for SMTP without being told."""

FIRST_CLIENT_PORT = 49152

SEGMENT = 1440
"""Octets of a TCP segment at most: what an Ethernet frame has room for, over IPv6 as well."""


@value
class Chunk:
    """Octets that one side sent, and the entry that they are of."""

    nanoseconds: int
    entry: int
    from_client: bool
    data: bytes


@mutable
class Conversation:
    """One TCP connection of a session.

    `port` is the server's true one. `ending` is None when the record stops before its end.
    """

    server: Address
    port: int
    opened: int
    chunks: list[Chunk] = field(default_factory=list)
    implicit: bool = False
    ending: Ending | None = None
    closed: int = 0
    _forgotten: int = 0
    _arrived: deque[tuple[int, int]] = field(default_factory=deque)
    """Reads in the clear whose octets are not known yet: when, and how many."""

    @property
    def shown_port(self) -> int:
        """The port in the packets: one that Wireshark knows."""
        if self.port in KNOWN_PORTS:
            return self.port
        return 465 if self.implicit else 587

    def take(self, entry: Entry) -> None:
        """Adds what an entry says of the wire."""
        event = entry.event
        if isinstance(event, Segment):
            self._segment(entry, event)
        elif isinstance(event, HandshakeMessage):
            self.implicit |= not self.chunks or self.chunks[0].data[:1] == HANDSHAKE_RECORD
        elif isinstance(event, Closed):
            self.ending, self.closed = event.ending, entry.nanoseconds
        elif entry.encrypted:
            return
        elif isinstance(event, CommandSent | ContentSent):
            self._forget_unknown()
            self._add(entry, True, event.raw)
        elif isinstance(event, ReplyReceived):
            self._reply(entry, event.reply.raw)

    def _segment(self, entry: Entry, event: Segment) -> None:
        if event.data is not None:
            self._forget_unknown()
            self._add(entry, event.from_client, event.data)
        elif not event.from_client:
            self._arrived.append((entry.nanoseconds, event.size))

    def _reply(self, entry: Entry, raw: bytes) -> None:
        """Deals the octets of a reply out over the reads that brought them."""
        while raw and self._arrived:
            when, size = self._arrived.popleft()
            self.chunks.append(Chunk(when, entry.number, False, raw[:size]))
            if size > len(raw):
                self._arrived.appendleft((when, size - len(raw)))
            raw = raw[size:]
        self._add(entry, False, raw)

    def _add(self, entry: Entry, from_client: bool, data: bytes) -> None:
        if data:
            self.chunks.append(Chunk(entry.nanoseconds, entry.number, from_client, data))

    def _forget_unknown(self) -> None:
        self._forgotten = self.unknown
        self._arrived.clear()

    @property
    def unknown(self) -> int:
        """Octets of the server that came in the clear and are not in the record."""
        return self._forgotten + sum(size for _, size in self._arrived)

    def in_order(self) -> list[Chunk]:
        """The chunks by time, each no longer than a segment."""
        ordered = sorted(self.chunks, key=lambda chunk: chunk.nanoseconds)
        return [part for chunk in ordered for part in _segments(chunk)]


HANDSHAKE_RECORD = b"\x16"
"""First octet of a TLS record that holds a handshake message (RFC 8446 §5.1)."""


def _segments(chunk: Chunk) -> Iterator[Chunk]:
    for start in range(0, len(chunk.data), SEGMENT):
        data = chunk.data[start : start + SEGMENT]
        yield Chunk(chunk.nanoseconds, chunk.entry, chunk.from_client, data)


def conversations(transcript: Iterable[Entry]) -> list[Conversation]:
    """The connections of a session, in order."""
    found: list[Conversation] = []
    for entry in transcript:
        if isinstance(entry.event, Opened):
            opened = entry.event
            found.append(Conversation(_address(opened.address), opened.port, entry.nanoseconds))
        elif found:
            found[-1].take(entry)
    return found


def _address(text: str) -> Address:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ipaddress.IPv4Address("192.0.2.2")


# Frames.

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10


@value
class Frame:
    """One Ethernet frame; `entry` is the number of the entry that it is of, 0 for none."""

    nanoseconds: int
    entry: int
    data: bytes


class _Connection:
    """Counts both sides' octets and writes the frames."""

    def __init__(self, conversation: Conversation, number: int) -> None:
        server = conversation.server
        client = _client_for(server)
        port = FIRST_CLIENT_PORT + number % 16384
        self._ends = {True: (client, port), False: (server, conversation.shown_port)}
        self._sent = {True: 0, False: 0}

    def frame(
        self, nanoseconds: int, from_client: bool, flags: int, data: bytes = b"", entry: int = 0
    ) -> Frame:
        (source, source_port), (target, target_port) = (
            self._ends[from_client],
            self._ends[not from_client],
        )
        acknowledged = self._sent[not from_client] if flags & ACK else 0
        options = WINDOW_OPTIONS if flags & SYN else b""
        head = b"".join(
            (
                source_port.to_bytes(2, "big"),
                (target_port & 0xFFFF).to_bytes(2, "big"),
                (self._sent[from_client] & 0xFFFFFFFF).to_bytes(4, "big"),
                (acknowledged & 0xFFFFFFFF).to_bytes(4, "big"),
                bytes([(20 + len(options)) // 4 << 4, flags]),
                b"\xff\xff\0\0\0\0",
                options,
            )
        )
        self._sent[from_client] += len(data) + bool(flags & (SYN | FIN))
        return Frame(nanoseconds, entry, _packet(source, target, head, data))


WINDOW_OPTIONS = bytes([2, 4, *SEGMENT.to_bytes(2, "big"), 1, 3, 3, 14])
"""Maximum segment size and a window so wide that no acknowledgement has to be waited for."""


def _client_for(server: Address) -> Address:
    if server.is_loopback:
        return server
    return ipaddress.ip_address("192.0.2.1" if server.version == 4 else "2001:db8::1")


def _packet(source: Address, target: Address, head: bytes, data: bytes) -> bytes:
    """TCP in IP in Ethernet, with right checksums (RFC 9293 §3.1, RFC 791 §3.1, RFC 8200 §3)."""
    size = len(head) + len(data)
    pseudo = source.packed + target.packed + size.to_bytes(4, "big") + b"\0\0\0\x06"
    tcp = head[:16] + _checksum(pseudo + head + data) + head[18:] + data
    if source.version == 4:
        start = b"\x45\0" + (20 + size).to_bytes(2, "big") + b"\0\0\x40\0\x40\x06"
        addresses = source.packed + target.packed
        ip = start + _checksum(start + b"\0\0" + addresses) + addresses
        return ETHERNET + b"\x08\x00" + ip + tcp
    ip = b"\x60\0\0\0" + size.to_bytes(2, "big") + b"\x06\x40" + source.packed + target.packed
    return ETHERNET + b"\x86\xdd" + ip + tcp


ETHERNET = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01"
"""Two hardware addresses of the range that everybody may make up."""


def _checksum(data: bytes) -> bytes:
    """The sum of the Internet protocols (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = int.from_bytes(data, "big") % 0xFFFF
    return (0xFFFF - total).to_bytes(2, "big")


def frames(conversation: Conversation, number: int) -> Iterator[Frame]:
    """The packets of one connection, from SYN to the end; `number` makes its port."""
    connection = _Connection(conversation, number)
    at = conversation.opened
    yield connection.frame(at, True, SYN)
    yield connection.frame(at, False, SYN | ACK)
    yield connection.frame(at, True, ACK)
    for chunk in conversation.in_order():
        at = max(at, chunk.nanoseconds)
        yield connection.frame(at, chunk.from_client, PSH | ACK, chunk.data, chunk.entry)
    at = max(at, conversation.closed)
    if conversation.ending is Ending.RESET:
        yield connection.frame(at, False, RST | ACK)
    elif conversation.ending is not None:
        first = conversation.ending in (Ending.LOCAL, Ending.TIMEOUT)
        yield connection.frame(at, first, FIN | ACK)
        yield connection.frame(at, not first, FIN | ACK)
        yield connection.frame(at, first, ACK)
