"""What somebody who listens on the network sees of a session."""

from collections.abc import Iterator

from smtplab.protocol.events import AuthExchanged, CommandSent
from smtplab.tls.events import AlertSeen, ChainChecked, HandshakeMessage, KeyLine, TlsUp
from smtplab.tls.handshake import message_name
from smtplab.transcript.entries import Entry
from smtplab.transcript.wording import CLIENT, SERVER, Line, word
from smtplab.wire.events import Segment

HEADER = 5
"""Octets of the header of a TLS record: type, version, length (RFC 8446 §5.1)."""

CHANGE_CIPHER_SPEC, HANDSHAKE = 20, 22
"""Types of records (RFC 8446 §5.1)."""

CELLS_FOR_OCTETS = 24
"""A record's shade has a cell for so many octets of ciphertext."""

OURS = (AuthExchanged, ChainChecked, KeyLine, HandshakeMessage, AlertSeen)
"""Entries of what we know and no listener does, or of what the records themselves tell here."""


def spy_lines(entry: Entry) -> list[Line]:
    """The lines of an entry as a listener gets them: clear text whole, records by their length."""
    event = entry.event
    if isinstance(event, Segment):
        return list(_records(event))
    if isinstance(event, OURS):
        return []
    if entry.encrypted and not isinstance(event, TlsUp):
        return []
    lines = list(word(entry))
    if _shows_password(event):
        text = "base64 hides nothing: whoever listens has user name and password now"
        lines.append(Line("", ((text, "error"),)))
    return lines


def _records(segment: Segment) -> Iterator[Line]:
    """Each record: named while it is in the clear; else its header, a shade, its length."""
    data, at = segment.data or b"", 0
    side, role = (CLIENT, "client") if segment.from_client else (SERVER, "server")
    while at + HEADER <= len(data):
        length = int.from_bytes(data[at + 3 : at + HEADER], "big")
        header, payload = data[at : at + HEADER], data[at + HEADER : at + HEADER + length]
        names = _clear_messages(payload) if header[0] == HANDSHAKE else None
        if names is not None:
            yield from (
                Line(side, ((name, role), (f"  {size} bytes", "dim"))) for name, size in names
            )
        elif header[0] != CHANGE_CIPHER_SPEC:
            shade = "░" * max(1, min(24, length // CELLS_FOR_OCTETS))
            said = ((f"{header.hex(' ')} ", role), (shade, "dim"), (f" {length} bytes", "dim"))
            yield Line(side, said)
        at += HEADER + length


def _clear_messages(payload: bytes) -> list[tuple[str, int]] | None:
    """The handshake messages of a record; None when its lengths make no sense: it is encrypted."""
    found: list[tuple[str, int]] = []
    at = 0
    while at + 4 <= len(payload):
        size = 4 + int.from_bytes(payload[at + 1 : at + 4], "big")
        found.append((message_name(payload[at : at + size]), size))
        at += size
    return found if found and at == len(payload) else None


def _shows_password(event: object) -> bool:
    return isinstance(event, CommandSent) and any(end > start for start, end in event.secrets)
