"""`smtplab serve`, as a user starts it, with swaks and smtplib as its clients."""

import json
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.clients import log_in
from tests.servers.messages import DOTS, MESSAGES, for_swaks

USER, PASSWORD = "alice", "open-sesame"
SENDER, RECIPIENT = "bob@elsewhere.test", "alice@lab.test"
BASES = ("plain", "starttls", "implicit")
MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
SWAKS_TLS = {
    "plain": (),
    "starttls": ("--tls", "--tls-verify"),
    "implicit": ("--tls-on-connect", "--tls-verify"),
}


@dataclass(frozen=True)
class Served:
    """A running `smtplab serve` and where it keeps what it was given."""

    process: subprocess.Popen[str]
    port: int
    ca_file: str
    maildir: Path

    def content(self) -> bytes:
        """The only message, once the client has been told that it was taken."""
        (file,) = (self.maildir / "new").iterdir()
        return file.read_bytes()

    def events(self) -> list[dict[str, Any]]:
        """Ends the server; everything it told after its first line."""
        self.process.terminate()
        out, _ = self.process.communicate(timeout=20)
        return [json.loads(line) for line in out.splitlines()]


Serve = Callable[[str], Served]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts the command on a free port, with the honest scenario on a base."""
    processes: list[subprocess.Popen[str]] = []

    def start(base: str) -> Served:
        maildir = tmp_path / "mail"
        process = subprocess.Popen(
            [
                sys.executable, "-m", "smtplab", "serve", "honest", "--base", base,
                "--port", "0", "--json", "--maildir", str(maildir),
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert (first["event"], first["scenario"]) == ("listening", "honest")
        return Served(process, first["port"], first["ca_file"], maildir)

    yield start
    for process in processes:
        process.terminate()
        process.communicate(timeout=20)


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


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_smtplib_delivers(serve: Serve, base: str, mechanism: str):
    served = serve(base)
    with connect(served, base) as client:
        log_in(client, mechanism, USER, PASSWORD)
        client.sendmail(SENDER, [RECIPIENT], DOTS)
    assert served.content() == DOTS
    check_events(served.events(), base, DOTS)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_swaks_delivers(serve: Serve, base: str, mechanism: str, swaks: str, tmp_path: Path):
    served = serve(base)
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


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("name", MESSAGES)
def test_every_octet_arrives(serve: Serve, base: str, name: str):
    served = serve(base)
    with connect(served, base) as client:
        log_in(client, "PLAIN", USER, PASSWORD)
        client.sendmail(SENDER, [RECIPIENT], MESSAGES[name], ["BODY=8BITMIME"])
    assert served.content() == MESSAGES[name]
