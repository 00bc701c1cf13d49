"""The report of a session: how it ended, each stage with its time, what was odd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content

from smtplab.client.outcome import Outcome
from smtplab.client.steps import LABELS, Stage, StageStatus
from smtplab.diagnosis.findings import Finding
from smtplab.tui import glyphs
from smtplab.tui.render.explain import ended
from smtplab.tui.render.findings import finding
from smtplab.tui.render.ladder import MARKS
from smtplab.tui.render.text import content, stack

NAME = 18
"""Cells of a stage's name."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is told. `seconds` are those spent at each stage."""

    title: str
    outcome: Outcome | None
    stages: Mapping[Stage, StageStatus]
    seconds: Mapping[str, float]
    findings: Sequence[Finding]


def report(told: Report, width: int) -> Content:
    """The whole report."""
    lines = [*_head(told, width), content(), content(("Stages", "title"))]
    lines += [_stage(stage, status, told.seconds) for stage, status in told.stages.items()]
    lines += [content(), content(("Findings", "title"))]
    if not told.findings:
        lines.append(content((" nothing odd", "dim")))
    for each in told.findings:
        lines += [finding(each, width), content()]
    return stack(lines)


def _head(told: Report, width: int) -> list[Content]:
    outcome = told.outcome
    if outcome is None:
        return [content(("The session still runs", "strong"), (f"  {told.title}", "dim"))]
    return ended(outcome, told.title, width)


def _stage(stage: Stage, status: StageStatus, seconds: Mapping[str, float]) -> Content:
    mark, role = glyphs.STATUS[status], MARKS[status]
    spent = seconds.get(stage.value)
    time = f"{spent:9.3f} s" if spent is not None and status is not StageStatus.AHEAD else ""
    return content((f" {mark} ", role), f"{LABELS[stage][0]:<{NAME}}", (time, "dim"))
