"""A capture file for Wireshark; with the keys of the record in it, it opens decrypted.

The blocks are those of the PCAP Next Generation format (draft-ietf-opsawg-pcapng): a section, an
interface, the secrets, and a packet after the other.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime

from smtplab.diagnosis.engine import diagnose
from smtplab.export.capture import Conversation, Frame, conversations, frames
from smtplab.tls.events import KeyLine
from smtplab.transcript.entries import Transcript
from smtplab.transcript.escaping import escape
from smtplab.version import VERSION

SECTION, INTERFACE, PACKET, SECRETS = 0x0A0D0D0A, 1, 6, 10
"""Types of blocks."""

END_OF_OPTIONS, COMMENT = 0, 1
PROGRAM, RESOLUTION = 4, 9
"""Options: of any block; of a section, the program; of an interface, the unit of its times."""

BYTE_ORDER = 0x1A2B3C4D
ETHERNET = 1
NANOSECONDS = 9
TLS_KEY_LOG = 0x544C534B


def export(transcript: Transcript) -> bytes:
    """The whole file."""
    return b"".join(blocks(transcript))


def blocks(transcript: Transcript) -> Iterator[bytes]:
    """The blocks in the order of the file: the secrets stand before what they decrypt."""
    found = conversations(transcript)
    yield _section(_about(transcript, found))
    yield _block(INTERFACE, _number(ETHERNET, 2) + bytes(6) + _resolution() + _end())
    keys = "".join(event.line + "\n" for _, event in transcript.of(KeyLine))
    if keys:
        log = keys.encode("ascii", "replace")
        yield _block(SECRETS, _number(TLS_KEY_LOG, 4) + _number(len(log), 4) + _padded(log))
    origin = nanoseconds_of(transcript.started) if transcript.started is not None else 0
    packets = [frame for number, one in enumerate(found) for frame in frames(one, number)]
    comments = _comments(transcript, packets)
    for index, frame in enumerate(packets):
        yield _packet(frame, origin, comments.get(index, ""))


def nanoseconds_of(when: datetime) -> int:
    """Since 1970, exactly: a float would lose some hundred of them."""
    return int(when.replace(microsecond=0).timestamp()) * 10**9 + when.microsecond * 1000


def _about(transcript: Transcript, found: list[Conversation]) -> str:
    """What a reader of the file has to know."""
    lines = [
        f"A session with {escape(transcript.target)}, made again from the record of smtplab.",
        "The client's address, sequence numbers and acknowledgements are made up.",
    ]
    for one in found:
        if one.port != one.shown_port:
            lines.append(
                f"The port was {one.port}; {one.shown_port} stands here, which Wireshark knows."
            )
        if one.unknown:
            lines.append(f"{one.unknown} octets came in the clear that the record does not have.")
    return "\n".join(dict.fromkeys(lines))


def _comments(transcript: Transcript, packets: list[Frame]) -> dict[int, str]:
    """The findings, each at the last packet of the first entry that shows it."""
    places = sorted((one.entry, index) for index, one in enumerate(packets) if one.entry)
    comments: dict[int, str] = {}
    for finding in diagnose(transcript):
        found = bisect_right(places, (min(finding.evidence, default=0), len(packets)))
        if found:
            index = places[found - 1][1]
            text = f"{finding.severity.value} {finding.rule}: {escape(finding.cause)}"
            comments[index] = f"{comments[index]}\n{text}" if index in comments else text
    return comments


# Blocks.


def _section(about: str) -> bytes:
    head = _number(BYTE_ORDER, 4) + _number(1, 2) + _number(0, 2) + b"\xff" * 8
    options = _option(COMMENT, about) + _option(PROGRAM, f"smtplab {VERSION}") + _end()
    return _block(SECTION, head + options)


def _packet(frame: Frame, origin: int, comment: str) -> bytes:
    when = max(0, origin + frame.nanoseconds) & 0xFFFFFFFFFFFFFFFF
    size = _number(len(frame.data), 4)
    head = _number(0, 4) + _number(when >> 32, 4) + _number(when & 0xFFFFFFFF, 4) + size + size
    options = _option(COMMENT, comment) + _end() if comment else b""
    return _block(PACKET, head + _padded(frame.data) + options)


def _block(kind: int, body: bytes) -> bytes:
    length = _number(len(body) + 12, 4)
    return _number(kind, 4) + length + body + length


LONGEST_OPTION = 0xFFFF


def _option(kind: int, text: str) -> bytes:
    data = text.encode("utf-8", "replace")[:LONGEST_OPTION]
    return _number(kind, 2) + _number(len(data), 2) + _padded(data)


def _resolution() -> bytes:
    return _number(RESOLUTION, 2) + _number(1, 2) + _padded(bytes([NANOSECONDS]))


def _end() -> bytes:
    return _number(END_OF_OPTIONS, 4)


def _number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")


def _padded(data: bytes) -> bytes:
    """Everything in a block begins at a multiple of four octets."""
    return data + bytes(-len(data) % 4)
