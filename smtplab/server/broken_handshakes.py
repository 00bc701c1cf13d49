"""Handshakes that a scenario breaks off: at which message, and with which alert."""

from collections.abc import Iterator

from msgspec import UNSET

from smtplab.scenarios.model import Handshake
from smtplab.tls.alerts import ALERTS

RECORD_HEADER = 5
HANDSHAKE, APPLICATION_DATA, ALERT = 22, 23, 21
"""Types of records (RFC 8446 §5.1); encrypted ones call themselves application data."""

FATAL = 2

CODES = {alert.name.replace("_", "-"): code for code, alert in ALERTS.items()}


def abort_point(wanted: Handshake) -> str:
    """The message at which to break off; empty: none."""
    if wanted.abort is not UNSET:
        return wanted.abort
    return "" if wanted.alert is UNSET else "client-hello"


def cut_flight(flight: bytes, abort: str) -> bytes:
    """What is sent of the server's first flight, its answer to the ClientHello."""
    if abort == "client-hello":
        return b""
    if abort == "server-done":
        return flight
    records = list(_records(flight))
    wanted = 1 if abort == "server-hello" else _certificate_in(records)
    return b"".join(records[:wanted])


def _certificate_in(records: list[bytes]) -> int:
    """How many records reach to the Certificate: OpenSSL puts each message into one of its own."""
    encrypted = [i for i, record in enumerate(records) if record[0] == APPLICATION_DATA]
    # TLS 1.3 encrypts from EncryptedExtensions on, and the certificate comes behind these.
    return encrypted[1] + 1 if len(encrypted) > 1 else 2


def _records(flight: bytes) -> Iterator[bytes]:
    while flight:
        end = RECORD_HEADER + int.from_bytes(flight[3:5], "big")
        yield flight[:end]
        flight = flight[end:]


def alert_record(wanted: Handshake) -> bytes:
    """The alert in clear text, as every version of TLS takes it before it encrypts."""
    if wanted.alert is UNSET:
        return b""
    code = CODES[wanted.alert] if isinstance(wanted.alert, str) else wanted.alert
    return bytes([ALERT, 3, 3, 0, 2, FATAL, code])
