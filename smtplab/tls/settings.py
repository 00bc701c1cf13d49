"""What is asked of TLS, and the `ssl.SSLContext` that it comes to: one for each connection."""

import contextlib
import os
import ssl
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from smtplab.values import field, value


@value
class ClientTls:
    """A client's wishes. `ca_pem` are the only authorities to trust; None: the system's."""

    server_name: str
    verify: bool = True
    ca_pem: bytes | None = field(default=None, repr=False)
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    maximum: ssl.TLSVersion | None = None
    client_chain_pem: bytes | None = field(default=None, repr=False)
    client_key_pem: bytes | None = field(default=None, repr=False)
    ciphers: str | None = None
    """OpenSSL's list for TLS 1.2 and older; None: its default."""
    checks_name: bool = True
    """Whether OpenSSL checks the name; off when another one is asked for than is checked."""


VERSIONS: dict[str, ssl.TLSVersion] = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
"""The versions of TLS by the names that people use."""

OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)

WEAK = "DEFAULT:@SECLEVEL=0"
"""Ciphers that let OpenSSL speak the old versions, which it would not by itself."""


@value
class ServerTls:
    """A server's certificate and wishes.

    `weak` lets it use keys and versions of TLS that OpenSSL would not.
    """

    chain_pem: bytes = field(repr=False)
    key_pem: bytes = field(repr=False)
    minimum: ssl.TLSVersion | None = None
    maximum: ssl.TLSVersion | None = None
    client_ca_pem: bytes | None = field(default=None, repr=False)
    """The authority of clients' certificates; None: clients are not asked for any."""
    client_may_have_none: bool = False
    weak: bool = False


def client_context(wishes: ClientTls) -> ssl.SSLContext:
    """A context for one connection of a client.

    Raises ssl.SSLError when the certificates given cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # A name in the CN only is no name since RFC 9525 §2; Python would still take it.
    context.hostname_checks_common_name = False
    with warnings.catch_warnings():
        # The old versions are deprecated, and whoever asks for them wants to see just that.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = wishes.minimum
        if wishes.maximum is not None:
            context.maximum_version = wishes.maximum
    if wishes.ciphers is not None or wishes.minimum in OLD:
        context.set_ciphers(wishes.ciphers or WEAK)
    if not (wishes.verify and wishes.checks_name):
        context.check_hostname = False
    if not wishes.verify:
        context.verify_mode = ssl.CERT_NONE
    if wishes.ca_pem is not None:
        context.load_verify_locations(cadata=_ascii(wishes.ca_pem))
    else:
        context.load_default_certs()
    if wishes.client_chain_pem is not None and wishes.client_key_pem is not None:
        _load_chain(context, wishes.client_chain_pem, wishes.client_key_pem)
    return context


def server_context(wishes: ServerTls) -> ssl.SSLContext:
    """A context for one connection of a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if wishes.weak:
        context.set_ciphers(WEAK)
    with warnings.catch_warnings():
        # The old versions are deprecated, and that is what they are wanted for.
        warnings.simplefilter("ignore", DeprecationWarning)
        if wishes.minimum is not None:
            context.minimum_version = wishes.minimum
        if wishes.maximum is not None:
            context.maximum_version = wishes.maximum
    if wishes.client_ca_pem is not None:
        optional = wishes.client_may_have_none
        context.verify_mode = ssl.CERT_OPTIONAL if optional else ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=_ascii(wishes.client_ca_pem))
    _load_chain(context, wishes.chain_pem, wishes.key_pem)
    return context


def _ascii(pem: bytes) -> str:
    """PEM for `ssl`, which takes ASCII alone; names in comments are often more than that."""
    return pem.decode("ascii", "ignore")


def trusted_roots(wishes: ClientTls) -> tuple[bytes, ...]:
    """The authorities that a client with these wishes trusts, DER."""
    return tuple(client_context(wishes).get_ca_certs(binary_form=True))


@contextlib.contextmanager
def _private_file(octets: bytes) -> Iterator[str]:
    """The octets in a file that only we can read, for as long as `ssl` needs it."""
    with tempfile.TemporaryDirectory(prefix="smtplab-") as folder:
        path = Path(folder) / "pem"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
        yield str(path)


def _load_chain(context: ssl.SSLContext, chain_pem: bytes, key_pem: bytes) -> None:
    with _private_file(key_pem + b"\n" + chain_pem) as path:
        context.load_cert_chain(path)
