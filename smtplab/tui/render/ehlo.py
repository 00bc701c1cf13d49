"""What the server offers, before TLS and inside it, side by side."""

from textual.content import Content

from smtplab.protocol.extensions import MEANINGS, Capabilities, Difference, compare
from smtplab.tui.render.text import Part, content, hanging, shortened, stack

EMPTY = "No EHLO reply yet. The extensions of the server will stand here."

WIDE = 90
"""From here on the value has a column of its own; else it stands after the meaning."""


def ehlo(before: Capabilities | None, now: Capabilities | None, width: int) -> Content:
    """The table; with one column of offers where there was only one EHLO."""
    if now is None and before is None:
        return content((EMPTY, "note"))
    return Table(before, now, width).render()


class Table:
    """One comparison, laid out for a width."""

    def __init__(self, before: Capabilities | None, now: Capabilities | None, width: int) -> None:
        self.twice = before is not None
        self.asked_again = now is not None and before is not None
        self.rows = compare(before, now) if self.twice else compare(now, now)
        self.domain = (now or before or Capabilities()).domain
        self.width = width
        names = [len(row.keyword) for row in self.rows]
        self.name_width = min(24, max([9, *names]) + 2)

    def render(self) -> Content:
        """Head, one row or more for each keyword, and the server's name."""
        lines = [self._head()]
        for row in self.rows:
            lines += self._row(row)
        if not self.rows:
            lines.append(content(("The server offers no extension.", "note")))
        return stack([*lines, content(), content(("The server calls itself ", "dim"), self.domain)])

    def _head(self) -> Content:
        offers = "Before TLS  In TLS  " if self.twice else "Offered  "
        return content((f"{'Extension':<{self.name_width}}{offers}Meaning", "strong"))

    def _row(self, row: Difference) -> list[Content]:
        name = shortened(row.keyword, self.name_width - 1)
        label = content((f"{name:<{self.name_width}}", "strong"), *self._offers(row))
        indent = label.cell_length
        return hanging(label.rstrip(), content(*self._meaning(row)), self.width, indent)

    def _offers(self, row: Difference) -> tuple[Part, ...]:
        if not self.twice:
            return (("yes      ", "good"),)
        before = "yes" if row.before is not None else "no"
        now, role = NOW[row.status] if self.asked_again else ("?", "dim")
        return ((f"{before:<12}", "text" if row.before is not None else "dim"), (f"{now:<8}", role))

    def _meaning(self, row: Difference) -> list[Part]:
        meaning, clause = MEANINGS.get(row.keyword, ("not in our list", ""))
        parts: list[Part] = [(meaning, "text")]
        value = row.after if row.after is not None else row.before
        if value:
            parts.append((f"  {value}", "client"))
        if self.asked_again:
            parts += _remark(row)
        return [*parts, (f"  {clause}", "dim")]


NOW: dict[str, tuple[str, str]] = {
    "same": ("yes", "good"),
    "gone": ("gone", "dim"),
    "new": ("new", "good"),
    "changed": ("changed", "warning"),
}
"""Status of a difference -> word and role."""


def _remark(row: Difference) -> list[Part]:
    for keyword, status, remark, role in REMARKS:
        if row.keyword == keyword and row.status in status:
            return [(f"  {remark}", role)]
    return [(f"  was: {row.before}", "warning")] if row.status == "changed" else []


REMARKS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("STARTTLS", ("gone",), "correct: not offered twice", "good"),
    ("STARTTLS", ("same", "changed", "new"), "odd: offered inside TLS", "warning"),
    ("AUTH", ("new",), "good: log-in only inside TLS", "good"),
    ("AUTH", ("same",), "also offered in the clear", "warning"),
)
"""Keyword, statuses, what to say of it, role. The first that fits is said."""
