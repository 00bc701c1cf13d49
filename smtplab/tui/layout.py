"""The widths and heights at which the screens take another form; the style sheet has the rest."""

from pathlib import Path

WIDE = 160
"""Columns from which Explain has a place of its own."""

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-normal"), (WIDE, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (30, "-tall")]
"""From how many cells on a screen has which class."""

STYLES = Path(__file__).parent / "sessions.tcss"
"""The styles of all screens but the first, which should not wait for them."""
