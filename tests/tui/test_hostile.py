"""A server may say anything: no pane runs it, falls over it, or loses its columns."""

import asyncio

import pytest
from rich.cells import cell_len

from smtplab.client.events import ReplyForged
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import AlertSeen, HandshakeMessage, RecordUnreadable, TlsFailed, TlsUp
from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.tui.app import Console
from smtplab.tui.opening import Opening
from smtplab.tui.screens.main import MainScreen
from smtplab.tui.tabs import TABS
from smtplab.tui.widgets.wire import Wire
from smtplab.wire.events import Closed, ConnectFailed, Ending, Opened
from tests.tui.conftest import User

TEXTS: dict[str, bytes] = {
    "markup": b"[bold red]x[/bold red] [/] [link=file:///etc/passwd]y[/link] [@click=app.quit]z[/]",
    "escapes": b"\x1b[31m\x1b]0;title\x07\x1b[2J\x1b[999;999H\x9b5m\x1bP+q\x1b\\",
    "controls": bytes(range(32)) + b"\x7f" + bytes(range(0x80, 0xA0)),
    "wide": "漢字かな交じり文 한국어 😀👨‍👩‍👧 ﷽".encode(),
    "right to left": "\u202eevil\u202c שלום مرحبا \u2066x\u2069".encode(),
    "combining": ("e" + "\u0301" * 60 + " Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢").encode(),
    "broken UTF-8": b"\xff\xfe\xc3\x28\xed\xa0\x80\xf8\x88\x80\x80\x80",
    "long": b"x" * 65_536,
    "long and wide": "漢".encode() * 5_000,
    "line ends": b"a\rb\x0bc\x0cd\x1ce\xc2\x85f\xe2\x80\xa8g\xe2\x80\xa9h",
    "lines": b"\r\n250-".join([b"y"] * 300),
}


def reply(text: bytes) -> ReplyReceived:
    found = ReplyParser().receive_data(b"250-lab.test\r\n250-" + text + b"\r\n250 AUTH PLAIN\r\n")
    return ReplyReceived(found[0], Verb.EHLO)


def events(text: bytes) -> list[Event]:
    """Every place into which a peer's octets get."""
    said = reply(text)
    readable = text.decode("utf-8", "replace")[:500]
    hello = b"\x01" + len(text[:4000]).to_bytes(3, "big") + text[:4000]
    return [
        Opened(readable[:60], 25, "127.0.0.1", 0.001),
        ConnectFailed(readable[:60], 25, "127.0.0.1", readable),
        said,
        CommandSent(Verb.EHLO, b"EHLO " + text.replace(b"\n", b"") + b"\r\n", ()),
        said,
        HandshakeMessage(True, hello, False),
        HandshakeMessage(False, b"\x0b" + hello[1:], True),
        AlertSeen(False, 2, 255, False),
        RecordUnreadable(False, 23, 300, readable),
        TlsFailed(readable, 0, text[:200]),
        TlsUp("TLS 1.3", readable, 128, readable),
        CommandSent(Verb.UNKNOWN, text, ()),
        ReplyForged(said.reply),
        ContentSent(b"Subject: " + text + b"\r\n\r\n" + text + b"\r\n.\r\n"),
        Closed(Ending.RESET),
    ]


LONG = ("long", "long and wide", "lines")


def record(*names: str) -> Transcript:
    """A record full of those texts."""
    found = Transcript(TEXTS[names[0]].decode("latin-1")[:80])
    told = [event for name in names for event in events(TEXTS[name])]
    for number, event in enumerate(told, 1):
        found.entries.append(Entry(number, number * 1_000_000, "ehlo", number % 15 > 7, event))
    return found


SHORT = record(*(name for name in TEXTS if name not in LONG))


def check(user: User, width: int) -> None:
    """Nothing but printable text, and every row of the screen as wide as the screen."""
    for strip in user.app.screen._compositor.render_strips():
        text = "".join(segment.text for segment in strip if not segment.control)
        assert text.isprintable(), repr(text)
        assert cell_len(text) == width, repr(text)
        for segment in strip:
            assert segment.style is None or segment.style.link is None
            assert segment.style is None or not segment.style.meta.get("@click")


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=str)
@pytest.mark.parametrize("shown", [SHORT, record(*LONG)], ids=["short", "long"])
async def test_every_pane_shows_it_as_text(shown, size, tmp_path, monkeypatch):
    monkeypatch.setenv("SMTPLAB_STATE", str(tmp_path))
    app = Console(Opening(record=shown))
    async with app.run_test(size=size) as pilot, asyncio.timeout(60):
        user = User(app, pilot)
        await user.at(MainScreen)
        await user.until(lambda: "DONE" in user.text())
        for key in (*(tab.key for tab in TABS), "v", "v", "E", "escape", "1"):
            await pilot.press(key)
            check(user, size[0])


@pytest.mark.parametrize(
    "shown",
    [record("markup", "escapes", "controls", "wide"), record(*LONG)],
    ids=["short", "long"],
)
async def test_every_line_can_be_chosen_and_is_explained(shown, tmp_path, monkeypatch):
    monkeypatch.setenv("SMTPLAB_STATE", str(tmp_path))
    app = Console(Opening(record=shown))
    async with app.run_test(size=(80, 24)) as pilot, asyncio.timeout(60):
        user = User(app, pilot)
        await user.at(MainScreen)
        await user.until(lambda: "DONE" in user.text())
        wire = user.screen.query_one(Wire)
        for entry in shown:
            wire.go_to(entry.number)
            await pilot.pause()
            check(user, 80)
