"""Labs in another thread."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtplab.scenarios import library
from smtplab.server.background import BackgroundLab, LoopThread
from smtplab.server.certificates import Authority


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[BackgroundLab]:
    authority = Authority()
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.ca_pem)
    with LoopThread() as thread:
        made = BackgroundLab(thread, library.find("honest"), authority, ca_file)
        yield made.start()
        made.stop()


def deliver(lab: BackgroundLab) -> None:
    with smtplib.SMTP(lab.host, lab.port, timeout=10) as client:
        client.starttls(context=lab.ssl_context())
        client.login(lab.username, lab.password)
        client.sendmail("a@lab.test", ["b@lab.test"], "Subject: x\n\nhello\n")


def test_a_blocking_client_can_use_it(lab: BackgroundLab):
    deliver(lab)
    assert lab.inbox.one().content == b"Subject: x\r\n\r\nhello\r\n"
    assert len(lab.sessions) == 1


@pytest.mark.parametrize(
    ("pattern", "seen"),
    [("STARTTLS", True), ("starttls", True), ("MAIL", True), ("MAIL FROM:<a@*", True),
     ("AUTH CRAM-MD5", True), ("MAI", False), ("VRFY", False), ("*<b@lab.test>*", True)],
)  # fmt: skip
def test_what_it_saw(lab: BackgroundLab, pattern: str, seen: bool):
    deliver(lab)
    assert lab.saw(pattern) is seen


def test_it_waits_for_what_is_on_its_way(lab: BackgroundLab):
    client = smtplib.SMTP(lab.host, lab.port, timeout=10)
    client.send("QUIT\r\n")
    client.close()
    assert lab.saw("QUIT")


def test_nothing_is_left_when_it_has_stopped(lab: BackgroundLab):
    deliver(lab)
    lab.stop()
    with pytest.raises((ConnectionError, TimeoutError)):
        smtplib.SMTP(lab.host, lab.port, timeout=1)
