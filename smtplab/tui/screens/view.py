"""What the main screen shows of a session: each widget filled from the driver, when it changed."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from smtplab.client.events import ReplyForged
from smtplab.client.steps import Step
from smtplab.lessons.tutor import Tutor
from smtplab.protocol.events import AuthExchanged, ReplyReceived
from smtplab.protocol.guide import GUIDE, Guide
from smtplab.protocol.replies import Reply
from smtplab.protocol.sasl import SaslMessage
from smtplab.tls.events import ChainChecked, HandshakeMessage
from smtplab.transcript.entries import Entry, Event
from smtplab.tui import glyphs
from smtplab.tui.render import (
    auth,
    bar,
    cert,
    ehlo,
    explain,
    ladder,
    lesson,
    message,
    next_line,
    server,
)
from smtplab.tui.render.text import content
from smtplab.tui.widgets.command_input import CommandInput
from smtplab.tui.widgets.findings import Findings
from smtplab.tui.widgets.handshake import Handshake
from smtplab.tui.widgets.inspector import Inspector, Strip
from smtplab.tui.widgets.pane import Pane
from smtplab.tui.widgets.stages import Stages
from smtplab.tui.widgets.wire import Wire
from smtplab.verbs.driver import ANYWAY, Driver
from smtplab.verbs.pace import SPEEDS
from smtplab.verbs.typed import Kind, kind_of

Selected = tuple[Entry, Event] | None

SHOWN_FINDINGS = 3
"""How many findings Explain shows; the others have a pane of their own."""


@dataclass(slots=True)
class Shown:
    """What the one-line parts show now, so that they are drawn anew only when that changes."""

    top: tuple[bar.Status, int] | None = None
    bottom: next_line.Next | None = None


class View:
    """Fills the widgets of a screen."""

    def __init__(self, screen: Screen[None], driver: Driver, tutor: Tutor | None) -> None:
        self._screen = screen
        self._driver = driver
        self._tutor = tutor
        self._shown = Shown()
        self._seen: tuple[object, ...] = ()
        self.selected_text = ""
        """The text of the very line under the cursor."""
        self.selected: Entry | None = None
        """The entry under the Wire's cursor; None while the Wire follows the session."""
        self.spying = False
        """Whether the Wire shows only what a listener on the network sees."""

    def tick(self) -> None:
        """Shows how things stand, unless nothing has changed since the last look."""
        now = self._fingerprint()
        if now != self._seen:
            self._seen = now
            self.sync()

    def _fingerprint(self) -> tuple[object, ...]:
        """All that can change by itself; what the user does is shown when it is done."""
        driver, bench = self._driver, self._driver.bench
        box = self._screen.query_one(CommandInput)
        return (
            len(bench.transcript),
            len(bench.server_events),
            bench.runner.planned,
            bench.runner.ended,
            driver.automatic,
            driver.pause,
            driver.next_part,
            driver.predictions.verdict,
            bench.waiting,
            int(driver.waited),
            box.has_focus,
            box.value,
            self._screen.query_one(Findings).size,  # it can be filled only once it has a width
        )

    def sync(self) -> None:
        """Shows how things stand."""
        driver = self._driver
        bench = driver.bench
        query = self._screen.query_one
        query(Wire).sync(
            bench.transcript, bench.settings.security, driver.revealing, spy=self.spying
        )
        query(CommandInput).sync(driver.proposal)
        self._sync_bar()
        self._sync_stages()
        self._sync_next()
        query(Strip).findings = len(bench.findings())
        if self._tutor is not None:
            self._tutor.follow(bench.transcript.entries, [f.rule for f in bench.findings()])
        self._sync_pane(query(Inspector).active)
        if query("#explain-beside").display:
            self._sync_explain(query("#explain-beside", Pane))

    # The lines at the top and at the bottom.

    def _sync_bar(self) -> None:
        driver, bench = self._driver, self._driver.bench
        running = f"AUTO {SPEEDS[driver.speed].name}"
        status = bar.Status(
            title=bench.title,
            security=bench.settings.security,
            scenario=bench.scenario_title,
            tls=bench.tls_label,
            connected=driver.is_open and bench.runner.progress.connected,
            mode=running if driver.automatic else "MANUAL",
            automatic=driver.automatic,
            revealed=driver.reveal,
            spying=self.spying,
        )
        width = self._screen.size.width
        if (status, width) != self._shown.top:
            self._shown.top = status, width
            self._screen.query_one("#bar", Static).update(bar.bar(status, width))

    def _sync_stages(self) -> None:
        bench = self._driver.bench
        rungs = ladder.Rungs(
            stages=bench.stages,
            current=bench.current_stage if bench.planned is not None else None,
            breakpoints=self._driver.breakpoints.stages,
        )
        for stages in self._screen.query(Stages):
            stages.sync(rungs)

    def _sync_next(self) -> None:
        driver, bench = self._driver, self._driver.bench
        box = self._screen.query_one(CommandInput)
        kind = self.kind
        state = next_line.Next(
            planned=bench.planned,
            outcome=bench.outcome,
            findings=len(bench.findings()),
            waiting=bench.waiting if driver.waited >= 1 else None,
            waited=int(driver.waited),
            automatic=driver.automatic,
            speed=SPEEDS[driver.speed].name,
            typing=box.has_focus,
            kind=kind,
            reason=driver.pause.text,
            breakpoint=driver.pause.breakpoint,
            part=driver.next_part,
            forged=self._forged(),
            guessing=driver.asks_for_guess,
            guessed=driver.predictions.verdict if driver.predictions.on else "",
        )
        if state != self._shown.bottom:
            self._shown.bottom = state
            self._screen.query_one("#next", Static).update(next_line.next_line(state))
            badge = "" if kind is Kind.PLANNED or driver.question else f" {kind.value} "
            self._screen.query_one("#badge", Static).update(content((badge, "badge")))
            self._screen.query_one("#mark", Static).update(self._mark())

    def _forged(self) -> str:
        reply = self._driver.bench.runner.forged
        return f"{reply.code} {reply.first_line}" if reply is not None else ""

    def _mark(self) -> Content:
        ours = self._driver.step_planned is not None
        return content((f" C {glyphs.SENT} " if ours else "   › ", "title"))

    @property
    def kind(self) -> Kind:
        """What sending the text in the input would be."""
        text = self._screen.query_one(CommandInput).value.removeprefix(ANYWAY)
        if self._driver.question is not None:
            return Kind.COMMAND if text != self._driver.proposal else Kind.PLANNED
        return kind_of(text, self._driver.step_planned, reveal=self._driver.reveal)

    # The panes.

    def _sync_pane(self, name: str) -> None:
        SYNC[name](self)

    def _pane(self, name: str) -> Pane:
        return self._screen.query_one(f"#{name}", Pane)

    def sync_lesson(self) -> None:
        """Pane 0."""
        tutor = self._tutor
        if tutor is not None:
            self._pane("lesson").show(
                lambda width: lesson.lesson(tutor.lesson, tutor.done, width), tutor.done
            )

    def sync_explain(self) -> None:
        """Pane 1."""
        self._sync_explain(self._pane("explain"))

    def sync_auth(self) -> None:
        """Pane 2."""
        said, reveal = self._messages(), self._driver.reveal
        self._pane("auth").show(
            lambda width: auth.auth(said, width, reveal=reveal), (len(said), reveal)
        )

    def sync_tls(self) -> None:
        """Pane 3."""
        bench = self._driver.bench
        messages = [event for _, event in bench.transcript.of(HandshakeMessage)]
        version = bench.tls.version if bench.tls else ""
        pane = self._screen.query_one(Handshake)
        pane.sync(messages, version)
        chosen = self.selected.event if self.selected is not None else None
        pane.go_to(chosen if isinstance(chosen, HandshakeMessage) else None)

    def sync_cert(self) -> None:
        """Pane 4."""
        checks = [event for _, event in self._driver.bench.transcript.of(ChainChecked)]
        last = checks[-1] if checks else None
        self._pane("cert").show(lambda width: cert.cert(last, width), len(checks))

    def sync_ehlo(self) -> None:
        """Pane 5."""
        bench = self._driver.bench
        before, now = bench.capabilities_before_tls, bench.capabilities
        self._pane("ehlo").show(
            lambda width: ehlo.ehlo(before, now, width), (str(before), str(now))
        )

    def sync_findings(self) -> None:
        """Pane 6."""
        self._screen.query_one(Findings).sync(self._driver.bench.findings())

    def sync_message(self) -> None:
        """Pane 7."""
        wishes = self._driver.bench.settings
        self._pane("message").show(
            lambda width: message.message(
                wishes.envelope, wishes.content, width, raw=wishes.raw_content
            ),
            (wishes.envelope, wishes.content, wishes.raw_content),
        )

    def sync_server(self) -> None:
        """Pane 8."""
        bench = self._driver.bench
        scenario, events = bench.scenario, tuple(bench.server_events)
        self._pane("server").show(lambda width: server.server(scenario, events, width), len(events))

    def _messages(self) -> list[SaslMessage]:
        found: list[SaslMessage] = []
        for entry, event in self._driver.bench.transcript.of(AuthExchanged):
            shown = self._driver.bench.reveal(entry) if self._driver.reveal else event
            if isinstance(shown, AuthExchanged):
                found.append(shown.message)
        return found

    def _sync_explain(self, pane: Pane) -> None:
        bench = self._driver.bench
        stopped = self._driver.question is not None or bench.outcome is not None
        told = explain.Told(
            guide=self._guide(),
            last=self._last_reply(),
            selected=self._selected(),
            text=self.selected_text,
            outcome=bench.outcome,
            findings=bench.findings()[:SHOWN_FINDINGS] if stopped else (),
        )
        pane.show(lambda width: explain.explain(told, width), told)

    def _selected(self) -> Selected:
        if self.selected is None:
            return None
        shown = (
            self._driver.bench.reveal(self.selected) if self._driver.reveal else self.selected.event
        )
        return self.selected, shown

    def _guide(self) -> Guide | None:
        planned = self._driver.bench.planned
        if isinstance(planned, Step):
            return GUIDE.get(planned.guide)
        if planned is not None:
            return GUIDE.get(self._driver.bench.current_stage.value)
        return None

    def _last_reply(self) -> Reply | None:
        for entry in reversed(self._driver.bench.transcript.entries):
            if isinstance(entry.event, ReplyReceived | ReplyForged):
                return entry.event.reply
        return None


SYNC: dict[str, Callable[[View], None]] = {
    "lesson": View.sync_lesson,
    "explain": View.sync_explain,
    "auth": View.sync_auth,
    "tls": View.sync_tls,
    "cert": View.sync_cert,
    "ehlo": View.sync_ehlo,
    "findings": View.sync_findings,
    "message": View.sync_message,
    "server": View.sync_server,
}
"""What fills each pane of the Inspector; only the one that is seen is filled."""
