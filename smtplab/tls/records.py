"""TLS records out of a stream of octets, one direction at a time (RFC 8446 §5.1)."""

from smtplab.values import value

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23

HEADER = 5

LARGEST = (1 << 14) + 2048
"""A record's largest payload: 2^14 octets and what TLS 1.2 lets a cipher add (RFC 5246 §6.2.3)."""


@value
class Record:
    """One record; `header` is the five octets that AEAD ciphers authenticate."""

    content_type: int
    header: bytes
    payload: bytes


class RecordReader:
    """Cuts a stream into records; once the octets are no TLS, it is `broken`, and deaf."""

    def __init__(self) -> None:
        self.broken = False
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Record]:
        """Takes octets, gives the records that they complete."""
        if self.broken:
            return []
        self._buffer += data
        records: list[Record] = []
        start = 0
        while len(self._buffer) - start >= HEADER:
            header = bytes(self._buffer[start : start + HEADER])
            length = int.from_bytes(header[3:5], "big")
            if not CHANGE_CIPHER_SPEC <= header[0] <= 24 or header[1] != 3 or length > LARGEST:
                self.broken = True
                self._buffer.clear()
                return records
            end = start + HEADER + length
            if len(self._buffer) < end:
                break
            payload = bytes(self._buffer[start + HEADER : end])
            records.append(Record(header[0], header, payload))
            start = end
        del self._buffer[:start]
        return records
