"""A lesson as lines of text."""

import textwrap

from smtplab.explanations.text import WIDTH
from smtplab.lessons.model import Lesson, LessonStep


def lesson_lines(lesson: Lesson, step: LessonStep | None, number: int) -> list[str]:
    """What is told when a step begins; before the first one, what the lesson is about."""
    lines: list[str] = []
    if number == 0:
        lines += [f"LESSON {lesson.title}", ""]
        for paragraph in lesson.intro:
            lines += [*textwrap.wrap(paragraph, WIDTH), ""]
    if step is not None:
        lines += [f"LESSON step {number + 1} of {len(lesson.steps)}: {step.title}"]
        for paragraph in step.paragraphs:
            hang = "  " if paragraph.startswith("- ") else ""
            lines += textwrap.wrap(paragraph, WIDTH, subsequent_indent=hang)
    return lines
