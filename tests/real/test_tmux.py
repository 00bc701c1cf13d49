"""The console in a real terminal: tmux, which also shows what is left behind afterwards."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.fixtures import missing

PATIENCE = 30.0
"""Seconds after which something that should have appeared counts as missing."""

STAGES = (
    "Connect", "Greeting", "EHLO", "STARTTLS", "TLS handshake", "EHLO (again)", "AUTH PLAIN",
    "MAIL FROM", "RCPT TO", "DATA", "Message", "QUIT",
)  # fmt: skip
"""What the NEXT line names, one Enter after the other."""


class Terminal:
    """A tmux of its own with one window, in which a shell has started the console."""

    def __init__(
        self, tmux: str, folder: Path, width: int, height: int, arguments: str = ""
    ) -> None:
        self._command = [tmux, "-f", "/dev/null", "-S", str(folder / "socket")]
        # What pytest says of its own terminal does not count in there.
        program = (
            f"env -u COLUMNS -u LINES SMTPLAB_STATE={folder} "
            f"{sys.executable} -m smtplab {arguments}"
        )
        self._run("new-session", "-d", "-x", str(width), "-y", str(height), "sh")
        self.type(f"echo BEFORE; {program}; echo LEFT:$?", "Enter")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments], capture_output=True, text=True, timeout=20, check=True
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def resize(self, width: int, height: int) -> None:
        self._run("resize-window", "-x", str(width), "-y", str(height))

    def until(self, holds: Callable[[str], bool], what: str) -> str:
        """The screen, once it shows what is waited for."""
        deadline = time.monotonic() + PATIENCE
        while not holds(shown := self.screen()):
            if time.monotonic() > deadline:
                pytest.fail(f"waited in vain for {what}; the screen is\n{shown}")
            breathe()
        return shown

    def next(self, words: str) -> str:
        """The screen, once its NEXT, STOP or DONE line begins so."""
        return self.until(
            lambda shown: any(row.strip().startswith(words) for row in shown.splitlines()), words
        )

    def close(self) -> None:
        subprocess.run([*self._command, "kill-server"], capture_output=True, check=False)


def breathe() -> None:
    """The terminal is another process: it is asked again and again, with a breath between."""
    time.sleep(0.05)


Open = Callable[..., Terminal]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Open]:
    tmux = shutil.which("tmux")
    if tmux is None:
        missing("tmux is not installed")
    opened: list[Terminal] = []

    def start(width: int, height: int, arguments: str = "") -> Terminal:
        opened.append(Terminal(tmux, tmp_path, width, height, arguments))
        if not arguments:
            opened[-1].next("NEXT  Send a mail by hand")
            opened[-1].type("Enter")
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
def test_enter_alone_leads_from_connect_to_quit(terminal: Open, width: int, height: int):
    shown = terminal(width, height)
    for stage in STAGES:
        screen = shown.next(f"NEXT  {stage}:")
        assert "MANUAL" in screen
        assert ("Stages" in screen) == (width == 120)
        shown.type("Enter")
    screen = shown.next("DONE  delivered")
    assert "221 2.0.0 Bye" in screen


def test_a_goes_on_by_itself_and_back(terminal: Open):
    shown = terminal(120, 40)
    for stage in STAGES[:3]:
        shown.next(f"NEXT  {stage}:")
        shown.type("Enter")
    shown.next("NEXT  STARTTLS:")
    shown.type("a")
    shown.until(lambda screen: "AUTO" in screen, "AUTO")
    shown.type("a")
    shown.until(lambda screen: "MANUAL" in screen, "MANUAL")
    shown.type("a")
    shown.next("DONE  delivered")


def test_every_handshake_message_and_the_login_are_taken_apart(terminal: Open):
    shown = terminal(120, 40)
    for stage in STAGES[:7]:
        shown.next(f"NEXT  {stage}:")
        shown.type("Enter")
    shown.next("NEXT  MAIL FROM:")
    shown.type("3")
    names = (
        "ClientHello", "ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify",
        "Finished",
    )  # fmt: skip
    shown.until(lambda screen: all(name in screen for name in names), "the handshake")
    shown.type("2")
    screen = shown.until(lambda screen: "base64" in screen and "alice" in screen, "the login")
    assert "open-sesame" not in screen


def test_leaves_the_terminal_as_it_was(terminal: Open):
    shown = terminal(80, 24)
    shown.next("NEXT  Connect:")
    shown.type("Enter")
    shown.next("NEXT  Greeting:")
    shown.resize(120, 40)
    shown.until(lambda screen: "Stages" in screen, "the ladder of the middle size")
    shown.resize(80, 24)
    shown.until(lambda screen: "✓CONN" in screen, "the crumbs of the small size")
    shown.type("q")
    shown.until(lambda screen: "A session is open" in screen, "the question")
    shown.type("q")
    screen = shown.until(lambda screen: "LEFT:0" in screen, "the end")
    assert "BEFORE" in screen
    assert "Wire" not in screen
    shown.type("echo ec''hoed", "Enter")
    shown.until(lambda screen: "\nechoed" in screen, "an echo")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40)])
def test_the_first_lesson_is_done_by_enter_alone(terminal: Open, width: int, height: int):
    shown = terminal(width, height, "learn mail-by-hand")
    for stage in ("Connect", "Greeting", "EHLO", "MAIL FROM", "RCPT TO", "DATA", "Message", "QUIT"):
        shown.next(f"NEXT  {stage}:")
        shown.type("Enter")
    shown.next("DONE  delivered")
    shown.until(lambda screen: "What you have seen" in screen, "the end of the lesson")
    shown.type("q")
    shown.until(lambda screen: "LEFT:0" in screen, "the end")
