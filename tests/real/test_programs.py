"""Exported programs, run: swaks, openssl and smtplib do the session again."""

import shutil
import subprocess

import pytest

from smtplab.export.shell import printing, script, word
from tests.export.programs import run_again
from tests.export.records import offering
from tests.servers.fixtures import missing

NEEDS = {"swaks": "swaks", "openssl": "openssl"}

HOSTILE = b"Subject: $(touch x) `touch x` '; touch x; '\r\n\r\n%FROM_ADDRESS% \\n 'a' \"b\"\r\n" + (
    b".dot\r\n\xff\x00\x01\x1b[2J 100%s \\x41\r\n" + "Grüße\r\n".encode()
)
"""What a shell, printf or swaks would change if they were let."""


@pytest.fixture(params=["swaks", "openssl", "python"])
def program(request: pytest.FixtureRequest) -> str:
    needed = NEEDS.get(request.param)
    if needed is not None and shutil.which(needed) is None:
        missing(f"{needed} is not installed")
    return str(request.param)


@pytest.mark.parametrize("base", ["starttls", "implicit", "plain"])
async def test_it_delivers_the_same(program, tmp_path, base):
    ran = await run_again(program, tmp_path, base=base, mechanism="PLAIN", auth_in_clear=True)
    assert ran.code == 0, ran.output
    assert ran.delivers_the_same()
    assert ran.mails[0].user == "alice"
    assert "500 " not in ran.output


@pytest.mark.parametrize("mechanism", ["LOGIN", "CRAM-MD5"])
async def test_it_logs_in(program, tmp_path, mechanism):
    ran = await run_again(program, tmp_path, mechanism=mechanism)
    if (program, mechanism) == ("openssl", "CRAM-MD5"):
        assert "the login is left out" in ran.output
        return
    assert ran.code == 0, ran.output
    assert ran.delivers_the_same()
    assert f"AUTH {mechanism}" in ran.output
    assert "open-sesame" not in ran.output


TOKENS = ["XOAUTH2", "OAUTHBEARER", "ANONYMOUS", "EXTERNAL"]


@pytest.mark.parametrize("name", ["openssl", "python"])
@pytest.mark.parametrize("mechanism", TOKENS)
async def test_it_logs_in_without_a_password(name, tmp_path, mechanism):
    if name == "openssl" and shutil.which(name) is None:
        missing(f"{name} is not installed")
    scenario = offering(tmp_path, mechanism).removeprefix("scenario:")
    ran = await run_again(
        name, tmp_path, scenario, mechanism=mechanism, token="open-sesame", certified=True
    )
    assert ran.code == 0, ran.output
    assert ran.delivers_the_same()
    assert "SMTPLAB_PASSWORD" not in ran.program


async def test_it_shows_our_certificate(program, tmp_path):
    scenario = "certificates/client-wanted"
    ran = await run_again(program, tmp_path, scenario, auth=False, certified=True)
    assert ran.code == 0, ran.output
    assert ran.delivers_the_same()
    assert "SMTPLAB_CLIENT_CERT" in ran.program


VALUES = [
    "", " ", "a", "-n", "--help", "'", "''", '"', "\\", "\\n", "%s%d%%", "$(touch x)", "`touch x`",
    "$HOME", "!!", "~", "*", "a;b|c&d", "#x", "\n", "a\nb", "\x1b[2J", "\t\t", "Grüße", "\udcff",
    "\u202eabc", "{a,b}",
]  # fmt: skip


@pytest.mark.parametrize("name", ["sh", "bash"])
def test_a_word_of_the_shell_is_the_value(name, tmp_path):
    if shutil.which(name) is None:
        missing(f"{name} is not installed")
    values = [value for value in VALUES if not value.endswith("\n")]
    file = tmp_path / "script"
    file.write_bytes(script([f"printf '%s\\000' {word(value)}" for value in values]))
    done = subprocess.run([name, str(file)], capture_output=True, timeout=60, check=True)
    said = done.stdout.removesuffix(b"\0").split(b"\0")
    assert said == [value.encode("utf-8", "surrogateescape") for value in values]


@pytest.mark.parametrize("name", ["sh", "bash"])
def test_what_is_printed_is_the_message(name, tmp_path):
    if shutil.which(name) is None:
        missing(f"{name} is not installed")
    message = HOSTILE + bytes(range(256)) + b"\r\n-n\r\n\r\n%s\r\n" + b"x" * 3000 + b"\r\n" * 500
    for data in (message, message + b"no end", b"", b"\r\n", b"\n\r"):
        file = tmp_path / "script"
        file.write_bytes(script(printing(data)))
        done = subprocess.run([name, str(file)], capture_output=True, timeout=60, check=True)
        assert done.stdout == data


async def test_no_octet_is_changed_and_nothing_is_run(program, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipients = ("bob@lab.test", "$HOME@lab.test", "a'b`touch|x`&#{x}~@lab.test")
    ran = await run_again(
        program, tmp_path, content=HOSTILE, base="starttls", auth=False, recipients=recipients
    )
    assert ran.delivers_the_same()
    assert not (tmp_path / "x").exists()


async def test_several_recipients(program, tmp_path):
    ran = await run_again(program, tmp_path, recipients=("bob@lab.test", "carol@lab.test"))
    assert ran.delivers_the_same()


@pytest.mark.parametrize("scenario", ["certificates/expired", "certificates/self-signed"])
async def test_a_bad_certificate_is_refused_again(program, tmp_path, scenario):
    ran = await run_again(program, tmp_path, scenario, base="starttls")
    assert ran.code != 0
    assert ran.mails == []
    assert "certificate" in ran.output


async def test_a_session_that_was_rejected_goes_as_far_again(program, tmp_path):
    ran = await run_again(program, tmp_path, "envelope/rcpt-451", auth=False)
    assert "451" in ran.output
    assert ran.mails == []
