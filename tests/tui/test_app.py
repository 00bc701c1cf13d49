"""The console as a whole: the first lesson by Enter alone, and automatic."""

from contextlib import asynccontextmanager

import pytest
from rich.color import Color as RichColor
from textual.widgets import Input, Select, TextArea

from smtplab.export.formats import formats
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.tls.events import HandshakeMessage
from smtplab.transcript import files
from smtplab.tui.app import Console
from smtplab.tui.keys import KEYS
from smtplab.tui.opening import Opening
from smtplab.tui.preferences import load
from smtplab.tui.screens.breakpoints import BreakpointScreen
from smtplab.tui.screens.compose import ComposeScreen
from smtplab.tui.screens.connect import ConnectScreen
from smtplab.tui.screens.main import MainScreen
from smtplab.tui.screens.recording import RecordingScreen, first_match
from smtplab.tui.widgets.handshake import FieldTree, Handshake
from smtplab.tui.widgets.wire import Wire
from smtplab.workbench.options import OptionsError
from smtplab.workbench.target import parse_target
from tests.tui.conftest import SIZES, User

STEPS = 12


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_enter_alone_leads_from_connect_to_quit(console, size):
    async with console(size=size) as user:
        for _ in range(STEPS):
            assert user.next().startswith("NEXT")
            await user.press("enter")
        assert user.next().startswith("DONE delivered") or user.next().startswith("DONE  delivered")


async def test_automatic_goes_on_by_itself_and_back(console):
    async with console() as user:
        await user.press("enter", "enter", "escape")
        user.driver.speed = 4
        await user.press("a")
        await user.until(lambda: user.driver.bench.outcome is not None)
        await user.pilot.pause()
        assert "delivered" in user.next()
        assert "MANUAL" in user.text()


async def test_the_tls_pane_shows_octets_at_once_and_follows_the_wire(console):
    async with console() as user:
        await user.press(*["enter"] * 6, "3")
        await user.until(lambda: "0000" in user.text(), "octets")
        assert "No handshake yet" not in user.text()
        handshake = user.screen.query_one(Handshake)
        assert handshake.query_one(FieldTree).cursor_node.data.field.label == "ClientHello"
        user.screen.query_one(Wire).focus()
        wire = user.screen.query_one(Wire)
        transcript = user.driver.bench.transcript
        wire.go_to(next(e.number for e in transcript if isinstance(e.event, HandshakeMessage)) + 1)
        await user.until(
            lambda: (
                handshake.query_one(FieldTree).cursor_node.data.message is wire.current.entry.event
            )
        )


def contrast(one: RichColor, other: RichColor) -> float:
    """As WCAG has it, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: RichColor) -> float:
    shares = [c / 255 for c in colour.get_truecolor()]
    red, green, blue = (c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


GUIDES = " │├└─"


@pytest.mark.parametrize(
    "theme", ["smtplab-dark", "smtplab-light", "textual-light", "ansi-dark", "ansi-light"]
)
async def test_the_row_of_the_handshake_with_the_focus_can_be_read(console, theme):
    async with console() as user:
        user.app.theme = theme
        await user.press(*["enter"] * 6, "3")
        await user.until(lambda: "0000" in user.text(), "octets")
        tree = user.screen.query_one(FieldTree)
        tree.focus()
        for keys in ((), ("right", "down")):
            await user.press(*keys)
            strip = tree.render_line(tree.cursor_line - tree.scroll_offset.y)
            said = [s for s in strip if s.text.strip(GUIDES) and s.style]
            assert len(said) > 1
            for text, style, _ in said:
                if theme.startswith("ansi-"):  # nobody knows its colours: they change places
                    assert style.reverse, text
                    assert {style.color.name, style.bgcolor.name} == {"default"}, text
                else:
                    assert contrast(style.color, style.bgcolor) > 4.5, text


async def test_a_forged_reply_changes_the_plan_and_is_seen(console):
    async with console() as user:
        await user.press(*["enter"] * 7, "r")
        assert user.screen.query_one(Input).value == ":forge 451 4.7.1 Try again later"
        await user.press("enter")
        assert "your reply 451" in user.next()
        await user.press("enter")
        assert "451" in user.text()
        assert "forged" in user.text()
        assert user.driver.bench.runner.progress.outcome.verdict.value == "deferred"


async def test_into_the_handshake_flight_by_flight(console):
    async with console() as user:
        await user.press(*["enter"] * 4)
        await user.pilot.press("s")
        await user.until(lambda: "the server's next flight" in user.text())
        assert "ServerHello" not in user.text()
        await user.pilot.press("s")
        await user.until(lambda: "ServerHello" in user.text())
        await user.press("n")
        await user.until(lambda: "EHLO (again)" in user.next())


async def test_breakpoints_are_listed_set_and_taken_away(console):
    async with console() as user:
        await user.pilot.press("B")
        await user.at(BreakpointScreen)
        await user.pilot.press(*"reply", "space", *"25x", "enter")
        await user.until(lambda: "hit 0 times" in user.text())
        await user.pilot.press(*"nonsense", "enter", "escape")
        await user.at(MainScreen)
        await user.press("c")
        await user.until(lambda: user.driver.pause.breakpoint)
        await user.until(
            lambda: "breakpoint reply 25x" in user.text() or "breakpoint" in user.next()
        )
        await user.pilot.press("B")
        await user.until(lambda: "hit once" in user.text())
        await user.pilot.press("space")
        await user.until(lambda: "[ ] reply 25x" in user.text())
        await user.pilot.press("d")
        await user.until(lambda: "No breakpoints" in user.text())


async def test_predict_mode_takes_digits_and_keeps_a_score(console):
    async with console() as user:
        await user.press("enter", "P")
        await user.until(lambda: "which reply?" in user.next())
        await user.press("2")
        await user.until(lambda: "1 of 1 right" in user.text())
        await user.press("5")
        await user.until(lambda: "1 of 2 right" in user.text())


async def test_rewind_replays_up_to_a_stage_over_a_new_connection(console):
    async with console() as user:
        await user.press(*["enter"] * 8)
        first = user.driver
        user.screen.query_one("#stages").focus()
        await user.press("up", "up", "up", "R")
        await user.until(lambda: user.driver is not first and not user.driver.bench.busy)
        await user.until(lambda: "NEXT" in user.text() and "EHLO (again)" in user.next())
        await user.until(lambda: "A new connection" in user.text())


async def test_every_key_of_the_help_is_bound(console):
    async with console() as user:
        await user.press("question_mark")
        await user.until(lambda: "Command keys" in user.text())
    assert len({key.id for key in KEYS}) == len(KEYS)
    for key in KEYS:
        name = key.action.partition("(")[0]
        assert hasattr(MainScreen, f"action_{name}"), name
        assert key.help
        assert key.shown


# What opens over a session, and what was saved.


async def test_the_report_tells_the_stages_and_writes_files(console, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with console() as user:
        await user.press("c")
        await user.until(lambda: user.driver.bench.outcome is not None)
        await user.pilot.press("E")
        await user.until(lambda: "DELIVERED" in user.text())
        assert "TLS handshake" in user.text()
        for each in formats():
            await user.pilot.press("tab" if each is formats()[0] else "down", "enter")
            path = tmp_path / f"smtplab-honest{each.suffix}"
            await user.until(path.exists, each.name)
            assert b"open-sesame" not in path.read_bytes()
        await user.pilot.press("enter")
        await user.until((tmp_path / f"smtplab-honest-2{formats()[-1].suffix}").exists)
        await user.pilot.press("escape")
        await user.at(MainScreen)


async def test_the_composer_writes_the_message_and_its_envelope(console):
    async with console() as user:
        await user.pilot.press("o")
        await user.until(lambda: "MAIL FROM" in user.text() and "Subject" in user.text())
        box = user.app.screen.query_one("#letter-subject", Input)
        box.value = "Written here"
        user.app.screen.query_one("#letter-recipients", Input).value = "one@lab.test two@lab.test"
        user.app.screen.query_one(TextArea).text = "a body\n.\n"
        await user.pilot.press("f5")
        await user.at(MainScreen)
        await user.until(lambda: "Written here" in user.text())
        await user.press("c")
        await user.until(lambda: user.driver.bench.outcome is not None)
        mail = user.driver.bench.lab.inbox.one()
        assert mail.recipients == ("one@lab.test", "two@lab.test")
        assert mail.parsed["Subject"] == "Written here"
        assert mail.content.endswith(b"\r\na body\r\n.\r\n")
        await user.pilot.press("o")
        await user.at(ComposeScreen)
        await user.pilot.press("f5")
        await user.until(lambda: "The session is over" in user.text())


async def test_the_composer_wants_a_recipient_and_can_be_left(console):
    async with console() as user:
        before = user.driver.bench.settings
        await user.pilot.press("o")
        await user.at(ComposeScreen)
        assert "RCPT TO is empty" not in user.text()
        user.app.screen.query_one("#letter-recipients", Input).value = " "
        await user.pilot.press("f5")
        await user.until(lambda: "RCPT TO is empty" in user.text())
        await user.pilot.press("escape")
        await user.at(MainScreen)
        assert user.driver.bench.settings == before


async def test_a_letter_jumps_to_a_pane(console):
    async with console() as user:
        for letter, name in (("s", "stages"), ("i", "explain"), ("l", "input"), ("w", "wire")):
            await user.pilot.press("ctrl+o")
            await user.until(lambda: "Jump to" in user.text())
            await user.pilot.press(letter)
            await user.at(MainScreen)
            await user.until(
                lambda name=name: user.app.focused is not None and user.app.focused.id == name, name
            )
            await user.pilot.press("escape")


async def test_a_saved_session_is_looked_at_like_a_living_one(console, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "session.jsonl"
    async with console("scenario:envelope/greylisting") as user:
        await user.press("c")
        await user.until(lambda: user.driver.pause.text or user.driver.bench.outcome is not None)
        await user.press("c")
        await user.until(lambda: user.driver.bench.outcome is not None)
        files.save(user.driver.bench.transcript, path)
        findings = len(user.driver.bench.findings())
    app = Console(Opening())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        user = User(app, pilot)
        await user.until(lambda: "Open a recording" in user.text())
        await pilot.press("5")
        await pilot.press(*["down"] * 4, "enter")
        await user.at(RecordingScreen)
        app.screen.query_one(Input).value = "none"
        await pilot.press("enter")
        await user.until(lambda: "No such file" in user.text())
        app.screen.query_one(Input).value = str(path)
        await pilot.press("enter")
        await user.at(MainScreen)
        await user.until(lambda: "DONE" in user.text())
        assert f"6 Findings {findings}" in user.text()
        assert "451" in user.text()
        await pilot.press("enter")
        await user.until(lambda: "The session is over" in user.text())
        await pilot.press("3")
        await user.until(lambda: "ClientHello" in user.text())


def test_the_first_file_that_goes_on_as_the_text_does(tmp_path):
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "a.jsonl").write_text("")
    assert first_match(f"{tmp_path}/a") == f"{tmp_path}/a.jsonl"
    assert first_match(f"{tmp_path}/a.t") == f"{tmp_path}/a.txt"
    assert first_match(f"{tmp_path}/nix") is None
    assert first_match("/no/such/folder/x") is None
    assert first_match("") is None


@pytest.mark.parametrize(
    ("target", "error"),
    [("scenario:{}/broken.yaml", ScenarioError), ("scenario:honset", UnknownScenario)],
)
async def test_what_cannot_be_opened_is_a_failure_and_no_crash(tmp_path, target, error):
    (tmp_path / "broken.yaml").write_text("title: x\nrules: 1\n")
    app = Console(Opening(parse_target(target.format(tmp_path))))
    async with app.run_test():
        pass
    assert isinstance(app.failure, error)


async def test_a_line_of_an_ehlo_reply_is_explained_as_what_it_offers(console):
    async with console() as user:
        await user.press(*["enter"] * 3, "1")
        user.screen.query_one(Wire).focus()
        wire = user.screen.query_one(Wire)
        assert wire.find("SIZE")
        await user.until(lambda: "octets that a message may have" in user.text())
        assert wire.find("STARTTLS")
        await user.until(lambda: "RFC 3207" in user.text())


@asynccontextmanager
async def form_for_a_real_server():
    """The form, with the settings that were kept."""
    app = Console(Opening(), preferences=load())
    async with app.run_test(size=(100, 30)) as pilot:
        user = User(app, pilot)
        await app.push_screen(ConnectScreen())
        await user.until(lambda: "a real server" in user.text())
        yield user, app.screen


async def test_what_was_written_into_the_form_is_a_profile_next_time(monkeypatch, tmp_path):
    monkeypatch.setenv("SMTPLAB_STATE", str(tmp_path))
    monkeypatch.setenv("SMTPLAB_CONFIG", str(tmp_path / "console.toml"))
    async with form_for_a_real_server() as (user, form):
        assert not form.query("#profile")
        form.query_one("#target", Input).value = "127.0.0.1:9"
        form.query_one("#sender", Input).value = "a@lab.test"
        form.query_one("#recipients", Input).value = "b@lab.test"
        form.query_one("#username", Input).value = "a"
        form.query_one("#password", Input).value = "open-sesame"
        await form.action_open()
        await user.driver.close()
    async with form_for_a_real_server() as (user, form):
        form.query_one("#profile", Select).value = "127.0.0.1:9"
        await user.until(lambda: form.query_one("#target", Input).value == "127.0.0.1:9")
        assert form.query_one("#recipients", Input).value == "b@lab.test"
        assert form.query_one("#password", Input).value == ""
    assert "open-sesame" not in (tmp_path / "console.toml").read_text()


@pytest.mark.parametrize(
    ("selector", "heading"),
    [("#stages", "On the stages"), ("#fields", "In the handshake")],
)
async def test_the_help_begins_with_the_pane_that_has_the_focus(console, selector, heading):
    async with console() as user:
        await user.press(*["enter"] * 6, "3")
        user.screen.query_one(selector).focus()
        await user.pilot.press("question_mark")
        await user.until(lambda: heading in user.text())
        assert user.text().index(heading) < user.text().index("Command keys")


def test_a_theme_that_there_is_not_is_bad_input():
    with pytest.raises(OptionsError, match="smtplab-light"):
        Console(Opening(), theme="no-such-theme")
