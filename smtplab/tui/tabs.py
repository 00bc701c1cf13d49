"""The panes of the Inspector."""

from typing import NamedTuple


class Tab(NamedTuple):
    """One pane: its key, its name, which is the widget's id, and its title."""

    key: str
    name: str
    title: str


TABS: tuple[Tab, ...] = (
    Tab("0", "lesson", "Lesson"),
    Tab("1", "explain", "Explain"),
    Tab("2", "auth", "AUTH"),
    Tab("3", "tls", "TLS"),
    Tab("4", "cert", "Cert"),
    Tab("5", "ehlo", "EHLO"),
    Tab("6", "findings", "Findings"),
    Tab("7", "message", "Message"),
    Tab("8", "server", "Server"),
)
"""Every pane, in the order of its keys."""
