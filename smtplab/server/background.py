"""Labs in a thread of their own, for callers without an event loop, or with one that is busy."""

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from fnmatch import fnmatchcase
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from smtplab.scenarios.model import Scenario
from smtplab.server.certificates import Authority
from smtplab.server.events import Closed, Connected, ServerEvent
from smtplab.server.inbox import Inbox
from smtplab.server.lab import Lab
from smtplab.server.session_log import SessionLog

T = TypeVar("T")

SETTLE = 2.0
"""Seconds to wait for what a client has sent and the server has not read yet."""


class LoopThread:
    """An event loop in a daemon thread; labs may share one. Use it as a context."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="smtplab", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs something in the loop and waits for its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class BackgroundLab:
    """A scenario, played in another thread until `stop` is called."""

    def __init__(
        self,
        thread: LoopThread,
        scenario: Scenario,
        authority: Authority,
        ca_file: Path,
        *,
        base: str | None = None,
        auth: bool = True,
        time_scale: float = 1.0,
    ) -> None:
        self._thread = thread
        self._changed = threading.Condition()
        self._open = 0
        self.ca_file = str(ca_file)
        """The certificate of the authority to trust, as a PEM file."""
        self._lab = Lab(
            scenario,
            base=base,
            auth=auth,
            authority=authority,
            time_scale=time_scale,
            on_event=self._on_event,
        )

    def start(self) -> Self:
        """Opens a free port on 127.0.0.1 and ::1."""
        self._thread.run(self._start())
        return self

    async def _start(self) -> None:
        await self._lab.start("localhost")

    def stop(self) -> None:
        """Closes the port, and drops what is still connected."""
        self._thread.run(self._lab.stop())

    def _on_event(self, event: ServerEvent) -> None:
        if isinstance(event, (Connected, Closed)):
            with self._changed:
                self._open += 1 if isinstance(event, Connected) else -1
                self._changed.notify_all()

    # Where it is, and how one gets in.

    @property
    def host(self) -> str:
        """A name of this machine that the certificate holds."""
        return "localhost"

    @property
    def port(self) -> int:
        """Its port."""
        return self._lab.port

    @property
    def base(self) -> str:
        """plain, starttls or implicit."""
        return self._lab.base

    @property
    def username(self) -> str:
        """A user whom it lets in."""
        return next(iter(self._lab.users))

    @property
    def password(self) -> str:
        """That user's password."""
        return self._lab.users[self.username]

    def ssl_context(self) -> ssl.SSLContext:
        """A client's context that trusts this server's authority, and checks all."""
        return ssl.create_default_context(cafile=self.ca_file)

    # What came.

    @property
    def inbox(self) -> Inbox:
        """The messages that it took."""
        return self._lab.inbox

    @property
    def sessions(self) -> list[SessionLog]:
        """The connections, oldest first."""
        return list(self._lab.sessions)

    @property
    def commands(self) -> list[str]:
        """The lines of all clients, in order, passwords hidden."""
        self.settle()
        return [command.shown for session in self.sessions for command in session.commands]

    def saw(self, pattern: str) -> bool:
        """Whether some command was this, or began with this; `*` and `?` as in file names.

        What a client has sent and the server has not read yet is waited for, for a moment.
        """
        wanted = pattern.upper()
        return any(_matches(line.upper(), wanted) for line in self.commands)

    def settle(self, seconds: float = SETTLE) -> None:
        """Waits until no client is connected, for at most so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0, seconds)


def _matches(line: str, wanted: str) -> bool:
    follows = line[len(wanted) : len(wanted) + 1]
    begins = line.startswith(wanted) and follows in ("", " ", ":")
    return begins or fnmatchcase(line, wanted)
