"""The top line: where the session goes, how safe it is, who drives."""

from dataclasses import dataclass

from textual.content import Content

from smtplab.client.settings import Security
from smtplab.tui import glyphs
from smtplab.tui.render.text import Part, content, shortened

SECURITY: dict[Security, tuple[str, str]] = {
    Security.PLAIN: ("no TLS", "no TLS"),
    Security.STARTTLS: ("STARTTLS required", "STARTTLS"),
    Security.OPPORTUNISTIC: ("STARTTLS if offered", "STARTTLS?"),
    Security.IF_OFFERED: ("STARTTLS once offered", "STARTTLS?"),
    Security.IMPLICIT: ("TLS from the first byte", "TLS"),
}
"""What TLS was asked for: long and short."""

NARROW = 100


@dataclass(frozen=True, slots=True)
class Status:
    """What the top line says. `mode` is a word such as MANUAL, `tls` a version or empty."""

    title: str
    security: Security
    scenario: str | None
    tls: str
    connected: bool
    mode: str
    automatic: bool
    revealed: bool
    spying: bool = False


def bar(status: Status, width: int) -> Content:
    """The line, exactly as wide as asked."""
    right = _right(status)
    room = width - right.cell_length - 1
    left = _short(status, room) if width < NARROW else _long(status, room)
    return (
        left.truncate(max(0, room)).pad_right(max(1, width - left.cell_length - right.cell_length))
        + right
    )


def _right(status: Status) -> Content:
    badge = "badge" if status.automatic else "mode"
    parts: list[Part | str] = [("SECRETS SHOWN", "badge"), "  "] if status.revealed else []
    if status.spying:
        parts += [("EAVESDROPPER", "badge"), "  "]
    if status.tls:
        parts += [(f"{status.tls} {glyphs.TLS} ", "tls")]
    elif status.connected:
        parts += [(f"plaintext {glyphs.CLEAR} ", "warning")]
    return content(*parts, (f" {status.mode} ", badge))


def _short(status: Status, room: int) -> Content:
    title = shortened(status.title, max(8, room - 2))
    security = f" · {SECURITY[status.security][1]}"
    parts: list[Part | str] = [" ", (title, "strong"), (security, "dim")]
    left = room - len(title) - len(security) - 4
    if status.scenario and left > 8:
        parts.append((f" · {shortened(status.scenario, left)}", "dim"))
    return content(*parts)


def _long(status: Status, room: int) -> Content:
    parts: list[Part | str] = [" ", ("smtplab", "title"), "  ", (status.title, "strong")]
    parts += ["  ", (SECURITY[status.security][0], "dim")]
    used = content(*parts).cell_length
    if status.scenario and room - used > 20:
        parts += [("  scenario ", "dim"), shortened(status.scenario, room - used - 12)]
    return content(*parts)
