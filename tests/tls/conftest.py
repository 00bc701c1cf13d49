"""Certificates and in-memory handshakes for the tests of TLS."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import trustme

from smtplab.tls.engine import Handshake, TlsEngine
from smtplab.tls.events import TlsEvent
from smtplab.tls.observer import HandshakeObserver
from smtplab.tls.settings import ClientTls, ServerTls, client_context, server_context


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


def server_tls(leaf: trustme.LeafCert, **wishes: Any) -> ServerTls:
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    return ServerTls(chain, leaf.private_key_pem.bytes(), **wishes)


@dataclass
class Shaken:
    """A handshake in memory: both engines, what went over the wire, what was observed."""

    client: TlsEngine
    server: TlsEngine
    wire: list[tuple[bool, bytes]] = field(default_factory=list)
    observed: list[TlsEvent] = field(default_factory=list)
    callbacks: list[tuple[bool, int, bytes]] = field(default_factory=list)
    """(from the client, content type, octets) as OpenSSL's message callback told them."""
    key_lines: list[str] = field(default_factory=list)
    results: tuple[Handshake, Handshake] = (Handshake.WANTS_DATA, Handshake.WANTS_DATA)


def asking_for_certificate(authority: trustme.CA) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What the client and what the server wishes, so that the client shows a certificate."""
    own = server_tls(authority.issue_cert("bob@elsewhere.test"))
    ours = {"client_chain_pem": own.chain_pem, "client_key_pem": own.key_pem}
    return ours, {"client_ca_pem": authority.cert_pem.bytes()}


@pytest.fixture
def shake(authority: trustme.CA):
    """Runs a handshake in memory; the engines are closed after the test."""
    engines: list[TlsEngine] = []

    def run(
        leaf: trustme.LeafCert | None = None,
        *,
        name: str = "localhost",
        version: ssl.TLSVersion | None = None,
        prepare: Callable[[ssl.SSLContext], None] | None = None,
        prepare_server: Callable[[ssl.SSLContext], None] | None = None,
        client_certificate: bool = False,
        **client_wishes: Any,
    ) -> Shaken:
        leaf = leaf or authority.issue_cert("localhost", "127.0.0.1")
        wishes = {"ca_pem": authority.cert_pem.bytes(), "maximum": version, **client_wishes}
        asking = asking_for_certificate(authority) if client_certificate else ({}, {})
        wishes |= asking[0]
        context = client_context(ClientTls(name, **wishes))
        result: list[Shaken] = []

        def told(conn, direction, version, content_type, message_type, data):
            if int(content_type) in (21, 22):
                result[0].callbacks.append((direction == "write", int(content_type), data))

        if hasattr(context, "_msg_callback"):
            context._msg_callback = told
        if prepare is not None:
            prepare(context)
        client = TlsEngine(context, server_name=name)
        other = server_context(server_tls(leaf, **asking[1]))
        if prepare_server is not None:
            prepare_server(other)
        server = TlsEngine(other, server_side=True)
        engines.extend((client, server))
        shaken = Shaken(client, server)
        result.append(shaken)
        pump(shaken)
        return shaken

    yield run
    for engine in engines:
        engine.close()


def pump(shaken: Shaken) -> None:
    """Carries octets to and fro until both sides rest."""
    observer = HandshakeObserver()
    client, server = shaken.client, shaken.server
    for _ in range(12):
        ours = client.handshake()
        moved = carry(shaken, observer, True, client, server)
        theirs = server.handshake()
        moved |= carry(shaken, observer, False, server, client)
        shaken.results = (ours, theirs)
        client.read()
        server.read()
        if not moved:
            break


def carry(
    shaken: Shaken, observer: HandshakeObserver, from_client: bool, one: TlsEngine, other: TlsEngine
) -> bool:
    data = one.data_to_send()
    if data:
        shaken.wire.append((from_client, data))
        shaken.observed += observer.feed(from_client, data)
        other.receive_data(data)
    lines = shaken.client.key_lines()
    shaken.key_lines += lines
    shaken.observed += observer.add_key_lines(lines)
    return bool(data)
