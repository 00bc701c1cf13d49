"""After a login with any mechanism no output holds the password, the token, or a key of SCRAM."""

import base64
import hashlib
import hmac
import io
import json
from pathlib import Path

import pytest

from smtplab.cli.main import run
from smtplab.export.formats import FORMATS, render
from smtplab.protocol.events import AuthExchanged, ReplyReceived
from smtplab.transcript import files
from smtplab.transcript.redaction import traces
from smtplab.transcript.wording import word
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

PASSWORD = "open-sesame"

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS",
              "XOAUTH2", "OAUTHBEARER")  # fmt: skip


def scenario(folder: Path, name: str) -> str:
    path = folder / "own.yaml"
    path.write_text(
        f"title: T\nseverity: info\nstory: S.\nserver:\n  auth: {{mechs: [{name}]}}\n"
        "expect:\n- must: {deliver: 1}\n  level: error\n  because: RFC 4954 §4\n"
    )
    return f"scenario:{path}"


def scram_keys(name: str, record: Path) -> list[bytes]:
    """What whoever had it could log in with, computed anew from the record and the password."""
    hash_name = name.removeprefix("SCRAM-").removesuffix("-PLUS").replace("-", "").lower()
    said = [event.message for _, event in files.load(record).of(AuthExchanged)]
    challenge = next(m for m in said if not m.from_client and m.data.startswith(b"r="))
    fields = dict(field.split(b"=", 1) for field in challenge.data.split(b","))
    salt, count = base64.b64decode(fields[b"s"]), int(fields[b"i"])
    salted = hashlib.pbkdf2_hmac(hash_name, PASSWORD.encode(), salt, count)
    client = hmac.digest(salted, b"Client Key", hash_name)
    server = hmac.digest(salted, b"Server Key", hash_name)
    return [salted, client, hashlib.new(hash_name, client).digest(), server]


def forms(secret: bytes) -> set[bytes]:
    """A secret as it is, in base64 at each alignment, and in hex."""
    return {*traces(secret), secret.hex().encode()}


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("as_json", [True, False])
def test_nothing_that_is_printed_or_saved_has_a_secret(tmp_path, capsys, mechanism, as_json):
    record = tmp_path / "record.jsonl"
    how = ["--json"] if as_json else []
    words = ["send", scenario(tmp_path, mechanism), "--auth", mechanism, "--record", str(record)]
    assert run([*words, *how, "--time-scale", "0.1"]) == 0
    said = capsys.readouterr()
    everything = (said.out + said.err).encode() + record.read_bytes()
    everything += b"".join(render(files.load(record), one.name) for one in FORMATS)
    assert mechanism.encode() in everything
    secrets = [PASSWORD.encode()]
    if mechanism.startswith("SCRAM"):
        secrets += scram_keys(mechanism, record)
    found = [form for secret in secrets for form in forms(secret) if form in everything]
    assert found == []


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_shell_says_no_secret(tmp_path, capsys, monkeypatch, mechanism):
    monkeypatch.setattr("sys.stdin", io.StringIO(":c\n"))
    words = ["shell", scenario(tmp_path, mechanism), "--auth", mechanism, "--time-scale", "0.1"]
    assert run(words) == 0
    said = capsys.readouterr()
    everything = (said.out + said.err).encode()
    assert mechanism.encode() in everything
    assert not any(form in everything for form in forms(PASSWORD.encode()))


def test_a_secret_that_is_looked_for_is_found_when_it_is_shown(tmp_path, capsys):
    words = ["send", scenario(tmp_path, "PLAIN"), "--reveal-secrets", "--time-scale", "0.1"]
    assert run(words) == 0
    everything = capsys.readouterr().out.encode()
    assert any(form in everything for form in forms(PASSWORD.encode()))


async def test_nothing_in_memory_that_might_be_printed_has_a_secret(tmp_path):
    target = parse_target(scenario(tmp_path, "SCRAM-SHA-256"))
    options = Options(time_scale=0.1, password=PASSWORD, token="ya29.token")
    async with Workbench(target, options, keep_secrets=True) as bench:
        while bench.planned is not None:
            await bench.step()
        shown = [repr(bench.settings), repr(bench.options), repr(bench.runner.progress)]
        shown += [repr(bench.findings()), repr(bench.transcript.entries)]
        shown += [line.text for entry in bench.transcript for line in word(entry)]
        shown += ["\n".join(files.dump(bench.transcript))]
    everything = "\n".join(shown).encode()
    for secret in (PASSWORD, "ya29.token"):
        assert not any(form in everything for form in forms(secret.encode()))
    assert [event.reply.code for _, event in bench.transcript.of(ReplyReceived)][-1] == 221
    assert json.loads(next(files.dump(bench.transcript)))
