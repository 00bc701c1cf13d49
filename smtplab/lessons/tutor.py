"""A lesson being done: which step it is at, and when one has been done."""

from collections.abc import Sequence

from smtplab.lessons.diary import Diary
from smtplab.lessons.model import Lesson, LessonStep
from smtplab.lessons.progress import steps_done
from smtplab.transcript.entries import Entry


class Tutor:
    """Follows one session with a lesson in hand."""

    def __init__(self, lesson: Lesson, diary: Diary) -> None:
        self.lesson = lesson
        self.done = 0
        self._diary = diary
        self._seen = 0

    @property
    def step(self) -> LessonStep | None:
        """The step at hand; None when all are done."""
        steps = self.lesson.steps
        return steps[self.done] if self.done < len(steps) else None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do; what is left may still be read."""
        return not any(step.check for step in self.lesson.steps[self.done :])

    def follow(self, entries: Sequence[Entry], findings: Sequence[str]) -> int:
        """Looks at the record; how many steps have been done since the last look."""
        if len(entries) == self._seen:
            return 0  # screens look many times a second, and findings come from the record too
        self._seen = len(entries)
        before = self.done
        self.done = max(before, steps_done(self.lesson, entries, findings))
        if self.done > before:
            finished = len(self.lesson.steps) if self.finished else self.done
            self._diary.note(self.lesson.name, finished)
        return self.done - before
