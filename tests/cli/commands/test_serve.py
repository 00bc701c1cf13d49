"""`smtplab serve`: what it says to people, what it writes where, and what it is told of as JSON."""

import re
import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from smtplab.cli.main import run
from smtplab.server.certificates import Authority
from smtplab.server.events import ServerEvent
from tests.architecture.shape import ROOT

ON_WINDOWS = sys.platform == "win32"


def told(*words: str) -> str:
    """What a server says on stderr once it listens; it is ended then."""
    with subprocess.Popen(
        [sys.executable, "-m", "smtplab", "serve", *words],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stderr is not None
        line = server.stderr.readline()
        server.send_signal(signal.SIGINT if ON_WINDOWS else signal.SIGTERM)
        assert server.stderr.read() == ""
    return line


OWN = "title: T\nseverity: info\nstory: S.\nserver: {users: {bob: 'a b'}}\n"


def test_the_logins_are_those_of_its_scenarios(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(OWN)
    line = told(str(own), "honest", "--ca-file", str(tmp_path / "ca.pem"))
    assert "log in as bob with a b, or as alice with open-sesame; trust " in line
    assert told("--no-auth").startswith("smtplab: trust ")


@pytest.mark.parametrize("old", [b"", Authority().ca_pem, None])
def test_a_certificate_of_an_earlier_run_is_replaced(tmp_path, old):
    file = tmp_path / "ca.pem"
    if old is not None:
        file.write_bytes(old)
    assert f"trust {file}" in told("--ca-file", str(file))
    assert file.read_bytes().startswith(b"-----BEGIN CERTIFICATE")
    assert file.read_bytes() != old


def test_a_file_of_the_users_own_is_not(tmp_path, capsys, own_pem):
    for old in (b"my notes\n", own_pem, b"\xe3\x00"):
        file = tmp_path / "mine"
        file.write_bytes(old)
        assert run(["serve", "--ca-file", str(file)]) == 73
        assert "it is there already" in capsys.readouterr().err
        assert file.read_bytes() == old


@pytest.fixture
def own_pem() -> bytes:
    """A certificate that somebody else made."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mine")])
    day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


ROW = re.compile(r"^\| `([a-z-]+)` \| [^|]+ \| (.+) \|$", re.MULTILINE)


def documented() -> dict[str, set[str]]:
    """Event -> its keys, as the page on the command line has them."""
    page = Path(ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    table = page.partition("| event | when")[2].partition("\n\n")[0]
    keys = {kind: re.sub(r"\([^)]*\)", "", text) for kind, text in ROW.findall(table)}
    return {kind: set(re.findall("`([a-z_]+)`", text)) for kind, text in keys.items()}


def test_every_event_is_documented_with_its_keys():
    common = {"session", "scenario"}
    real = {
        event.kind: {field.name for field in fields(event)} - common
        for event in ServerEvent.__subclasses__()
    }
    real["listening"].add("ca_file")
    assert documented() == real
