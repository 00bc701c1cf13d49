"""The TLS of one connection: the handshake, what is seen of it, and what becomes of the chain.

A session without TLS does not load this module, nor what it needs.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from smtplab.client.events import ClientEvent
from smtplab.client.settings import SessionSettings
from smtplab.protocol.events import ProtocolEvent
from smtplab.tls.binding import end_point
from smtplab.tls.certificates import chain_from_message
from smtplab.tls.chain_check import check_chain
from smtplab.tls.engine import TlsEngine
from smtplab.tls.events import (
    AlertSeen,
    ChainChecked,
    HandshakeMessage,
    KeyLine,
    TlsEvent,
    TlsFailed,
)
from smtplab.tls.observer import HandshakeObserver
from smtplab.tls.problems import ChainProblem
from smtplab.tls.settings import VERSIONS, ClientTls, client_context, trusted_roots
from smtplab.wire.events import WireEvent
from smtplab.wire.stream import ByteStream
from smtplab.wire.tls_stream import TlsStream

NAME_PROBLEMS = frozenset({"name-mismatch", "cn-only", "ip-as-dns"})

HOSTNAME_MISMATCH = 62
"""X509_V_ERR_HOSTNAME_MISMATCH, as OpenSSL would say it."""

CERTIFICATE = 11
"""The handshake type of a Certificate message (RFC 8446 §4)."""


def client_tls(settings: SessionSettings) -> ClientTls:
    """The TLS wishes of a session."""
    return ClientTls(
        settings.dialled_name,
        verify=settings.verify,
        ca_pem=settings.ca_pem,
        client_chain_pem=settings.client_chain_pem,
        client_key_pem=settings.client_key_pem,
        minimum=VERSIONS[settings.tls_minimum],
        maximum=VERSIONS[settings.tls_maximum] if settings.tls_maximum else None,
        ciphers=settings.ciphers,
        checks_name=settings.sni is None,
    )


class Securing:
    """TLS over the stream of a connection; tells the sink of all that the handshake shows."""

    def __init__(
        self,
        settings: SessionSettings,
        sink: Callable[[ClientEvent | ProtocolEvent | TlsEvent | WireEvent], None],
        now: Callable[[], datetime],
        below: ByteStream,
    ) -> None:
        self.failure: TlsFailed | None = None
        self.problems: tuple[ChainProblem, ...] = ()
        self._name = settings.dialled_name
        self._sink = sink
        self._now = now
        self._wishes = client_tls(settings)
        asked = self._name if settings.sni is None else settings.sni
        self._engine = TlsEngine(client_context(self._wishes), server_name=asked or None)
        self._observer = HandshakeObserver()
        self._chain: tuple[bytes, ...] = ()
        self._is_up = False
        self._held: list[AlertSeen] = []
        self.stream = TlsStream(below, self._engine, self.take_keys)
        """The cleartext, once the handshake is done."""

    async def shake_hands(self, gate: Callable[[str], Awaitable[None]] | None = None) -> bool:
        """The handshake; False when it failed, with `failure` and `problems` saying why."""
        done = await self.stream.handshake(gate)
        self.take_keys()
        self._check_chain()
        up = self._engine.up() if done else None
        misnamed = self._misnamed()
        if up is None or misnamed is not None:
            self.failure = self._engine.failure or misnamed or TlsFailed("handshake failed")
            self._sink(self.failure)
            return False
        self._sink(up)
        self._is_up = True
        return True

    def end_point(self) -> bytes:
        """The channel binding of the TLS that stands; empty without one (RFC 5929 §4.1)."""
        return end_point(self._chain[0]) if self._is_up and self._chain else b""

    def saw(self, from_client: bool, ciphertext: bytes) -> None:
        """Octets went by below."""
        self._observed(self._observer.feed(from_client, ciphertext))

    def take_keys(self) -> None:
        """With new keys the observer can read on."""
        lines = self._engine.key_lines()
        if not lines:
            return
        for line in lines:
            self._sink(KeyLine(line))
        self._observed(self._observer.add_key_lines(lines))

    def tell_held(self) -> None:
        """The server's alerts, which stand behind what it said before them in the same octets."""
        held, self._held = self._held, []
        for event in held:
            self._sink(event)

    def close(self) -> None:
        """Nothing more will come."""
        self.take_keys()
        self._engine.close()
        self.tell_held()

    def _check_chain(self) -> None:
        if not self._chain:
            return
        roots = trusted_roots(self._wishes)
        self.problems = check_chain(self._chain, roots, self._name, self._now())
        self._sink(ChainChecked(self._name, self._chain, self.problems, self._wishes.verify))

    def _misnamed(self) -> TlsFailed | None:
        """OpenSSL checks the name that it asks for; where another one counts, we have to."""
        if not self._wishes.verify or self._wishes.checks_name:
            return None
        wrong = any(p.code in NAME_PROBLEMS and p.severity == "error" for p in self.problems)
        return TlsFailed("hostname mismatch", HOSTNAME_MISMATCH) if wrong else None

    def _observed(self, events: list[TlsEvent]) -> None:
        for event in events:
            if isinstance(event, HandshakeMessage) and event.data[:1] == bytes([CERTIFICATE]):
                self._chain = self._chain or chain_from_message(event.data)
            if isinstance(event, AlertSeen) and not event.from_client and self._is_up:
                self._held.append(event)
            else:
                self._sink(event)
