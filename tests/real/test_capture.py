"""Exported captures, read by tshark: it sees SMTP and TLS, and finds nothing to complain of."""

import subprocess
from pathlib import Path

import pytest

from smtplab.export.formats import render
from smtplab.transcript.entries import Transcript
from smtplab.workbench.options import DEFAULT_BODY
from tests.export.records import recorded

COMPLAINTS = (
    "_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0"
    " || _ws.expert.severity >= 8388608"
)
"""Malformed, out of step, a wrong checksum, or or what tshark calls an error."""


class Capture:
    """A capture file and what tshark says of it."""

    def __init__(self, tshark: str, transcript: Transcript, folder: Path) -> None:
        self.file = folder / "session.pcapng"
        self.file.write_bytes(render(transcript, "pcapng"))
        self._tshark = tshark

    def read(self, wanted: str, *fields: str) -> list[str]:
        """The packets that a filter lets through: one line each, or fields of theirs."""
        chosen = [word for field in fields for word in ("-e", field)]
        done = subprocess.run(
            [
                self._tshark, "-n", "-r", str(self.file), "-Y", wanted,
                "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
                *(["-T", "fields", *chosen] if fields else []),
            ],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout.splitlines()

    def commands(self) -> list[str]:
        """The verbs; of a longer one tshark gives four letters."""
        return [line.split()[0] for line in self.read("smtp.req.command", "smtp.req.command")]


SMTP = ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize(
    ("options", "commands"),
    [
        ({"base": "starttls"}, ["EHLO", "STAR", *SMTP]),
        ({"base": "implicit"}, SMTP),
        ({"base": "plain", "auth_in_clear": True, "mechanism": "PLAIN"}, SMTP),
    ],
)
async def test_with_keys_the_whole_session_is_readable(tshark, tmp_path, options, commands):
    transcript = await recorded("scenario:honest", keep_keys=True, **options)
    capture = Capture(tshark, transcript, tmp_path)
    assert capture.read(COMPLAINTS) == []
    assert capture.commands() == commands
    (message,) = capture.read("imf", "imf.subject", "imf.message_text")
    assert "A test by smtplab" in message
    if options["base"] != "plain":
        kinds = ",".join(capture.read("tls.handshake", "tls.handshake.type")).split(",")
        assert {"1", "2", "8", "11", "15", "20"} <= set(kinds)


@pytest.mark.parametrize("base", ["starttls", "implicit"])
async def test_without_keys_only_what_everybody_sees_is_readable(tshark, tmp_path, base):
    capture = Capture(tshark, await recorded("scenario:honest", base=base), tmp_path)
    assert capture.read(COMPLAINTS) == []
    assert capture.commands() == (["EHLO", "STAR"] if base == "starttls" else [])
    assert capture.read("tls.handshake.type == 1")
    assert capture.read("imf") == []


async def test_a_long_message(tshark, tmp_path):
    body = DEFAULT_BODY * 3000
    transcript = await recorded("scenario:honest", body=body, base="starttls", keep_keys=True)
    capture = Capture(tshark, transcript, tmp_path)
    assert capture.read(COMPLAINTS) == []
    assert len(capture.read("imf")) == 1


@pytest.mark.parametrize(
    ("scenario", "base", "wanted"),
    [
        ("certificates/expired", "starttls", "tls.alert_message.desc == 45"),
        ("certificates/expired", "implicit", "tls.alert_message.desc == 45"),
        ("starttls/injection", "starttls", r'smtp.command_line == "STARTTLS\r\n"'),
        ("data/lost-after-dot", "plain", "tcp.flags.reset == 1"),
        ("data/lost-after-dot", "starttls", "tcp.flags.reset == 1"),
        ("replies/split", "starttls", "smtp.response.code == 250"),
        ("replies/split", "plain", "smtp.response.code == 250"),
        ("connection/421-at-mail", "implicit", "smtp.response.code == 421"),
    ],
)
async def test_sessions_that_fail(tshark, tmp_path, scenario, base, wanted):
    transcript = await recorded(f"scenario:{scenario}", keep_keys=True, base=base, auth=False)
    capture = Capture(tshark, transcript, tmp_path)
    assert capture.read(COMPLAINTS) == []
    assert capture.read(wanted)


async def test_findings_are_shown_as_comments(tshark, tmp_path):
    transcript = await recorded("scenario:envelope/greylisting", keep_keys=True)
    capture = Capture(tshark, transcript, tmp_path)
    (line,) = capture.read("frame.comment", "frame.comment", "smtp.response.code")
    assert line.startswith("warning greylisted: ")
    assert line.endswith("451")
