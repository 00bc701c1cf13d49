"""The widths and heights at which the screens take another form; the style sheet has the rest."""

WIDE = 160
"""Columns from which Explain has a place of its own."""

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (100, "-normal"), (WIDE, "-wide")]
HEIGHTS: list[tuple[int, str]] = [(0, "-short"), (30, "-tall")]
"""From how many cells on a screen has which class."""
