"""The console as a whole: the first lesson by Enter alone, and automatic."""

import pytest

from smtplab.tls.events import HandshakeMessage
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
