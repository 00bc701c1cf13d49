"""`smtplab serve`: the bundled server with one or more scenarios, until it is told to stop."""

import argparse
import asyncio
import contextlib
import errno
import signal
import tempfile
from pathlib import Path
from typing import Any

from smtplab.cli import exit_codes
from smtplab.cli.options import BASES
from smtplab.cli.output import complain, reason_of, say, say_json, tell
from smtplab.cli.session import report_bad_input
from smtplab.cli.values import positive
from smtplab.scenarios import library
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.scenarios.model import Scenario
from smtplab.server.certificates import Authority
from smtplab.server.events import ServerEvent
from smtplab.server.lab import Lab
from smtplab.server.listeners import ExposedError
from smtplab.transcript.escaping import escape
from smtplab.wire.loop import run_loop

LAST_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which scenarios, where, and how."""
    parser.add_argument(
        "scenarios", metavar="SCENARIO", nargs="*", default=["honest"],
        help="id, glob of ids, or file; each gets a port of its own (default: honest)",
    )  # fmt: skip
    parser.add_argument(
        "--host", default="127.0.0.1",
        help="address to listen on; localhost: 127.0.0.1 and ::1 (default: 127.0.0.1)",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=int, default=0, help="of the first; 0: any free one (default)"
    )
    parser.add_argument(
        "--unix", type=Path, metavar="PATH", help="a Unix socket in place of a port; one scenario"
    )
    parser.add_argument("--base", choices=BASES, help="plain, STARTTLS or implicit TLS for all")
    parser.add_argument("--no-auth", action="store_true", help="offer no login")
    parser.add_argument(
        "--time-scale", type=positive, default=1.0, metavar="X", help="waits of scenarios times X"
    )
    parser.add_argument("--ca-file", metavar="FILE", help="write the authority's certificate here")
    parser.add_argument(
        "--maildir", type=Path, metavar="DIR", help="keep the messages here, each as it came"
    )
    parser.add_argument(
        "--expose", action="store_true", help="allow an address that other machines can reach"
    )
    parser.add_argument("--json", action="store_true", help="events as JSON Lines on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM."""
    try:
        scenarios = [library.find(name) for name in library.expand(arguments.scenarios)]
    except (UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    if arguments.unix is not None and (len(scenarios) > 1 or arguments.port):
        complain("--unix is for one scenario, and takes the place of --port")
        return exit_codes.USAGE
    # uvloop takes a port modulo 65536, and says nothing.
    if not 0 <= arguments.port <= LAST_PORT - (len(scenarios) - 1):
        complain(f"--port {arguments.port}: ports go from 0 to {LAST_PORT}, one for each scenario")
        return exit_codes.USAGE
    if not arguments.host:
        complain("--host names no address")
        return exit_codes.USAGE
    with contextlib.ExitStack() as stack:
        ca_file = arguments.ca_file
        if ca_file is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="smtplab-"))
            ca_file = str(Path(folder) / "ca.pem")
        authority = Authority()
        try:
            _write_ca(Path(ca_file), authority.ca_pem)
        except OSError as error:
            complain(f"cannot write the authority's certificate: {reason_of(error)}")
            return exit_codes.CANNOT_CREATE
        return run_loop(_serve(arguments, scenarios, authority, ca_file), long=True)


def _write_ca(path: Path, pem: bytes) -> None:
    """Writes the lab's certificate; raises OSError rather than take another file's place.

    Elsewhere --ca-file names a file that is read, and whoever takes it for that loses nothing.
    """
    if path.is_file() and not _may_go(path.read_bytes()):
        told = "it is there already, and is not from an earlier run of this server"
        raise FileExistsError(errno.EEXIST, told, str(path))
    path.write_bytes(pem)


def _may_go(old: bytes) -> bool:
    """Whether a file is empty, or the certificate of an earlier run."""
    from cryptography import x509

    if not old.strip():
        return True
    try:
        found = x509.load_pem_x509_certificates(old)
    except ValueError:
        return False
    return all("O=trustme " in one.subject.rfc4514_string() for one in found)


async def _serve(
    arguments: argparse.Namespace, scenarios: list[Scenario], authority: Authority, ca_file: str
) -> int:
    stop = _stop_when_told()
    users: dict[str, str] = {}
    async with contextlib.AsyncExitStack() as stack:
        for number, scenario in enumerate(scenarios):
            try:
                lab = _lab(arguments, scenario, authority, ca_file)
            except OSError as error:
                complain(f"cannot keep messages in {arguments.maildir}: {reason_of(error)}")
                return exit_codes.CANNOT_CREATE
            stack.push_async_callback(lab.stop)
            port = arguments.port + number if arguments.port else 0
            code = await _listen(lab, arguments, port)
            if code:
                return code
            users |= {} if arguments.no_auth else lab.users
        if not arguments.json:
            logins = ", or as ".join(f"{name} with {word}" for name, word in users.items())
            login = escape(f"log in as {logins}; " if logins else "")
            tell(f"smtplab: {login}trust {escape(ca_file)}; Ctrl-C ends")
        await stop.wait()
    return exit_codes.OK


def _lab(
    arguments: argparse.Namespace, scenario: Scenario, authority: Authority, ca_file: str
) -> Lab:
    return Lab(
        scenario,
        base=arguments.base,
        auth=not arguments.no_auth,
        authority=authority,
        time_scale=arguments.time_scale,
        maildir=arguments.maildir,
        on_event=_reporter(scenario.id, ca_file, as_json=arguments.json),
    )


async def _listen(lab: Lab, arguments: argparse.Namespace, port: int) -> int:
    where = arguments.unix or f"{arguments.host} port {port}"
    try:
        if arguments.unix is not None:
            await lab.start_unix(arguments.unix)
        else:
            await lab.start(arguments.host, port, expose=arguments.expose)
    except ExposedError as error:
        complain(str(error))
        return exit_codes.NOT_PERMITTED
    except (OSError, OverflowError) as error:
        complain(f"cannot listen on {where}: {_why(error)}")
        return exit_codes.CANNOT_CREATE
    return exit_codes.OK


def _why(error: OSError | OverflowError) -> str:
    return reason_of(error) if isinstance(error, OSError) else str(error)


def _reporter(scenario: str, ca_file: str, *, as_json: bool) -> Any:
    def report(event: ServerEvent) -> None:
        # Each lab counts its sessions from one: only with the scenario is it clear whose they are.
        values = {**event.to_json(), "scenario": scenario}
        if values["event"] == "listening":
            values["ca_file"] = ca_file
        if as_json:
            say_json(values)
        else:
            say(_line(values))

    return report


def _line(values: dict[str, Any]) -> str:
    """An event for people: its name, then what it says."""
    rest = "  ".join(
        f"{key}={escape(str(value))}" for key, value in values.items() if key != "event"
    )
    return f"{values['event']:10}  {rest}"


def _stop_when_told() -> asyncio.Event:
    """What is set by the signals that end a program, from now on."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        # Windows has no signal handlers in its event loop; there Ctrl-C raises KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    return stop
