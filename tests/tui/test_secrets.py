"""A password is on no pane, in no title, clipboard or crash report, unless it was asked for."""

import base64

import pytest

from smtplab.tui.tabs import TABS

PASSWORD = "open-sesame"

QUAD = "YW1l"
"""The last four characters of base64 that PLAIN makes of it; the AUTH pane parts them."""


def forms(password: str) -> list[str]:
    """The password, and the middle of its base64 at each of the three alignments."""
    found = [password]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + password.encode()).decode()
        found.append(encoded[4:-4])
    return found


@pytest.mark.parametrize("mechanism", ["PLAIN", "CRAM-MD5"])
async def test_no_pane_shows_it(console, mechanism):
    async with console(mechanism=mechanism, size=(200, 50)) as user:
        await user.press("c")
        await user.until(lambda: user.driver.bench.outcome is not None)
        seen = []
        for tab in TABS:
            await user.press(tab.key)
            seen.append(user.text())
        await user.pilot.press("Y")
        await user.pilot.press("E")
        await user.pilot.pause()
        seen += [user.text(), user.app.clipboard, user.app.title, str(user.app.sub_title)]
        seen.append(user.app.export_screenshot())
        assert "AUTH" in user.app.clipboard
        for text in seen:
            for form in (*forms(PASSWORD), QUAD):
                assert form not in text


async def test_when_asked_it_is_shown_and_a_badge_says_so(console):
    async with console(mechanism="PLAIN") as user:
        await user.press("c")
        await user.until(lambda: user.driver.bench.outcome is not None)
        await user.press("2")
        assert QUAD not in user.text()
        await user.press("m")
        await user.until(lambda: QUAD in user.text() and "SECRETS" in user.text())
        await user.press("m")
        await user.until(lambda: QUAD not in user.text())
        assert "SECRETS" not in user.text()


async def test_a_crash_report_has_no_values(console, monkeypatch, capsys):
    async with console(mechanism="PLAIN") as user:
        monkeypatch.setattr(user.app, "_close_messages_no_wait", lambda: None)
        password = user.driver.bench.settings.credentials.password
        assert password == PASSWORD
        try:
            raise ValueError("a mistake of ours")
        except ValueError:
            user.app._fatal_error()
        (report,) = user.app._exit_renderables
        assert "a mistake of ours" in report
        assert PASSWORD not in report
        user.app._exit_renderables.clear()
