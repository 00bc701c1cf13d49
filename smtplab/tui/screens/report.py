"""The report of a session, and the formats in which it can be given to others."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from smtplab.export import formats
from smtplab.export.objects import timings_object
from smtplab.tui.render.report import Report, report
from smtplab.tui.render.text import content
from smtplab.tui.widgets.pane import Pane
from smtplab.workbench.bench import Workbench


class ReportScreen(ModalScreen[None]):
    """What happened, for reading; below it one line for each format, for writing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
    ]

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench

    def compose(self) -> ComposeResult:
        """The report, and the formats."""
        with Vertical(id="report") as box:
            box.border_title = "Report"
            box.border_subtitle = "Tab to the formats · Enter writes a file · Esc closes"
            yield Pane(id="report-text")
            yield Static(content(("Write it as", "title")), id="report-as")
            options = [
                Option(
                    content((f" {each.name:<10}", "client"), (each.summary, "dim")), id=each.name
                )
                for each in formats.formats()
            ]
            yield OptionList(*options, id="report-formats", markup=False)

    def on_mount(self) -> None:
        """Fills it; the report can be scrolled at once."""
        bench = self._bench
        told = Report(
            bench.title,
            bench.outcome,
            dict(bench.stages),
            timings_object(bench.transcript),
            bench.findings(),
        )
        pane = self.query_one(Pane)
        pane.show(lambda width: report(told, width))
        pane.focus()

    @on(OptionList.OptionSelected)
    def _write(self, event: OptionList.OptionSelected) -> None:
        chosen = formats.find(event.option.id or "")
        path = free_name(f"{self._stem()}{chosen.suffix}")
        try:
            path.write_bytes(formats.render(self._bench.transcript, chosen.name))
        except OSError as error:
            self.notify(
                f"It cannot be written: {path}: {error.strerror}", markup=False, severity="error"
            )
            return
        self.notify(f"Written to {path}. Passwords are not in it.", markup=False, timeout=8)

    def _stem(self) -> str:
        scenario = self._bench.scenario
        return f"smtplab-{scenario.id.replace('/', '-')}" if scenario else "smtplab-session"


def _option(each: formats.Format) -> Option:
    return Option(content((f" {each.name:<10}", "client"), (each.summary, "dim")), id=each.name)


def free_name(name: str) -> Path:
    """A file of that name in the present folder, or with a number when there is one already."""
    path = Path(name)
    number = 1
    while path.exists():
        number += 1
        path = Path(f"{Path(name).stem}-{number}{Path(name).suffix}")
    return path
