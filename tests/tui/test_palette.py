"""The command palette."""

from smtplab.tui.keys import KEYS
from smtplab.tui.palette import entries
from smtplab.tui.screens.main import MainScreen


def test_every_key_is_in_it_and_every_action_is_the_screens():
    found = list(entries())
    assert {key.action for key in KEYS} <= {entry.action for entry in found}
    for entry in found:
        assert hasattr(MainScreen, f"action_{entry.action.partition('(')[0]}")
        assert entry.help


async def test_the_palette_finds_and_does_what_a_key_does(console):
    async with console() as user:
        await user.press("enter")
        await user.pilot.press("ctrl+p")
        await user.pilot.press(*"predict")
        await user.until(lambda: "guess each reply" in user.text())
        await user.pilot.press("enter")
        await user.until(lambda: user.driver.predictions.on)
