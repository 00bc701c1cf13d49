"""The list of lessons, with how far one has come."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from smtplab.lessons import library
from smtplab.lessons.model import Lesson
from smtplab.lessons.reader import LessonError
from smtplab.tui.layout import STYLES
from smtplab.tui.opening import of_lesson
from smtplab.tui.render.text import content, shortened

if TYPE_CHECKING:
    from smtplab.tui.app import Console


class LessonsScreen(Screen[None]):
    """Enter begins one."""

    CSS_PATH = STYLES

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", key_display="esc"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._lessons: list[Lesson] = []

    def compose(self) -> ComposeResult:
        """Title, list, what Enter does."""
        yield Static(content((" smtplab", "title"), ("   lessons", "dim")), id="bar")
        yield OptionList(id="choices", markup=False)
        yield Static(id="next")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Reads the lessons; the first that is not done is chosen."""
        for name in library.names():
            try:
                self._lessons.append(library.find(name))
            except LessonError as error:
                self.notify(str(error), markup=False, severity="error")
        self.query_one(OptionList).focus()
        self.call_after_refresh(self._fill)

    def on_screen_resume(self) -> None:
        """Back from a lesson: it may be done now."""
        if self._lessons:
            self.call_after_refresh(self._fill)

    def on_resize(self) -> None:
        """Another width, other rows."""
        self.on_screen_resume()

    def _fill(self) -> None:
        choices = self.query_one(OptionList)
        diary = cast("Console", self.app).diary
        width = max(20, choices.scrollable_content_region.width)
        done = [diary.done(lesson.name) for lesson in self._lessons]
        here = choices.highlighted
        if here is None:
            fresh = (n for n, lesson in enumerate(self._lessons) if done[n] < len(lesson.steps))
            here = next(fresh, 0)
        choices.clear_options()
        choices.add_options(
            Option(_row(number, lesson, done[number - 1], width))
            for number, lesson in enumerate(self._lessons, 1)
        )
        choices.highlighted = here

    @on(OptionList.OptionHighlighted)
    def _say(self, event: OptionList.OptionHighlighted) -> None:
        lesson = self._lessons[event.option_index]
        line = content(
            (" NEXT ", "mode"), " ", (lesson.title, "strong"), ("  Enter begins it", "dim")
        )
        self.query_one("#next", Static).update(line)

    @on(OptionList.OptionSelected)
    async def _take(self, event: OptionList.OptionSelected) -> None:
        app = cast("Console", self.app)
        await app.open_session(of_lesson(self._lessons[event.option_index], app.opening.wishes))

    def action_down(self) -> None:
        """The next lesson."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """The lesson before."""
        self.query_one(OptionList).action_cursor_up()

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()


def _row(number: int, lesson: Lesson, done: int, width: int) -> Content:
    total = len(lesson.steps)
    mark, role = ("✓", "good") if done >= total else ("▸", "title") if done else ("·", "dim")
    count = f"{min(done, total):>2}/{total:<2} "
    title = shortened(lesson.title, 42)
    line = content(
        (f" {mark} ", role), (f"{number:>2}  ", "dim"), (f"{title:<43}", "strong"),
        (count, role), (lesson.summary, "dim"),
    )  # fmt: skip
    return line.truncate(width, ellipsis=True)
