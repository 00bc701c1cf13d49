"""A lesson: the step at hand, those behind, those ahead."""

from textual.content import Content

from smtplab.lessons.model import Lesson, LessonStep
from smtplab.tui.render.text import content, hanging, stack

INDENT = 3


def lesson(shown: Lesson, done: int, width: int) -> Content:
    """The pane: the step at hand first, since that is what one reads."""
    total = len(shown.steps)
    head = content((shown.title, "title"), (f"   step {min(done + 1, total)} of {total}", "dim"))
    lines = [head, content()]
    if done == 0:
        for paragraph in shown.intro:
            lines += [*hanging(content(), content((paragraph, "text")), width, 0), content()]
    at_hand = shown.steps[done] if done < total else None
    if at_hand is None:
        lines += [content(("Done. R does it again.", "good")), content()]
    else:
        lines += _step(at_hand, width)
    for number, step in enumerate(shown.steps):
        if number != done:
            mark = ("✓", "good") if number < done else ("·", "dim")
            lines.append(
                content(mark, f"  {step.title}" if number < done else (f"  {step.title}", "dim"))
            )
    return stack(lines)


def _step(step: LessonStep, width: int) -> list[Content]:
    lines = hanging(content(("▸", "title")), content((step.title, "strong")), width, INDENT)
    for paragraph in step.paragraphs:
        bullet = paragraph.startswith("- ")
        text = paragraph.removeprefix("- ")
        label = content("   ", ("·", "dim")) if bullet else content()
        lines += hanging(label, content(text), width, INDENT + 2 * bullet)
    return [*lines, content()]
