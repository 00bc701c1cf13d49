"""The findings: what is wrong, what shows it, what to change."""

from collections.abc import Sequence

from textual.content import Content

from smtplab.diagnosis.findings import Finding, Severity
from smtplab.tui.render.text import content, hanging, stack

EMPTY = "Nothing odd so far."

WORDS: dict[Severity, tuple[str, str, str]] = {
    Severity.ERROR: ("✗", "error", "error"),
    Severity.WARNING: ("!", "warning", "warning"),
    Severity.INFO: ("·", "info", "dim"),
}
"""Severity -> mark, word, role."""

INDENT = 9


def finding(found: Finding, width: int) -> Content:
    """One finding in a few rows."""
    mark, word, role = WORDS[found.severity]
    head = content(
        (f"{mark} {word}", role), "  ", (found.rule, "strong"), (f"  {found.clause}", "dim")
    )
    where = ", ".join(map(str, found.evidence))
    lines = [head, *hanging(content(("  what", "dim")), content(found.cause), width, INDENT)]
    lines += hanging(content(("  try", "title")), content(found.change), width, INDENT)
    if found.evidence:
        shown = content((f"entry {where} of the Wire; in pane 6 Enter goes there", "dim"))
        lines += hanging(content(("  seen", "dim")), shown, width, INDENT)
    return stack(lines)


def counts(findings: Sequence[Finding]) -> str:
    """How many, for the label of the tab."""
    return f"6 Findings {len(findings)}" if findings else "6 Findings"
