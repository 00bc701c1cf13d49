"""The command keys of the main screen: one table for the bindings and for the help.

Each has an id, by which a user can give it another key in the settings.
"""

from typing import NamedTuple

from textual.binding import Binding

from smtplab.tui.tabs import TABS


class Key(NamedTuple):
    """Keys, the action, its word in the footer, and what the help says; "" says nothing."""

    id: str
    keys: str
    action: str
    word: str
    help: str
    shown: str
    """How the help and the footer write the keys."""
    footer: bool = False


KEYS: tuple[Key, ...] = (
    Key("step", "enter,n", "step", "Step",
        "one step: one command and its whole reply", "Enter n", True),
    Key("into", "s", "into", "Into", "into the step: a flight of TLS, a line of the message", "s"),
    Key("rest-of-stage", "N", "rest_of_stage", "Rest of stage", "the rest of this stage", "N"),
    Key("run-to", "t", "run_to", "Run to stage", "run to the stage under the ladder's cursor", "t"),
    Key("continue", "c", "go_on", "Continue", "go on to the next stop, without resting", "c"),
    Key("automatic", "a,f5", "automatic", "Auto", "automatic, and back", "a F5", True),
    Key("faster", "plus,equals_sign", "speed(1)", "Faster", "faster", "+"),
    Key("slower", "minus", "speed(-1)", "Slower",
        "slower; the slowest is the pace of reading", "-"),
    Key("breakpoint", "b,f9", "breakpoint", "Break",
        "breakpoint on the stage under the cursor, or on the planned one", "b F9", True),
    Key("breakpoints", "B", "breakpoints", "Breakpoints",
        "the breakpoints: set, count, take away", "B"),
    Key("breakpoints-on", "I", "breakpoints_on", "All on, off",
        "all breakpoints off, and on again", "I"),
    Key("edit", "i,e", "edit", "Edit",
        "write in the line: the planned one, edited, or your own", "i", True),
    Key("forge", "r", "forge", "Forge", "put a reply of yours in the place of the next one", "r"),
    Key("delay", "D", "delay", "Delay", "let time pass before the next step", "D"),
    Key("skip", "x", "skip", "Skip", "leave the planned step out", "x", True),
    Key("drop", "X", "drop", "Drop", "drop the connection, without QUIT", "X"),
    Key("again", "R", "rewind", "Again",
        "a new connection, replayed up to the stage under the cursor", "R"),
    Key("compose", "o", "compose", "Compose", "write the message and its envelope", "o"),
    Key("predict", "P", "predict", "Predict", "predict mode: guess each reply, for a score", "P"),
    Key("spy", "v", "spy", "Spy", "only what a listener on the network sees, and back", "v", True),
    Key("reveal", "m", "reveal", "Secrets", "show secrets, hide them again", "m", True),
    Key("zoom", "z", "zoom", "Zoom", "one pane alone, and back", "z", True),
    Key("find", "slash", "find", "Find", "find words on the Wire", "/"),
    Key("find-again", "full_stop", "find_again", "Find again", "find them again", "."),
    Key("next-finding", "asterisk", "next_finding", "Next finding",
        "the next line that a finding is about", "*"),
    Key("copy-line", "y", "copy_line", "Copy line", "copy the line", "y"),
    Key("copy-all", "Y", "copy_all", "Copy all", "copy the whole record", "Y"),
    Key("save", "w", "save", "Save", "save the record", "w"),
    Key("report", "E", "report", "Report", "the report, and the formats to export it in", "E"),
    Key("server", "L", "pane('server')", "Server", "what the bundled server saw", "L"),
    Key("scenarios", "S", "scenarios", "Scenarios", "the scenarios", "S"),
    Key("jump", "ctrl+o", "jump", "Jump", "to a pane by a letter", "Ctrl+O"),
    Key("command", "colon", "command", "Command", "a command, typed", ":"),
    Key("help", "question_mark,f1", "help", "Help", "this help", "? F1", True),
    Key("quit", "q", "leave", "Quit", "leave", "q"),
)  # fmt: skip
"""Every command key, in the order in which help shows them."""

MAIN: tuple[Binding, ...] = (
    *(
        Binding(
            key.keys, key.action, key.word, id=key.id, show=key.footer,
            key_display=key.shown.split()[-1 if key.id == "step" else 0],
        )
        for key in KEYS
    ),
    *(
        Binding(tab.key, f"pane('{tab.name}')", tab.title, id=f"pane-{tab.name}", show=False)
        for tab in TABS
    ),
)  # fmt: skip
"""The bindings of the main screen."""

LINE: tuple[tuple[str, str], ...] = (
    ("Enter", "send it: the planned line, or what you made of it"),
    ("Esc, Tab", "back to the command keys, with nothing sent"),
    ("Up, Down", "lines that you sent before"),
    ("Ctrl+R", "the planned line again"),
    ("F5 F9 F1", "automatic, breakpoint, help"),
)
"""The keys of the line, for the help."""

PANES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "wire": (
        "On the Wire",
        (
            ("↑ ↓ j k", "another line; Explain takes it apart"),
            ("PgUp PgDn", "a screen up, down"),
            ("g G", "the first line; the last, and on with it as it grows"),
            ("/ . *", "find words, find them again, the next line that a finding is about"),
            ("y v", "copy the line; only what a listener sees"),
        ),
    ),
    "stages": (
        "On the stages",
        (
            ("↑ ↓", "choose a stage"),
            ("t b R", "run to it, breakpoint on it, a new connection replayed up to it"),
        ),
    ),
    "fields": (
        "In the handshake",
        (
            ("↑ ↓", "another message or field; its octets are marked"),
            ("→ ←", "open, close"),
            ("Tab", "to the octets: there the arrows find the field of an octet"),
        ),
    ),
    "findings": (
        "In the findings",
        (("↑ ↓", "another finding"), ("Enter", "to the line that shows it")),
    ),
}
"""Widget that can have the focus -> heading, and its own keys."""
PANES["crumbs"] = PANES["stages"]
PANES["octets"] = PANES["fields"]

MOVING: tuple[tuple[str, str], ...] = (
    ("0 to 8", "a pane of the Inspector"),
    ("Tab", "the next pane"),
    ("g G", "on the Wire: first line, last line (and follow)"),
)
"""How to get about, for the help."""
