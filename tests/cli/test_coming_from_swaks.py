"""The page for users of swaks: every option that it names exists, and every line of it works."""

import re
import shlex
from pathlib import Path

import pytest
import trustme

from smtplab.cli.main import run
from tests.architecture.shape import ROOT
from tests.cli.test_help import actions_of, parser_of

PAGE = (ROOT / "docs" / "coming-from-swaks.md").read_text(encoding="utf-8")

FAST = ("--time-scale", "0.1")

EXIT_CODES = {
    "-6": 2,  # the bundled server is at 127.0.0.1
    "--lmtp": 22,  # and it speaks SMTP
    "--xclient 'ADDR=192.0.2.1 NAME=x'": 33,  # without XCLIENT
    "--xclient ADDR=192.0.2.1": 33,
    "--xclient ADDR=192.0.2.1 --stop-after xclient": 33,
    "--proxy 1 --proxy-source 192.0.2.1:1234 --proxy-destination 192.0.2.2:25": None,
    r"--proxy-raw 'PROXY UNKNOWN\r\n'": None,
    "--ca-file ca.pem": 29,  # another authority than the server's
    "--ca-file authorities": 29,
    "--auth SCRAM-SHA-256": 28,  # which it does not offer
    "--auth XOAUTH2 --token-file token": 28,
    "--data message.eml --raw-data": None,
}
"""Lines that cannot end well with the honest server: how they end; None: that does not matter."""


def commands() -> list[str]:
    """The command lines in the middle column of the tables."""
    found: dict[str, None] = {}
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 2:
            found |= dict.fromkeys(re.findall(r"`(-[^`]+)`", cells[1]))
    return list(found)


def test_the_table_is_read():
    assert len(commands()) > 70
    assert set(EXIT_CODES) <= set(commands())


def test_every_option_that_is_named_exists():
    known = {o for action in actions_of(parser_of("send")) for o in action.option_strings}
    words = [word for text in commands() for word in shlex.split(text)]
    named = {word for word in words if re.match(r"--?[a-z46]", word)}
    assert named - known == set()


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stdin = (tmp_path / "stdin").open("w+")
    monkeypatch.setattr("sys.stdin", stdin)
    authority = trustme.CA()
    leaf = authority.issue_cert("alice@lab.test")
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    Path("authorities").mkdir()
    for name, octets in (
        ("ca.pem", authority.cert_pem.bytes()),
        ("authorities/ca.pem", authority.cert_pem.bytes()),
        ("client.pem", leaf.private_key_pem.bytes() + chain),
        ("message.eml", b"Subject: x\r\n\r\nhello\r\n.\r\n"),
        ("text", b"some words\n"),
        ("password", b"open-sesame\n"),
        ("token", b"ya29\n"),
    ):
        Path(name).write_bytes(octets)
    yield
    stdin.close()


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("command", commands())
def test_every_line_works(command, capsys):
    code = run(["send", "scenario:honest", *FAST, *shlex.split(command)])
    errors = capsys.readouterr().err
    expected = EXIT_CODES.get(command, 0)
    assert "Traceback" not in errors
    if expected is not None:
        assert code == expected, errors
