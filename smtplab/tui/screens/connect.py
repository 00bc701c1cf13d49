"""The form for a real server."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Input, Select, Static

from smtplab.client.settings import Security
from smtplab.tui.layout import STYLES
from smtplab.tui.opening import Opening
from smtplab.tui.preferences import save
from smtplab.tui.render.bar import SECURITY
from smtplab.tui.render.text import content
from smtplab.workbench.options import Options, OptionsError
from smtplab.workbench.target import Target, TargetError, parse_target

if TYPE_CHECKING:
    from smtplab.tui.app import Console


class Box(NamedTuple):
    """One field of the form."""

    name: str
    label: str
    hint: str
    secret: bool = False


BOXES: tuple[Box, ...] = (
    Box("target", "Server", "mail.example.org, host:465, smtp://me@host:587"),
    Box("sender", "From", "me@example.org"),
    Box("recipients", "To", "you@example.net, one or more, parted by spaces"),
    Box("username", "User", "leave empty for no login"),
    Box("password", "Password", "kept in memory only, never recorded", secret=True),
)

REAL = (
    "This is a real server: what you send with RCPT and DATA is real mail. Nothing is sent before "
    "you press Enter for it."
)


class ConnectScreen(Screen[None]):
    """Host, addresses, login."""

    CSS_PATH = STYLES

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("ctrl+s,f5", "open", "Open", key_display="f5"),
    ]

    def compose(self) -> ComposeResult:
        """The fields, one a line."""
        yield Static(content((" smtplab", "title"), ("   a real server", "dim")), id="bar")
        with VerticalScroll(id="form", can_focus=False):
            if self._profiles:
                with Horizontal(classes="field"):
                    yield Static(content(("Profile", "strong")), classes="label")
                    names = [(name, name) for name in reversed(self._profiles)]
                    yield Select(
                        names, prompt="one that was used before", id="profile", compact=True
                    )
            for box in BOXES:
                with Horizontal(classes="field"):
                    yield Static(content((box.label, "strong")), classes="label")
                    yield Input(
                        placeholder=box.hint, id=box.name, password=box.secret, compact=True
                    )
            with Horizontal(classes="field"):
                yield Static(content(("TLS", "strong")), classes="label")
                options = [(long, security) for security, (long, _) in SECURITY.items()]
                yield Select(options, prompt="as the port says", id="security", compact=True)
            yield Static(content((REAL, "note")), id="real")
            yield Static(id="problem")
        yield Static(
            content(
                (" NEXT ", "mode"), " Open the session", ("  Enter goes on, then opens it", "dim")
            ),
            id="next",
        )
        yield Footer(compact=True)

    @property
    def _profiles(self) -> dict[str, dict[str, str]]:
        preferences = cast("Console", self.app).preferences
        return preferences.profiles if preferences is not None else {}

    @on(Select.Changed, "#profile")
    def _fill(self, event: Select.Changed) -> None:
        fields = self._profiles.get(str(event.value))
        if fields is None:
            return
        for box in BOXES:
            if not box.secret:
                self.query_one(f"#{box.name}", Input).value = fields.get(box.name, "")
        wished = fields.get("security")
        choice = self.query_one("#security", Select)
        choice.value = Security(wished) if wished in {s.value for s in Security} else Select.NULL

    def _remember(self) -> None:
        """Keeps what stands in the form, but for the password."""
        app = cast("Console", self.app)
        if app.preferences is None:
            return
        fields = {box.name: self._value(box.name) for box in BOXES if not box.secret}
        security = self.query_one("#security", Select).value
        if isinstance(security, Security):
            fields["security"] = security.value
        app.preferences = app.preferences.with_profile(fields["target"], fields)
        save(app.preferences)

    def on_mount(self) -> None:
        """The server's name comes first."""
        self.query_one("#target").focus()

    @on(Input.Submitted)
    async def _enter(self, event: Input.Submitted) -> None:
        """Enter goes to the next empty field, and opens when there is none that is needed."""
        names = [box.name for box in BOXES]
        for name in names[names.index(event.input.id or "target") + 1 :]:
            if not self.query_one(f"#{name}", Input).value:
                self.query_one(f"#{name}").focus()
                break
        else:
            await self.action_open()

    async def action_open(self) -> None:
        """Opens the session, or says what is missing."""
        app = cast("Console", self.app)
        try:
            target = parse_target(self._value("target"))
            self._remember()
            await app.open_session(Opening(target, self._options(app.opening.wishes, target)))
        except (TargetError, OptionsError, LookupError, OSError) as problem:
            self.query_one("#problem", Static).update(content((str(problem), "error")))

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _options(self, former: Options, target: Target) -> Options:
        security = self.query_one("#security", Select).value
        username = self._value("username") or target.username
        password = self.query_one("#password", Input).value
        return replace(
            former,
            sender=self._value("sender") or None,
            recipients=tuple(self._value("recipients").replace(",", " ").split()),
            username=username,
            password=password if username else None,
            security=security if isinstance(security, Security) else None,
        )

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()
