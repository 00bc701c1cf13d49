"""After a login with any mechanism no output holds the password, the token, or a key of SCRAM.

The password of the lab, which every client under test is given, is hidden like any other.
"""

import base64
import hashlib
import hmac
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from smtplab.cli.grade_reports import FORMATS as REPORTS
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


# Graded clients, which get the password of the lab, and tell all that they say.

TALKATIVE = """\
import os, smtplib, ssl, sys
host, port, word = os.environ["SMTPLAB_HOST"], int(os.environ["SMTPLAB_PORT"]), sys.argv[1]
print("logging in with", word)
with smtplib.SMTP(host, port, timeout=10) as client:
    client.set_debuglevel(1)
    client.starttls(context=ssl.create_default_context())
    client.login(os.environ["SMTPLAB_USERNAME"], word)
    client.noop()
    client.docmd(word)
    client.sendmail("alice@lab.test", ["bob@lab.test"], "Subject: x\\n\\n" + word)
"""
"""It gives the password away wherever it can: among the commands, and in the message."""

GRADED = ["--verbose", "--more-runs", "0"]


def graded(folder: Path, name: str, capsys: pytest.CaptureFixture[str], word: str) -> bytes:
    """Everything that grading such a client prints and writes."""
    files_of = {name: folder / name for name in (*REPORTS, "save", "write-baseline", "resume")}
    options = [w for option, path in files_of.items() for w in (f"--{option}", str(path))]
    own = scenario(folder, name).removeprefix("scenario:")
    client = folder / "client.py"
    client.write_text(TALKATIVE)
    words = ["grade", *GRADED, "--scenario", own, *options]
    assert run([*words, "--", "{python}", str(client), word]) == 0
    text = capsys.readouterr()
    run(["grade", "--merge", str(files_of["save"]), "--json"])
    value = capsys.readouterr()
    assert json.loads(value.out)["command"] == ["{python}", str(client), word]
    printed = "".join((text.out, text.err, value.out, value.err)).encode()
    return b"".join([printed, *(path.read_bytes() for path in files_of.values())])


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_no_report_of_a_grading_has_the_password_that_the_client_was_given(
    tmp_path, capsys, mechanism
):
    everything = graded(tmp_path, mechanism, capsys, "{password}")
    assert b"AUTH " + mechanism.encode() in everything
    assert b"********" in everything
    assert [form for form in forms(PASSWORD.encode()) if form in everything] == []


def test_another_password_that_a_client_logs_in_with_is_hidden_too(tmp_path, capsys):
    other = base64.b64decode("d3JvbmctaG9yc2U=").decode()
    client = tmp_path / "client.py"
    client.write_text(TALKATIVE.replace("sys.argv[1]", repr(other)).replace("print", "()#"))
    page = tmp_path / "page.html"
    words = ["grade", *GRADED, "--scenario", "honest", "--html", str(page)]
    assert run([*words, "--json", "--", "{python}", str(client)]) == 1  # it was refused
    value = json.loads(capsys.readouterr().out)
    said = [line["text"] for line in value["cases"][0]["transcript"]]
    assert "AUTH CRAM-MD5" in said
    assert not any(form.decode() in text for form in forms(other.encode()) for text in said)


def test_what_a_client_wrote_that_never_came_has_no_password(tmp_path, capsys):
    page = tmp_path / "page.html"
    own = scenario(tmp_path, "PLAIN").removeprefix("scenario:")
    words = ["grade", *GRADED, "--scenario", own, "--html", str(page), "--json"]
    assert run([*words, "--", "{python}", "-c", "print('as {password}')"]) == 1
    everything = capsys.readouterr().out.encode() + page.read_bytes()
    assert b"it wrote: as ********" in everything
    assert [form for form in forms(PASSWORD.encode()) if form in everything] == []


FAILING = """
import smtplib
def test_it(smtplab):
    client = smtplib.SMTP(smtplab.host, smtplab.port, timeout=10)
    client.starttls(context=smtplab.ssl_context())
    client.login(smtplab.username, smtplab.password)
    client.docmd(smtplab.password)
    assert smtplab.saw("DATA")
"""


def test_the_reports_of_failed_tests_have_no_password(tmp_path):
    (tmp_path / "test_it.py").write_text(FAILING)
    (tmp_path / "client.py").write_text(TALKATIVE + "sys.exit(1)")
    (tmp_path / "mine.smtplab.yaml").write_text(
        "command: '{python} client.py {password}'\nscenarios: [honest]\nfail_output: logging\n"
    )
    report = tmp_path / "report.xml"
    words = ["-p", "smtplab.pytest_plugin", "-p", "no:cacheprovider", "-v", "--showlocals",
             f"--junit-xml={report}", "--rootdir", str(tmp_path), str(tmp_path)]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        capture_output=True, check=False, timeout=60, cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    everything = done.stdout + done.stderr + report.read_bytes()
    assert done.returncode == 1
    assert b"2 failed" in everything
    assert everything.count(b"AUTH CRAM-MD5") >= 2
    assert [form for form in forms(PASSWORD.encode()) if form in everything] == []


# Outputs of sessions in which there is a password, and nobody asks for it.


@pytest.mark.parametrize("how", [[], ["--json"], ["--markdown"]])
def test_a_look_at_a_server_says_no_password(capsys, monkeypatch, how):
    monkeypatch.setenv("SMTPLAB_PASSWORD", PASSWORD)
    monkeypatch.setenv("SMTPLAB_TOKEN", "ya29.token")
    assert run(["probe", "scenario:honest", *how]) == 0
    said = capsys.readouterr()
    everything = (said.out + said.err).encode()
    assert b"PLAIN" in everything
    for secret in (PASSWORD, "ya29.token"):
        assert not any(form in everything for form in forms(secret.encode()))


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
