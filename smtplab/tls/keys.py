"""Traffic keys from a key log: the key schedules of TLS 1.3 and 1.2, for decrypting a record.

The AEAD ciphers themselves come from `cryptography`, imported when the first key is made.
"""

import hashlib
import hmac
from typing import Any, NamedTuple

from smtplab.tls.records import Record
from smtplab.values import field, mutable

AES_GCM, CHACHA20 = "AES-GCM", "ChaCha20-Poly1305"


class Suite(NamedTuple):
    """What decrypting needs to know of a cipher suite; lengths in octets."""

    cipher: str
    key_length: int
    digest: str


SUITES: dict[int, Suite] = {
    # TLS 1.3 (RFC 8446 §B.4).
    0x1301: Suite(AES_GCM, 16, "sha256"),
    0x1302: Suite(AES_GCM, 32, "sha384"),
    0x1303: Suite(CHACHA20, 32, "sha256"),
    # TLS 1.2 with AEAD (RFC 5288, RFC 5289, RFC 7905).
    0x009C: Suite(AES_GCM, 16, "sha256"),
    0x009D: Suite(AES_GCM, 32, "sha384"),
    0x009E: Suite(AES_GCM, 16, "sha256"),
    0x009F: Suite(AES_GCM, 32, "sha384"),
    0xC02B: Suite(AES_GCM, 16, "sha256"),
    0xC02C: Suite(AES_GCM, 32, "sha384"),
    0xC02F: Suite(AES_GCM, 16, "sha256"),
    0xC030: Suite(AES_GCM, 32, "sha384"),
    0xCCA8: Suite(CHACHA20, 32, "sha256"),
    0xCCA9: Suite(CHACHA20, 32, "sha256"),
    0xCCAA: Suite(CHACHA20, 32, "sha256"),
}
"""The suites that can be read along. Others (CBC, CCM) show their records undecrypted."""


def _aead(suite: Suite, key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

    return AESGCM(key) if suite.cipher == AES_GCM else ChaCha20Poly1305(key)


@mutable
class Opener:
    """Decrypts the records of one direction in one epoch, in order."""

    suite: Suite
    key: bytes
    iv: bytes
    tls13: bool
    sequence: int = 0
    _cipher: Any = field(default=None, repr=False)

    def skip(self) -> None:
        """Counts a record that nobody wants to read."""
        self.sequence += 1

    def open(self, record: Record) -> bytes | None:
        """The plaintext; None when the record does not decrypt."""
        from cryptography.exceptions import InvalidTag

        if self._cipher is None:
            self._cipher = _aead(self.suite, self.key)
        nonce, sealed, extra = self._inputs(record)
        self.sequence += 1
        try:
            plain: bytes = self._cipher.decrypt(nonce, sealed, extra)
        except (InvalidTag, ValueError):
            return None
        return plain

    def _inputs(self, record: Record) -> tuple[bytes, bytes, bytes]:
        counter = self.sequence.to_bytes(8, "big")
        mixed = bytes(a ^ b for a, b in zip(self.iv, b"\0\0\0\0" + counter, strict=False))
        if self.tls13:
            return mixed, record.payload, record.header  # RFC 8446 §5.2, §5.3
        sealed, nonce = record.payload, mixed
        if self.suite.cipher == AES_GCM:  # RFC 5288 §3: half of the nonce is sent along
            nonce, sealed = self.iv + sealed[:8], sealed[8:]
        length = max(0, len(sealed) - 16).to_bytes(2, "big")
        return nonce, sealed, counter + record.header[:3] + length


def _expand_label(secret: bytes, label: str, length: int, digest: str) -> bytes:
    """HKDF-Expand-Label with an empty context (RFC 8446 §7.1)."""
    name = b"tls13 " + label.encode()
    info = length.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0"
    found, block, counter = b"", b"", 1
    while len(found) < length:
        block = hmac.digest(secret, block + info + bytes([counter]), digest)
        found += block
        counter += 1
    return found[:length]


def opener_13(suite: Suite, secret: bytes) -> Opener:
    """The keys of a traffic secret (RFC 8446 §7.3)."""
    key = _expand_label(secret, "key", suite.key_length, suite.digest)
    return Opener(suite, key, _expand_label(secret, "iv", 12, suite.digest), True)


def next_secret(suite: Suite, secret: bytes) -> bytes:
    """The secret after a KeyUpdate (RFC 8446 §7.2)."""
    length = hashlib.new(suite.digest).digest_size
    return _expand_label(secret, "traffic upd", length, suite.digest)


def _prf(secret: bytes, label: bytes, seed: bytes, length: int, digest: str) -> bytes:
    """The pseudo-random function of TLS 1.2 (RFC 5246 §5)."""
    seed = label + seed
    found, block = b"", seed
    while len(found) < length:
        block = hmac.digest(secret, block, digest)
        found += hmac.digest(secret, block + seed, digest)
    return found[:length]


def openers_12(
    suite: Suite, master: bytes, client_random: bytes, server_random: bytes
) -> tuple[Opener, Opener]:
    """The client's and the server's keys (RFC 5246 §6.3)."""
    iv_length = 4 if suite.cipher == AES_GCM else 12
    size = suite.key_length
    seed = server_random + client_random
    block = _prf(master, b"key expansion", seed, 2 * size + 2 * iv_length, suite.digest)
    ivs = block[2 * size :]
    return (
        Opener(suite, block[:size], ivs[:iv_length], False),
        Opener(suite, block[size : 2 * size], ivs[iv_length:], False),
    )
