"""The console as a whole: the first lesson by Enter alone, and automatic."""

import pytest
from textual.widgets import Input

from smtplab.tls.events import HandshakeMessage
from smtplab.tui.keys import KEYS
from smtplab.tui.screens.main import MainScreen
from smtplab.tui.widgets.handshake import FieldTree, Handshake
from smtplab.tui.widgets.wire import Wire
from tests.tui.conftest import SIZES

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
        await user.press("g", *["down"] * 60)
        wire = user.screen.query_one(Wire)
        for _ in range(60):
            if isinstance(wire.current.entry.event, HandshakeMessage):
                break
            await user.press("up")
        await user.until(
            lambda: (
                handshake.query_one(FieldTree).cursor_node.data.message is wire.current.entry.event
            )
        )


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
        await user.pilot.press(*"reply", "space", *"25x", "enter")
        await user.until(lambda: "hit 0 times" in user.text())
        await user.pilot.press(*"nonsense", "enter", "escape")
        await user.until(lambda: isinstance(user.app.screen, MainScreen))
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
