"""The stages of a session: as a ladder with one rung a line, or as a line of crumbs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.content import Content

from smtplab.client.steps import LABELS, Stage, StageStatus
from smtplab.tui import glyphs
from smtplab.tui.render.text import content, stack

MARKS: dict[StageStatus, str] = {
    StageStatus.AHEAD: "dim",
    StageStatus.CURRENT: "title",
    StageStatus.DONE: "good",
    StageStatus.WARNING: "warning",
    StageStatus.FAILED: "error",
    StageStatus.SKIPPED: "dim",
}
"""Status -> role of its mark."""

NAMES: dict[StageStatus, str] = {
    StageStatus.AHEAD: "dim",
    StageStatus.SKIPPED: "dim",
    StageStatus.CURRENT: "strong",
}
"""Status -> role of the stage's name, where it is not plain text."""


@dataclass(frozen=True, slots=True)
class Rungs:
    """What the ladder shows. `current` is None when the session is over."""

    stages: Mapping[Stage, StageStatus] = field(default_factory=dict)
    current: Stage | None = None
    breakpoints: frozenset[Stage] = frozenset()
    cursor: Stage | None = None
    """The rung that the keys are about, while the ladder has the focus."""

    def mark(self, stage: Stage) -> tuple[str, str]:
        """The sign of a stage and its role. The planned stage has its own sign until it is done."""
        status = self.stages[stage]
        if stage is self.current and status in (StageStatus.AHEAD, StageStatus.CURRENT):
            status = StageStatus.CURRENT
        elif status is StageStatus.CURRENT:
            status = StageStatus.DONE
        return glyphs.STATUS[status], MARKS[status]

    def name_role(self, stage: Stage) -> str:
        """The role of a stage's name."""
        if stage is self.current:
            return "strong"
        return NAMES.get(self.stages[stage], "text")


def ladder(rungs: Rungs, width: int) -> Content:
    """One rung a line: breakpoint, mark, name."""
    return stack([_rung(rungs, stage, width) for stage in rungs.stages])


def _rung(rungs: Rungs, stage: Stage, width: int) -> Content:
    point = glyphs.BREAKPOINT if stage in rungs.breakpoints else " "
    mark, role = rungs.mark(stage)
    name = LABELS[stage][0]
    line = content((point, "error"), (mark, role), " ", (name, rungs.name_role(stage)))
    line = line.pad_right(max(0, width - line.cell_length))
    if stage is rungs.cursor:
        return line.stylize("reverse")
    return line.stylize_before("on $smtp-row") if stage is rungs.current else line


def crumbs(rungs: Rungs) -> Content:
    """All stages in one line."""
    parts: list[Content] = []
    for stage in rungs.stages:
        point = glyphs.BREAKPOINT if stage in rungs.breakpoints else ""
        mark, role = rungs.mark(stage)
        here = stage is (rungs.cursor or rungs.current)
        name = "here" if here else rungs.name_role(stage)
        parts.append(content((point, "error"), (mark, role), (LABELS[stage][1], name)))
    return Content(" ").join(parts)
