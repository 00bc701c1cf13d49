"""The colours: one variable for each role, with values that colour-blind people can tell apart.

The hues are those of Okabe and Ito; contrast on the background is 4.8 or better. Colour never
stands alone: arrows, gutters and marks say the same.
"""

from textual.theme import Theme

DARK: dict[str, str] = {
    "smtp-client": "#56B4E9",
    "smtp-on-client": "#10151B",
    "smtp-server": "#E8ECEF",
    "smtp-good": "#2EC4A0",
    "smtp-more": "#F0E442",
    "smtp-later": "#E69F00",
    "smtp-bad": "#FF7A45",
    "smtp-accent": "#CC79A7",
    "smtp-dim": "#8593A1",
    "smtp-rule": "#3A4754",
    "smtp-row": "#20364A",
    "smtp-bar": "#1D2730",
}
"""Variables on a dark ground. good, more, later and bad stand for the replies 2xx to 5xx."""

LIGHT: dict[str, str] = {
    "smtp-client": "#005A91",
    "smtp-on-client": "#F7F9FA",
    "smtp-server": "#1B232A",
    "smtp-good": "#00694F",
    "smtp-more": "#6B5B00",
    "smtp-later": "#8A5A00",
    "smtp-bad": "#A93A00",
    "smtp-accent": "#8F3B6B",
    "smtp-dim": "#5C666F",
    "smtp-rule": "#B4BDC5",
    "smtp-row": "#D3E4F1",
    "smtp-bar": "#E2E8ED",
}
"""The same on a light ground."""

SMTPLAB_DARK = Theme(
    name="smtplab-dark",
    primary="#56B4E9",
    secondary="#2EC4A0",
    accent="#CC79A7",
    warning="#E69F00",
    error="#FF7A45",
    success="#2EC4A0",
    foreground="#E8ECEF",
    background="#10151B",
    surface="#10151B",
    panel="#1D2730",
    dark=True,
    variables={**DARK, "footer-key-foreground": "#56B4E9", "input-cursor-background": "#E8ECEF"},
)

SMTPLAB_LIGHT = Theme(
    name="smtplab-light",
    primary="#005A91",
    secondary="#00694F",
    accent="#8F3B6B",
    warning="#8A5A00",
    error="#A93A00",
    success="#00694F",
    foreground="#1B232A",
    background="#F7F9FA",
    surface="#F7F9FA",
    panel="#E2E8ED",
    dark=False,
    variables={**LIGHT, "footer-key-foreground": "#005A91", "input-cursor-background": "#1B232A"},
)

THEMES: tuple[Theme, ...] = (SMTPLAB_DARK, SMTPLAB_LIGHT)

WITHOUT_COLOUR = "ansi-dark"
"""The theme under NO_COLOR: only bold, dim and reverse leave the program."""
