"""`smtplab serve`, as a user starts it, with swaks and smtplib as its clients."""

import json
import queue
import smtplib
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.clients import log_in
from tests.servers.messages import DOTS, MESSAGES, for_swaks

USER, PASSWORD = "alice", "open-sesame"
SENDER, RECIPIENT = "bob@elsewhere.test", "alice@lab.test"
PATIENCE = 20.0
"""Seconds after which what the command should have said counts as missing."""

BASES = ("plain", "starttls", "implicit")
MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
SWAKS_TLS = {
    "plain": (),
    "starttls": ("--tls", "--tls-verify"),
    "implicit": ("--tls-on-connect", "--tls-verify"),
}


class Served:
    """A running `smtplab serve` and where it keeps what it was given."""

    def __init__(self, base: str, maildir: Path) -> None:
        self.maildir = maildir
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "smtplab", "serve", "honest", "--base", base,
                "--port", "0", "--json", "--maildir", str(maildir),
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def listening(self) -> None:
        """Waits for its first line."""
        first = self._next()
        assert (first["event"], first["scenario"]) == ("listening", "honest")
        self.port, self.ca_file = first["port"], first["ca_file"]

    def _next(self) -> dict[str, Any]:
        return json.loads(self._lines.get(timeout=PATIENCE))

    def content(self) -> bytes:
        """The only message, once the client has been told that it was taken."""
        (file,) = (self.maildir / "new").iterdir()
        return file.read_bytes()

    def events(self) -> list[dict[str, Any]]:
        """What it tells of the one session that there was."""
        told = [self._next()]
        while told[-1]["event"] != "closed":
            told.append(self._next())
        return told

    def forget(self) -> None:
        """Throws away what earlier tests sent, and what was told of a test that failed."""
        while not self._lines.empty():
            self._lines.get()
        for file in (self.maildir / "new").glob("*"):
            file.unlink()

    def end(self) -> None:
        """Ends it; it must have had nothing more to say."""
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reader.join()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        assert self._lines.empty()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    """The command on a free port, with the honest scenario on each base."""
    started = {base: Served(base, tmp_path_factory.mktemp(base) / "mail") for base in BASES}
    try:
        for served in started.values():
            served.listening()
        yield started
    finally:
        for served in started.values():
            served.end()


@pytest.fixture(params=BASES)
def base(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def served(running: dict[str, Served], base: str) -> Served:
    """The command with that base and an empty mailbox."""
    running[base].forget()
    return running[base]


def connect(served: Served, base: str) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=served.ca_file)
    if base == "implicit":
        return smtplib.SMTP_SSL("localhost", served.port, timeout=20, context=context)
    client = smtplib.SMTP("localhost", served.port, timeout=20)
    if base == "starttls":
        client.starttls(context=context)
    return client


def check_events(events: list[dict[str, Any]], base: str, content: bytes) -> None:
    """One session, inside TLS where it was asked for, with one message of that size."""
    kinds = [event["event"] for event in events]
    assert kinds.count("connected") == kinds.count("closed") == kinds.count("message") == 1
    assert ("tls-up" in kinds) == (base != "plain")
    (message,) = (event for event in events if event["event"] == "message")
    assert message["size"] == len(content)
    assert (message["sender"], message["recipients"]) == (SENDER, [RECIPIENT])
    assert PASSWORD not in json.dumps(events)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_smtplib_delivers(served: Served, base: str, mechanism: str):
    with connect(served, base) as client:
        log_in(client, mechanism, USER, PASSWORD)
        client.sendmail(SENDER, [RECIPIENT], DOTS)
    assert served.content() == DOTS
    check_events(served.events(), base, DOTS)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_swaks_delivers(served: Served, base: str, mechanism: str, swaks: str, tmp_path: Path):
    file = tmp_path / "message"
    file.write_bytes(for_swaks(DOTS))
    done = subprocess.run(
        [
            swaks, "--server", "127.0.0.1", "--port", str(served.port), *SWAKS_TLS[base],
            "--tls-ca-path", served.ca_file,
            "--auth", mechanism, "--auth-user", USER, "--auth-password", PASSWORD,
            "--from", SENDER, "--to", RECIPIENT, "--ehlo", "client.lab.test",
            "--data", f"@{file}", "--timeout", "20",
        ],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert served.content() == DOTS
    check_events(served.events(), base, DOTS)


@pytest.mark.parametrize("name", MESSAGES)
def test_every_octet_arrives(served: Served, base: str, name: str):
    with connect(served, base) as client:
        log_in(client, "PLAIN", USER, PASSWORD)
        client.sendmail(SENDER, [RECIPIENT], MESSAGES[name], ["BODY=8BITMIME"])
    assert served.content() == MESSAGES[name]
    check_events(served.events(), base, MESSAGES[name])
