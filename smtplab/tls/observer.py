"""The observer: a handshake read off the wire, from ciphertext and key log.

It stands beside the connection and takes no part in it, so it works on recordings too, and it goes
on where OpenSSL stops: after a failure it still reads what the peer had sent. The order of work is

    octets -> records -> (decrypted when the keys are there) -> handshake messages and alerts

Encrypted records wait, in order, until the key log brings their keys. Application data is counted
and thrown away: the session's own record has its cleartext.
"""

from collections import deque
from collections.abc import Iterable

from smtplab.tls.events import AlertSeen, HandshakeMessage, RecordUnreadable, TlsEvent
from smtplab.tls.keys import SUITES, Opener, Suite, next_secret, opener_13, openers_12
from smtplab.tls.records import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    Record,
    RecordReader,
)
from smtplab.values import field, mutable

CLIENT_HELLO, SERVER_HELLO, FINISHED, KEY_UPDATE = 1, 2, 20, 24

RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random of a ServerHello that is a HelloRetryRequest (RFC 8446 §4.1.3)."""

WAITING_LIMIT = 1 << 18
"""Octets of records that may wait for keys in one direction; beyond it they are given up."""

MESSAGE_LIMIT = 1 << 20
"""Octets of one handshake message; beyond it the direction is given up."""

SMALL = 1 << 13
"""After the handshake larger records are application data, and are not decrypted at all."""


@mutable
class Direction:
    """What one side sends."""

    from_client: bool
    reader: RecordReader = field(default_factory=RecordReader)
    waiting: deque[Record] = field(default_factory=deque)
    waiting_size: int = 0
    handshake: bytearray = field(default_factory=bytearray)
    opener: Opener | None = None
    encrypted: bool = False
    finished: bool = False
    given_up: bool = False
    secret: bytes = b""

    @property
    def label(self) -> str:
        """How the key log calls this side."""
        return "CLIENT" if self.from_client else "SERVER"


class HandshakeObserver:
    """Reads one connection. No octets make it raise; what it cannot read it reports as such."""

    def __init__(self) -> None:
        self._client = Direction(True)
        self._server = Direction(False)
        self._secrets: dict[str, bytes] = {}
        self._client_random = b""
        self._server_random = b""
        self._suite: Suite | None = None
        self._suite_known = False
        self._tls13 = False
        self._found: list[TlsEvent] = []

    def feed(self, from_client: bool, ciphertext: bytes) -> list[TlsEvent]:
        """Takes octets of one side; gives what they show."""
        side = self._client if from_client else self._server
        for record in side.reader.feed(ciphertext):
            side.waiting.append(record)
            side.waiting_size += len(record.payload)
        return self._read_on()

    def add_key_lines(self, lines: Iterable[str]) -> list[TlsEvent]:
        """Takes lines of the key log; gives what they make readable."""
        for line in lines:
            words = line.split()
            if len(words) == 3 and self._is_hex(words[2]):
                self._secrets[words[0]] = bytes.fromhex(words[2])
        return self._read_on()

    @staticmethod
    def _is_hex(text: str) -> bool:
        try:
            bytes.fromhex(text)
        except ValueError:
            return False
        return True

    def _read_on(self) -> list[TlsEvent]:
        # The server's flight first: it holds what the client's keys depend on.
        progress = True
        while progress:
            progress = any([self._drain(self._server), self._drain(self._client)])
        found, self._found = self._found, []
        return found

    def _drain(self, side: Direction) -> bool:
        """Reads records in order for as long as there are keys; True when any was read."""
        moved = False
        while side.waiting and not side.given_up:
            record = side.waiting[0]
            if self._is_sealed(side, record) and not self._ready(side):
                if side.waiting_size > WAITING_LIMIT:
                    self._give_up(side, record, "no keys for it")
                break
            side.waiting.popleft()
            side.waiting_size -= len(record.payload)
            self._read(side, record)
            moved = True
        if side.given_up:
            side.waiting.clear()
            side.waiting_size = 0
        return moved

    def _is_sealed(self, side: Direction, record: Record) -> bool:
        if record.content_type == CHANGE_CIPHER_SPEC:
            return False
        if self._tls13:
            return record.content_type == APPLICATION_DATA
        return side.encrypted

    def _ready(self, side: Direction) -> bool:
        """Whether the keys of this side's present epoch are known; makes them when they are."""
        if side.opener is not None:
            return True
        if self._suite is None:
            return self._suite_known  # a suite that is not read along: go on, and say so
        if self._tls13:
            epoch = "TRAFFIC_SECRET_0" if side.finished else "HANDSHAKE_TRAFFIC_SECRET"
            secret = self._secrets.get(f"{side.label}_{epoch}")
            if secret is None:
                return False
            side.secret = secret
            side.opener = opener_13(self._suite, secret)
            return True
        master = self._secrets.get("CLIENT_RANDOM")
        if master is None:
            return False
        pair = openers_12(self._suite, master, self._client_random, self._server_random)
        side.opener = pair[0] if side.from_client else pair[1]
        return True

    def _read(self, side: Direction, record: Record) -> None:
        if record.content_type == CHANGE_CIPHER_SPEC:
            # TLS 1.3 sends it for the sake of old middleboxes, without meaning (RFC 8446 §D.4).
            side.encrypted = side.encrypted or (self._suite_known and not self._tls13)
            return
        if not self._is_sealed(side, record):
            self._take(side, record.content_type, record.payload, encrypted=False)
            return
        if side.opener is None:
            self._give_up(side, record, "its cipher suite is not read along here")
            return
        if side.finished and len(record.payload) > SMALL:
            side.opener.skip()
            return
        plain = side.opener.open(record)
        if plain is None:
            self._give_up(side, record, "it does not decrypt")
            return
        content_type = record.content_type
        if self._tls13:  # RFC 8446 §5.2: the true type is the last octet that is not padding
            stripped = plain.rstrip(b"\0")
            content_type, plain = (stripped[-1], stripped[:-1]) if stripped else (0, b"")
        self._take(side, content_type, plain, encrypted=True)

    def _take(self, side: Direction, content_type: int, plain: bytes, *, encrypted: bool) -> None:
        if content_type == ALERT and len(plain) >= 2:
            self._found.append(AlertSeen(side.from_client, plain[0], plain[1], encrypted))
        elif content_type == HANDSHAKE:
            side.handshake += plain
            self._cut_messages(side, encrypted)

    def _cut_messages(self, side: Direction, encrypted: bool) -> None:
        """Messages may share a record, and a message may span several (RFC 8446 §5.1)."""
        while len(side.handshake) >= 4:
            length = int.from_bytes(side.handshake[1:4], "big")
            if length > MESSAGE_LIMIT:
                self._give_up(side, Record(HANDSHAKE, b"", b""), "the message is too long")
                return
            if len(side.handshake) < 4 + length:
                return
            message = bytes(side.handshake[: 4 + length])
            del side.handshake[: 4 + length]
            self._found.append(HandshakeMessage(side.from_client, message, encrypted))
            self._learn(side, message)

    def _learn(self, side: Direction, message: bytes) -> None:
        kind = message[0]
        if kind == CLIENT_HELLO and len(message) >= 38:
            self._client_random = message[6:38]
        elif kind == SERVER_HELLO:
            self._learn_server_hello(message)
        elif kind == FINISHED:
            side.finished = True
            if self._tls13:
                side.opener = None  # the application traffic keys come next
        elif kind == KEY_UPDATE and self._suite is not None and side.secret:
            side.secret = next_secret(self._suite, side.secret)
            side.opener = opener_13(self._suite, side.secret)

    def _learn_server_hello(self, message: bytes) -> None:
        body = message[4:]
        if len(body) < 35 or len(body) < 38 + body[34] or body[2:34] == RETRY_RANDOM:
            return
        self._server_random = body[2:34]
        after_id = 35 + body[34]
        number = int.from_bytes(body[after_id : after_id + 2], "big")
        self._suite = SUITES.get(number)
        self._suite_known = True
        self._tls13 = number >> 8 == 0x13

    def _give_up(self, side: Direction, record: Record, reason: str) -> None:
        side.given_up = True
        length = len(record.payload)
        self._found.append(RecordUnreadable(side.from_client, record.content_type, length, reason))
