"""The signs of the screen, each one cell wide, and what stands for them where only ASCII may be."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from smtplab.client.steps import StageStatus

SENT, RECEIVED = "→", "←"
CLEAR, TLS = "╎", "┃"
CURSOR = "›"
BREAKPOINT = "●"
RULE = "━"

STATUS: dict[StageStatus, str] = {
    StageStatus.AHEAD: "·",
    StageStatus.CURRENT: "▸",
    StageStatus.DONE: "✓",
    StageStatus.WARNING: "!",
    StageStatus.FAILED: "✗",
    StageStatus.SKIPPED: "-",
}
"""The mark of each status on ladder and crumb line."""


def gutter(encrypted: bool) -> str:
    """The bar before a line: broken where a listener can read along, solid inside TLS."""
    return TLS if encrypted else CLEAR


LIKENESS: dict[str, str] = {
    "→": ">", "←": "<", "↑": "^", "↓": "v", "›": ">", "▸": ">", "●": "*", "•": "*", "·": ".",
    "✓": "+", "✗": "X", "╎": ":", "┃": "#", "━": "=", "░": "~", "…": "~", "⊕": "^", "‖": "|",
    "§": "$", "—": "-", "–": "-", "−": "-", "×": "x", "≥": ">", "≤": "<", "½": "/", "¼": "/",
    "“": '"', "”": '"', "‘": "'", "’": "'", "⏎": "<", "│": "|", "┌": ".", "┐": ".", "└": "`",
    "┘": "'", "├": "|", "┤": "|", "─": "-", "╭": ".", "╮": ".", "╰": "`", "╯": "'", "╸": "-",
    "╺": "-", "▏": "|", "▎": "|", "▍": "|", "▌": "|", "▐": "|", "█": "#", "▁": "_", "▔": "-",
    "▼": "v", "▶": ">", "┬": "-", "┴": "-", "┼": "+", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
"""Sign -> ASCII character of the same width."""


def in_ascii(text: str) -> str:
    """The text in ASCII alone, of the same width; what has no likeness becomes question marks."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else LIKENESS.get(c, "?" * cell_len(c)) for c in text)


class AsciiOnly(LineFilter):
    """Turns whatever a widget draws into ASCII, just before it leaves for the terminal."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with other signs."""
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]
