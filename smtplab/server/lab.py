"""The lab: the listeners of one scenario, in the caller's event loop. Nothing is ever relayed."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from smtplab.scenarios.model import Scenario
from smtplab.server.brain import Mould
from smtplab.server.certificates import Authority
from smtplab.server.conditions import Memory
from smtplab.server.events import Closed, Connected, Listening, ServerEvent
from smtplab.server.inbox import Inbox
from smtplab.server.listeners import check_exposure, listen, listen_unix, stop_accepting
from smtplab.server.manner import Manner
from smtplab.server.routine import Routines
from smtplab.server.session import Session, Shared
from smtplab.server.session_log import Hider, SessionLog
from smtplab.server.tape import Budget, Tape
from smtplab.server.wire import Gone, Wire

TAPE_OCTETS = 256 << 20
"""What the tapes and logs of a lab may hold together."""
MOST_SESSIONS = 10_000
"""Sessions whose log is kept; the oldest go first."""

MODES = {"plain": "none", "starttls": "starttls", "implicit": "implicit"}
"""Base -> the scenario's word for it."""


class Lab:
    """A scenario, played on a port of this machine.

    `base` (plain, starttls, implicit) overrides the scenario's own mode of TLS; without `auth` no
    login is offered; `time_scale` stretches or shortens the waits of the scenario; `maildir` gets a
    copy of every message, unless an `inbox` of one's own is given, and raises OSError where it
    cannot; `on_event` is told of everything as it happens.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        base: str | None = None,
        auth: bool = True,
        authority: Authority | None = None,
        time_scale: float = 1.0,
        inbox: Inbox | None = None,
        maildir: Path | None = None,
        on_event: Callable[[ServerEvent], None] | None = None,
    ) -> None:
        mode = scenario.server.tls.mode
        self.base = base or next(name for name, word in MODES.items() if word == mode)
        if self.base not in MODES:
            raise ValueError(f"{base!r} is no base; there are {', '.join(MODES)}")
        self.scenario = scenario
        self.authority = authority or Authority()
        self.inbox = Inbox(maildir=maildir) if inbox is None else inbox
        self.sessions: list[SessionLog] = []
        self.listening: tuple[Listening, ...] = ()
        self.users = dict(scenario.server.users)
        self._on_event = on_event
        hider = Hider(self.users.values())
        self._shared = Shared(
            scenario,
            Manner(
                scenario.server, self.base, auth, Mould(scenario.server.host, scenario.server.size)
            ),
            self.authority,
            self.inbox,
            Memory(),
            hider,
            {},
            Routines(hider),
            time_scale,
            on_event,
        )
        self._budget = Budget(TAPE_OCTETS)
        self._servers: list[asyncio.Server] = []
        self._paths: list[Path] = []
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._wires: dict[int, Wire] = {}
        self._count = 0
        self._stopping = False

    # Starting and stopping.

    async def start(
        self, host: str = "127.0.0.1", port: int = 0, *, expose: bool = False
    ) -> tuple[Listening, ...]:
        """Opens a port, 0 for any free one; says where it listens now.

        `localhost` means 127.0.0.1 and ::1, on the same port. A lab may be started several times,
        to listen at several places. Raises ExposedError for an address beyond this machine without
        `expose`, and OSError when the port cannot be opened.
        """
        if not expose:
            check_exposure(host)
        servers = await listen(self._new_wire, host, port)
        addresses = [sock.getsockname() for server in servers for sock in server.sockets]
        return self._opened_at(servers, [(str(address[0]), address[1]) for address in addresses])

    async def start_unix(self, path: Path) -> tuple[Listening, ...]:
        """Opens a Unix socket, which `stop` removes; says where it listens now.

        Raises OSError when the socket cannot be opened, or when this system has none.
        """
        server = await listen_unix(self._new_wire, path)
        self._paths.append(path)
        return self._opened_at([server], [(str(path), 0)])

    def _opened_at(
        self, servers: list[asyncio.Server], places: list[tuple[str, int]]
    ) -> tuple[Listening, ...]:
        self._stopping = False
        self._servers += servers
        mode = MODES[self.base]
        opened = [Listening(self.scenario.id, host, port, mode) for host, port in places]
        self.listening = (*self.listening, *opened)
        for event in opened:
            self._emit(event)
        return self.listening

    async def stop(self) -> None:
        """Closes the ports, drops the connections, and waits until all is gone."""
        self._stopping = True
        servers, self._servers = self._servers, []
        for server in servers:
            stop_accepting(server)
        # Of a connection that it has just accepted asyncio knows nothing until the next round.
        await asyncio.sleep(0)
        for server in servers:
            server.close()
        # A session that was cancelled before its first step has not even begun to look after
        # its connection, and some may only now be accepted: hence one round of the loop first.
        await asyncio.sleep(0)
        while self._tasks:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for server in servers:
            await server.wait_closed()
        # What was being accepted at that moment is dropped in the next rounds of the loop.
        for _ in range(3):
            await asyncio.sleep(0)
        while self._paths:
            with contextlib.suppress(OSError):
                self._paths.pop().unlink()

    async def __aenter__(self) -> Self:
        if not self._servers:
            await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    # Where it is.

    @property
    def host(self) -> str:
        """The address it listens on; only once it has started."""
        return self.listening[0].host

    @property
    def port(self) -> int:
        """The port of that address."""
        return self.listening[0].port

    @property
    def ca_pem(self) -> bytes:
        """The certificate authority to trust."""
        return self.authority.ca_pem

    # Connections.

    def _new_wire(self) -> Wire:
        return Wire(Tape(self._budget), self._opened)

    def _opened(self, wire: Wire) -> None:
        if self._stopping:
            wire.drop()
            return
        self._count += 1
        loop = asyncio.get_running_loop()
        number = self._count
        task = loop.create_task(self._serve(wire, number), name=f"session {number}")
        self._tasks[number], self._wires[number] = task, wire
        task.add_done_callback(lambda _: self._forget(number))

    def _forget(self, number: int) -> None:
        del self._tasks[number], self._wires[number]

    @property
    def wires(self) -> list[Wire]:
        """The connections that are open, oldest first."""
        return list(self._wires.values())

    async def _serve(self, wire: Wire, number: int) -> None:
        log = self._new_log(wire, number)
        try:
            self._emit(Connected(number, wire.peer))
            await Session(self._shared, wire, log).run()
        except Gone as gone:
            log.closed = str(gone)
            if wire.client_closed:
                await wire.finish()
        except asyncio.CancelledError:
            log.closed = "the lab was stopped"
        except Exception as error:
            # A bug of ours must not take the other sessions along; it stands in the log.
            log.closed = "an error in the server"
            log.errors.append(f"{type(error).__name__}: {error}")
        finally:
            await wire.abort()
            self._emit(Closed(number, log.closed))

    def _emit(self, event: ServerEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def _new_log(self, wire: Wire, number: int) -> SessionLog:
        log = SessionLog(number, wire.peer, wire.tape)
        self.sessions.append(log)
        for old in self.sessions[:-MOST_SESSIONS]:
            old.tape.release()
        del self.sessions[:-MOST_SESSIONS]
        return log
