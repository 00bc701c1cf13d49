"""What throw-away mail servers have in common: ports, waiting, accounts, what was delivered."""

import shutil
import socket
import ssl
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import trustme

HOST = "127.0.0.1"
SERVER_NAME = "mx.lab.test"
DOMAIN = "lab.test"
USERNAME = "alice@lab.test"
PASSWORD = "secret"
MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
SCRAM = ("SCRAM-SHA-1", "SCRAM-SHA-256")
"""What Cyrus SASL and Dovecot have besides; Exim, built with GnuTLS, has no SCRAM."""

EXTENSIONS = ("8BITMIME", "CHUNKING", "PIPELINING", "SIZE", "SMTPUTF8", "STARTTLS")
"""What tests ask for where it is offered."""

START_SECONDS = 20.0
DELIVERY_SECONDS = 20.0
ATTEMPTS = 5


class Unavailable(Exception):
    """This machine cannot run the server: a program is missing, or we are not root."""


class StartFailed(Exception):
    """The server did not come up; the text holds what it said."""


@dataclass(frozen=True)
class Ports:
    """Where a server listens on loopback."""

    smtp: int
    """Plain, offers STARTTLS; accepts mail for its own domain without a login."""
    submission: int
    """Plain, offers STARTTLS; wants TLS and a login."""
    submissions: int
    """TLS from the first octet; wants a login."""


class Identity:
    """A certificate authority and the server's certificate, as PEM files in a folder."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        issued = authority.issue_cert("localhost", HOST, SERVER_NAME)
        self.ca_file = folder / "ca.pem"
        self.chain_file = folder / "chain.pem"
        self.key_file = folder / "key.pem"
        authority.cert_pem.write_to_path(self.ca_file)
        self.chain_file.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(self.key_file)
        self.key_file.chmod(0o600)


class MailServer(ABC):
    """A mail server in a folder of its own, for the length of a `with` block."""

    lacks: frozenset[str] = frozenset()
    """Those of the extensions that it does not offer."""
    mechanisms: tuple[str, ...] = MECHANISMS
    """The logins with a password that it offers inside TLS."""
    token_mechanisms: tuple[str, ...] = ()
    """The logins with a token."""
    takes_strangers = True
    """Whether its first port takes mail for its own domain without a login."""
    odd: tuple[str, ...] = ()
    """The findings that this server deserves whatever it is used for."""

    def __init__(self) -> None:
        # Not pytest's folder: the server's own user has to pass through it.
        self.folder = Path(tempfile.mkdtemp(prefix="smtplab-server-")).resolve()
        self.folder.chmod(0o711)
        self.identity = Identity(self.folder)
        self.maildir = self.folder / "mail" / "alice"
        self.ports = Ports(0, 0, 0)

    @abstractmethod
    def prepare(self) -> None:
        """Writes every file that does not depend on the ports."""

    @abstractmethod
    def launch(self) -> None:
        """Starts the server on `self.ports`; StartFailed when it says no."""

    @abstractmethod
    def halt(self) -> None:
        """Stops every process of the server; harmless when nothing runs."""

    def runs(self) -> bool:
        """Whether its ports may still come up."""
        return True

    @abstractmethod
    def log(self) -> str:
        """Whatever the server logged so far."""

    def start(self) -> None:
        """Comes back once all ports answer; another set of ports when somebody took one."""
        self.prepare()
        for attempt in range(1, ATTEMPTS + 1):
            self.ports = Ports(*free_ports(3))
            try:
                self.launch()
                self.await_ports()
            except StartFailed:
                self.halt()
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    def stop(self) -> None:
        """Leaves no process and no file."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ssl_context(self) -> ssl.SSLContext:
        """Trusts this server's authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.identity.ca_file))

    def forget_mail(self) -> None:
        """Throws away what earlier tests sent."""
        for path in self._mails():
            path.unlink()

    def take_mail(self) -> bytes:
        """Waits for one delivered message, removes it and returns it as stored."""
        wait_until(lambda: bool(self._mails()), DELIVERY_SECONDS, self._no_mail)
        (path,) = self._mails()
        content = path.read_bytes()
        path.unlink()
        return content

    def take_contents(self, count: int) -> list[bytes]:
        """Waits for so many messages, removes them and returns what was sent, in any order."""
        wait_until(lambda: len(self._mails()) >= count, DELIVERY_SECONDS, self._no_mail)
        found = [self.as_sent(path.read_bytes()) for path in self._mails()]
        for path in self._mails():
            path.unlink()
        return found

    def take_content(self) -> bytes:
        """One delivered message as it was sent."""
        return self.as_sent(self.take_mail())

    def as_sent(self, stored: bytes) -> bytes:
        """A stored message without the trace headers on top, lines ending in CRLF."""
        return strip_trace(stored).replace(b"\n", b"\r\n")

    def _mails(self) -> list[Path]:
        folder = self.maildir / "new"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def _no_mail(self) -> str:
        return f"no message in {self.maildir}; the log says:\n{self.log()}"

    def await_ports(self) -> None:
        """Waits until each port greets; StartFailed when one does not."""
        context = self.ssl_context()
        self.wait_for(lambda: greets(self.ports.smtp, None))
        self.wait_for(lambda: greets(self.ports.submission, None))
        self.wait_for(lambda: greets(self.ports.submissions, context))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Waits while the server runs; StartFailed when it ends first, or takes too long."""
        try:
            wait_until(lambda: condition() or not self.runs(), START_SECONDS, self.log)
        except TimeoutError as error:
            raise StartFailed(str(error)) from None
        if not self.runs():
            raise StartFailed(self.log())


TRACE_HEADERS = (
    b"return-path:",
    b"x-original-to:",
    b"delivered-to:",
    b"envelope-to:",
    b"delivery-date:",
    b"authentication-results:",
    b"received:",
)


def strip_trace(stored: bytes) -> bytes:
    """Takes off the headers that a server puts on top of a message, and only those on top."""
    lines = stored.split(b"\n")
    index = 0
    while index < len(lines) and lines[index].lower().startswith(TRACE_HEADERS):
        index += 1
        while index < len(lines) and lines[index][:1] in (b" ", b"\t"):
            index += 1
    return b"\n".join(lines[index:])


def find_program(name: str) -> str:
    """The path of a program; Unavailable when it is not installed."""
    # Programs of root are not on everybody's PATH.
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        raise Unavailable(f"{name} is not installed")
    return path


def free_ports(count: int) -> tuple[int, ...]:
    """Different TCP ports of loopback that nobody listens on at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind((HOST, 0))
        return tuple(sock.getsockname()[1] for sock in sockets)


def wait_until(condition: Callable[[], bool], seconds: float, why: Callable[[], str]) -> None:
    """Asks again and again until the condition holds; TimeoutError tells why it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(why())
        time.sleep(0.02)


def greets(port: int, context: ssl.SSLContext | None) -> bool:
    """Whether a server says 220 at this port of loopback, inside TLS when there is a context."""
    with ExitStack() as stack:
        try:
            sock = stack.enter_context(socket.create_connection((HOST, port), START_SECONDS))
            if context is not None:
                sock = stack.enter_context(context.wrap_socket(sock, server_hostname="localhost"))
            return sock.recv(512).startswith(b"220")
        except OSError:
            return False
