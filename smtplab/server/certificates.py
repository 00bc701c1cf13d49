"""The certificates of the bundled server: one authority for each run, and what it has made.

Each is made when it is first asked for, and kept for the run.
"""

import ssl

import trustme

from smtplab.server.certificate_kinds import ECDSA, KINDS, Served, served
from smtplab.tls.settings import ServerTls, server_context

NAMES = ("localhost", "127.0.0.1", "::1", "lab.test")
"""What the bundled server is dialled by; the scenario's own host comes on top."""

VERSIONS: dict[str, tuple[ssl.TLSVersion | None, ssl.TLSVersion | None]] = {
    "any": (None, None),
    "1.0": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1),
    "1.1": (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1),
    "1.2": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
    "1.3": (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3),
}


OLD = frozenset({"1.0", "1.1"})
"""Versions that OpenSSL only speaks at its lowest level of security."""


class Authority:
    """The certificate authority of a run, and the certificates that it made."""

    def __init__(self) -> None:
        self._ca = trustme.CA(key_type=ECDSA)
        self._made: dict[tuple[str, str], Served] = {}

    @property
    def ca_pem(self) -> bytes:
        """The authority's own certificate."""
        return self._ca.cert_pem.bytes()

    def served(self, kind: str, host: str) -> Served:
        """The certificate of a kind, for a server of that name; KeyError when unknown."""
        key = (kind, host)
        if key not in self._made:
            names = NAMES if host in NAMES else (*NAMES, host)
            self._made[key] = KINDS[kind](self._ca, names)
        return self._made[key]

    def client(self, user: str) -> Served:
        """A certificate for a client; its common name is the user whom EXTERNAL lets in."""
        return served(self._ca.issue_cert(f"{user}@lab.test", common_name=user, key_type=ECDSA))

    def context(
        self, kind: str, host: str, versions: str = "any", client_cert: str = "none"
    ) -> ssl.SSLContext:
        """A context for one connection; `client_cert` is none, wanted or required."""
        shown = self.served(kind, host)
        minimum, maximum = VERSIONS[versions]
        return server_context(
            ServerTls(
                shown.chain_pem,
                shown.key_pem,
                minimum,
                maximum,
                client_ca_pem=None if client_cert == "none" else self.ca_pem,
                client_may_have_none=client_cert == "wanted",
                weak=shown.weak or versions in OLD,
            )
        )
