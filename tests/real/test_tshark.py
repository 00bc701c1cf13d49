"""The decoder of the handshake, field for field and octet for octet beside tshark's."""

import ssl
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from smtplab.tls.events import HandshakeMessage
from smtplab.tls.fields import Field
from smtplab.tls.handshake import decode
from tests.tls.conftest import Shaken, authority, shake  # noqa: F401  # fixtures
from tests.tls.test_observer import V12, V13

CLIENT_PORT, SERVER_PORT = 40000, 465

SAME: tuple[tuple[str, str, int], ...] = (
    ("type", "tls.handshake.type", 0),
    ("length", "tls.handshake.length", 0),
    ("legacy_version", "tls.handshake.version", 0),
    ("random", "tls.handshake.random", 0),
    ("session_id", "tls.handshake.session_id", 1),
    ("cipher_suite", "tls.handshake.ciphersuite", 0),
    ("cipher_suites/cipher_suite", "tls.handshake.ciphersuite", 0),
    ("compression_method", "tls.handshake.comp_method", 0),
    ("compression_methods/method", "tls.handshake.comp_method", 0),
    ("*extensions/*/type", "tls.handshake.extension.type", 0),
    ("*extensions/*/length", "tls.handshake.extension.len", 0),
    ("extensions/server_name/*/name_type", "tls.handshake.extensions_server_name_type", 0),
    ("extensions/server_name/*/host_name", "tls.handshake.extensions_server_name", 2),
    ("extensions/ec_point_formats/*/format", "tls.handshake.extensions_ec_point_format", 0),
    ("extensions/supported_groups/*/group", "tls.handshake.extensions_supported_group", 0),
    ("extensions/signature_algorithms/*/algorithm", "tls.handshake.sig_hash_alg", 0),
    ("extensions/supported_versions/*version", "tls.handshake.extensions.supported_version", 0),
    ("extensions/psk_key_exchange_modes/*/mode", "tls.extension.psk_ke_mode", 0),
    ("extensions/key_share/*/group", "tls.handshake.extensions_key_share_group", 0),
    ("extensions/key_share/*group", "tls.handshake.extensions_key_share_selected_group", 0),
    (
        "extensions/key_share/*/key_exchange",
        "tls.handshake.extensions_key_share_key_exchange", 2,
    ),
    ("extensions/padding/zeros", "tls.handshake.extensions_padding_data", 0),
    ("certificate_list/certificate/cert_data", "tls.handshake.certificate", 3),
    ("certificate_types/type", "tls.handshake.cert_type", 0),
    ("supported_signature_algorithms/algorithm", "tls.handshake.sig_hash_alg", 0),
    ("certificate_authorities/name", "tls.handshake.dname", 2),
    ("algorithm", "tls.handshake.sig_hash_alg", 0),
    ("signature", "tls.handshake.client_cert_vrfy.sig", 2),
    ("signature", "tls.handshake.sig", 2),
    ("curve_type", "tls.handshake.server_curve_type", 0),
    ("named_curve", "tls.handshake.server_named_curve", 0),
    ("public", "tls.handshake.server_point", 1),
    ("exchange_keys", "tls.handshake.client_point", 1),
    ("verify_data", "tls.handshake.verify_data", 0),
    ("ticket_lifetime", "tls.handshake.session_ticket_lifetime_hint", 0),
    ("ticket_age_add", "tls.handshake.session_ticket_age_add", 0),
    ("ticket_nonce", "tls.handshake.session_ticket_nonce", 1),
    ("ticket", "tls.handshake.session_ticket", 2),
)  # fmt: skip
"""Path of our field -> tshark's name, and how many octets of length our field has in front."""

DERIVED = (
    "*_length",
    "*_len",
    "*_count",
    "*.ja3*",
    "*.sig_hash_hash",
    "*.sig_hash_sig",
    "*.random_*",
)
"""What tshark makes of other fields, or what our lists hold in front of their items."""

ONLY_SPAN = ("tls.handshake.verify_data",)
"""Of these tshark tells where they are, but not the octets."""

Part = tuple[int, str, bytes | int]
"""Where in its message, what, and the octets; or how many they are."""


def packet(from_client: bool, at: int, acknowledged: int, data: bytes) -> bytes:
    """A TCP segment in an IPv4 packet in a record of a capture file."""
    ports = (CLIENT_PORT, SERVER_PORT) if from_client else (SERVER_PORT, CLIENT_PORT)
    tcp = struct.pack(">HHIIBBHHH", *ports, at, acknowledged, 0x50, 0x18, 65535, 0, 0) + data
    here = bytes([127, 0, 0, 1])
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, here, here) + tcp
    return struct.pack("<IIII", 0, 0, len(ip), len(ip)) + ip


def capture(wire: list[tuple[bool, bytes]]) -> bytes:
    """What went over the wire as a capture file of raw IP."""
    raw_ip, limit = 101, 1 << 18
    found = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, limit, raw_ip)]
    at = {True: 1, False: 1}
    for from_client, data in wire:
        for start in range(0, len(data), 1400):
            segment = data[start : start + 1400]
            found.append(packet(from_client, at[from_client], at[not from_client], segment))
            at[from_client] += len(segment)
    return b"".join(found)


def read_by_tshark(tshark: str, shaken: Shaken, folder: Path) -> list[tuple[bool, list[Part]]]:
    """Each handshake message, with its sender and the fields that tshark finds in it."""
    (folder / "capture").write_bytes(capture(shaken.wire))
    (folder / "keys").write_text("\n".join(shaken.key_lines) + "\n")
    done = subprocess.run(
        [
            tshark, "-n", "-r", str(folder / "capture"), "-T", "pdml",
            "-o", f"tls.keylog_file:{folder / 'keys'}", "-d", f"tcp.port=={SERVER_PORT},tls",
        ],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    found = []
    for frame in ElementTree.fromstring(done.stdout).iter("packet"):
        port = frame.find(".//field[@name='tcp.srcport']")
        assert port is not None
        from_client = port.get("show") == str(CLIENT_PORT)
        for message in frame.iterfind(".//field[@name='tls.handshake']"):
            parts = list(fields_of(message))
            start = min(at for at, _, _ in parts)
            found.append((from_client, sorted((at - start, *rest) for at, *rest in parts)))
    return found


def fields_of(message: ElementTree.Element) -> Iterator[Part]:
    for field in message.iter("field"):
        name, octets = field.get("name", ""), field.get("value", "")
        at, size = int(field.get("pos", "0")), int(field.get("size", "0"))
        if name in ONLY_SPAN:
            yield at, name, size
        elif octets and name.startswith("tls.") and not any(fnmatchcase(name, d) for d in DERIVED):
            yield at, name, bytes.fromhex(octets)


def read_by_us(message: HandshakeMessage, theirs: set[str]) -> list[Part]:
    """Our fields under tshark's names; of several possible names the one that tshark used."""
    found: list[Part] = []
    for path, field in leaves(decode(message.data)):
        names = [row for row in SAME if fnmatchcase(path, row[0])]
        for _, name, front in [row for row in names if row[1] in theirs] or names[:1]:
            octets = message.data[field.start + front : field.end]
            if octets:
                part = len(octets) if name in ONLY_SPAN else octets
                found.append((field.start + front, name, part))
    return sorted(found)


def leaves(field: Field, path: str = "") -> Iterator[tuple[str, Field]]:
    for child in field.children:
        inner = f"{path}/{child.label}" if path else child.label
        if child.children:
            yield from leaves(child, inner)
        else:
            yield inner, child


def by_side(messages: list[tuple[bool, list[Part]]]) -> list[tuple[bool, list[Part]]]:
    """Sorted by side; within a side the order stays."""
    return sorted(messages, key=lambda message: message[0])


def ask_for_another_group(shaken_server: ssl.SSLContext) -> None:
    shaken_server.set_ecdh_curve("secp384r1")


CASES: dict[str, tuple[ssl.TLSVersion, Callable[[ssl.SSLContext], None] | None, bool, set[int]]] = {
    "1.2": (V12, None, False, {1, 2, 4, 11, 12, 14, 16, 20}),
    "1.3": (V13, None, False, {1, 2, 4, 8, 11, 15, 20}),
    "1.3, retried": (V13, ask_for_another_group, False, {1, 2, 4, 8, 11, 15, 20}),
    "1.2, client certificate": (V12, None, True, {1, 2, 4, 11, 12, 13, 14, 15, 16, 20}),
    "1.3, client certificate": (V13, None, True, {1, 2, 4, 8, 11, 13, 15, 20}),
}
"""Name -> version, what to do to the server's context, client certificate, expected types."""


@pytest.mark.parametrize("name", CASES)
def test_finds_the_same_fields_with_the_same_octets_at_the_same_places(
    shake,  # noqa: F811
    tshark: str,
    tmp_path: Path,
    name: str,
):
    version, prepare_server, client_certificate, expected = CASES[name]
    shaken = shake(
        version=version, prepare_server=prepare_server, client_certificate=client_certificate
    )
    theirs = read_by_tshark(tshark, shaken, tmp_path)
    messages = [event for event in shaken.observed if isinstance(event, HandshakeMessage)]
    assert {message.data[0] for message in messages} == expected
    messages.sort(key=lambda message: message.from_client)
    assert len(messages) == len(theirs)
    for message, (from_client, parts) in zip(messages, by_side(theirs), strict=True):
        assert message.from_client == from_client
        assert read_by_us(message, {name for _, name, _ in parts}) == parts


def test_a_retry_is_seen_as_one(shake):  # noqa: F811
    shaken = shake(version=V13, prepare_server=ask_for_another_group)
    messages = [event for event in shaken.observed if isinstance(event, HandshakeMessage)]
    assert [decode(message.data).label for message in messages][:4] == [
        "ClientHello", "HelloRetryRequest", "ClientHello", "ServerHello",
    ]  # fmt: skip
