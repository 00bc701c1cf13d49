"""The TLS engine: a handshake and its records through memory buffers, without a socket.

OpenSSL speaks TLS; this class moves octets in and out of it. Two duties follow from owning them:

- After every call, failed ones included, `data_to_send` has what must go out. A failed handshake
  leaves the fatal alert there, and the peer only learns of the reason when somebody sends it.
- The key log is a file for OpenSSL, so it lives in a folder that only we can read and that `close`
  removes. What `key_lines` gives is enough to decrypt the connection.
"""

import enum
import ssl
import tempfile
from pathlib import Path
from typing import Any

from smtplab.tls.events import TlsFailed, TlsUp

FIRST_OCTETS = 200
"""What is kept of a peer's first octets, to show them when they are no TLS."""

RECORD_TYPES = frozenset({20, 21, 22, 23, 24})
"""First octets of TLS records: change_cipher_spec to heartbeat (RFC 8446 §5.1)."""

VERSIONS = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}


KEY_LOG = "keys"


class Handshake(enum.Enum):
    """Where a handshake stands."""

    WANTS_DATA = enum.auto()
    DONE = enum.auto()
    FAILED = enum.auto()


class TlsEngine:
    """One connection's TLS. The context must not be shared: its key log is this engine's.

    Without `key_log` no keys are written anywhere, and `key_lines` has none.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        server_side: bool = False,
        server_name: str | None = None,
        key_log: bool = True,
    ) -> None:
        self.failure: TlsFailed | None = None
        self.peer_closed = False
        """Whether the peer said close_notify."""
        self._done = False
        self._eof = False
        self._first = bytearray()
        self._server_name = server_name or ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._keys_read = 0
        if key_log:
            self._folder = tempfile.TemporaryDirectory(prefix="smtplab-")
            path = Path(self._folder.name) / KEY_LOG
            path.touch(mode=0o600)
            context.keylog_filename = str(path)
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=server_name
        )

    # Octets of the network.

    def receive_data(self, ciphertext: bytes) -> None:
        """Takes octets from the network."""
        if not self._done and len(self._first) < FIRST_OCTETS:
            self._first += ciphertext[: FIRST_OCTETS - len(self._first)]
        if not self._eof:
            self._incoming.write(ciphertext)

    def receive_eof(self) -> None:
        """The network has no more."""
        self._eof = True
        self._incoming.write_eof()

    def data_to_send(self) -> bytes:
        """What must go onto the network now."""
        return self._outgoing.read()

    # The handshake.

    def handshake(self) -> Handshake:
        """Goes on as far as the octets reach."""
        if self.failure is not None:
            return Handshake.FAILED
        if self._done:
            return Handshake.DONE
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            if not self._eof:
                return Handshake.WANTS_DATA
            self.failure = TlsFailed("the peer closed the connection during the handshake")
        except (ssl.SSLError, OSError, ValueError) as error:
            self.failure = self._failed(error)
        else:
            self._done = True
            return Handshake.DONE
        return Handshake.FAILED

    def up(self) -> TlsUp | None:
        """What was agreed on; None before the handshake is done."""
        cipher = self._tls.cipher()
        version = self._tls.version()
        if not self._done or cipher is None or version is None:
            return None
        name, _, bits = cipher
        return TlsUp(VERSIONS.get(version, version), name, bits, self._server_name)

    def peer_common_name(self) -> str:
        """The common name in the peer's certificate; empty when none came or was verified."""
        certificate: Any = self._tls.getpeercert() or {}
        names = [pair for group in certificate.get("subject", ()) for pair in group]
        return next((str(value) for key, value in names if key == "commonName"), "")

    # Cleartext.

    def read(self) -> bytes:
        """All cleartext that can be had now; `failure` and `peer_closed` tell why no more comes."""
        found = bytearray()
        while self._done and self.failure is None and not self.peer_closed:
            try:
                data = self._tls.read(1 << 16)
            except ssl.SSLWantReadError:
                break
            except ssl.SSLZeroReturnError:
                self.peer_closed = True
            except ssl.SSLEOFError:
                break  # an end without close_notify: the stream above tells that apart
            except (ssl.SSLError, OSError) as error:
                self.failure = self._failed(error)
            else:
                if not data:
                    self.peer_closed = True
                found += data
        return bytes(found)

    def write(self, cleartext: bytes | memoryview) -> None:
        """Encrypts; after a failure or our own close_notify the octets are dropped."""
        if not self._done or self.failure is not None or not cleartext:
            return
        try:
            self._tls.write(cleartext)
        except (ssl.SSLError, OSError) as error:
            self.failure = self._failed(error)

    def close_notify(self) -> None:
        """Says that no more will come from us (RFC 8446 §6.1)."""
        if not self._done or self.failure is not None:
            return
        try:
            self._tls.unwrap()
        except (ssl.SSLError, OSError):
            return  # it waits for the peer's own close_notify; ours is in the buffer

    # Keys, and the end.

    def key_lines(self) -> list[str]:
        """The lines of the key log since the last call."""
        if self._folder is None:
            return []
        with (Path(self._folder.name) / KEY_LOG).open("rb") as file:
            file.seek(self._keys_read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._keys_read += len(whole)
        lines = whole.decode("ascii", "replace").splitlines()
        return [line for line in lines if line and not line.startswith("#")]

    def close(self) -> None:
        """Removes the key log. Closing twice is no mistake."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _failed(self, error: Exception) -> TlsFailed:
        first = bytes(self._first)
        not_tls = first if first and first[0] not in RECORD_TYPES and not self._done else b""
        if isinstance(error, ssl.SSLCertVerificationError):
            return TlsFailed(error.verify_message, error.verify_code, not_tls)
        reason = getattr(error, "reason", None) or str(error)
        return TlsFailed(reason.replace("_", " ").lower(), 0, not_tls)
