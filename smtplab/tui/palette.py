"""The command palette: everything that a key or a typed command does, found by its words."""

from collections.abc import Coroutine, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from smtplab.tui.keys import KEYS
from smtplab.tui.tabs import TABS
from smtplab.verbs.table import CONSOLE, NEEDED, commands_of

if TYPE_CHECKING:
    from smtplab.tui.screens.main import MainScreen


class Entry(NamedTuple):
    """One line of the palette: its words, its help, and the screen's action that does it."""

    title: str
    help: str
    action: str


def entries() -> Iterator[Entry]:
    """Keys first, then the panes, then the commands that need something typed."""
    for key in KEYS:
        yield Entry(f"{key.word} ({key.shown})", key.help, key.action)
    for tab in TABS:
        yield Entry(
            f"Pane {tab.title} ({tab.key})", "a pane of the Inspector", f"pane('{tab.name}')"
        )
    for command in commands_of(CONSOLE):
        if not command.argument:
            continue
        typed = f":{command.name} " if command.argument in NEEDED else f":{command.name}"
        yield Entry(command.usage, command.text, f"command('{typed}')")


class Everything(Provider):
    """All entries, on the screen of a session."""

    async def discover(self) -> Hits:
        """Without words: all of them."""
        for entry in entries():
            yield DiscoveryHit(entry.title, self._doing(entry), help=entry.help)

    async def search(self, query: str) -> Hits:
        """Those that the words fit."""
        matcher = self.matcher(query)
        for entry in entries():
            score = matcher.match(f"{entry.title} {entry.help}")
            if score > 0:
                yield Hit(score, entry.title, self._doing(entry), help=entry.help)

    def _doing(self, entry: Entry) -> partial[Coroutine[Any, Any, None]]:
        screen = cast("MainScreen", self.screen)
        return partial(screen.run_action, entry.action)
