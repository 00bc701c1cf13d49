"""One automatic session on the command line: as text while it runs, or as one JSON object."""

import functools
from collections.abc import Callable
from pathlib import Path

from smtplab.cli import exit_codes
from smtplab.cli.interruption import cancel_on_sigterm, sigterm_as_keyboard
from smtplab.cli.narration import Narration
from smtplab.cli.output import complain, has_colour, reason_of, say, tell, why_not_writable
from smtplab.client.steps import Stage
from smtplab.export.objects import session_object
from smtplab.export.text import summary
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.tls.events import ChainChecked, KeyLine
from smtplab.transcript.entries import Transcript
from smtplab.transcript.escaping import escape, json_text
from smtplab.values import value
from smtplab.wire import blocking
from smtplab.wire.network import Network
from smtplab.workbench.bench import Workbench
from smtplab.workbench.locating import NoExchanger
from smtplab.workbench.options import Options, OptionsError
from smtplab.workbench.questions import Question
from smtplab.workbench.target import Target, TargetError

BAD_REQUEST = (TargetError, OptionsError, OSError, UnicodeError)
"""What reading a target and the options of a session raises; `report_bad_input` tells of each."""


Write = Callable[[str], None]
"""Takes a line of the output."""


@value
class Showing:
    """What a session says, and where its traces go. `dump` shows the settings and does nothing."""

    as_json: bool = False
    record: str | None = None
    output: str | None = None
    certificates: str | None = None
    hidden: tuple[str, ...] = ()
    times: bool = False
    octets: bool = False
    dump: bool = False


def run_session(target: Target, options: Options, showing: Showing) -> int:
    """Runs a session to its end; the exit code tells the outcome."""
    for name in (showing.record, showing.certificates):
        reason = why_not_writable(Path(name)) if name is not None else None
        if reason is not None:  # better now than when the message has gone out
            complain(f"cannot write {reason}")
            return exit_codes.CANNOT_CREATE
    if showing.output is None:
        return _drive(target, options, showing, say)
    try:
        with Path(showing.output).open("w", encoding="utf-8") as file:
            return _drive(target, options, showing, functools.partial(print, file=file))
    except OSError as error:
        complain(f"cannot write the output: {reason_of(error)}")
        return exit_codes.CANNOT_CREATE


def _drive(target: Target, options: Options, showing: Showing, write: Write) -> int:
    """Nothing happens beside the session, so it needs no event loop: to load one takes as long.

    The bundled server does need one, and so does asking DNS for the servers of a domain.
    """
    if blocking.AVAILABLE and target.scenario is None and not target.by_mx:
        network = blocking.BlockingNetwork(options.way)
        with sigterm_as_keyboard():
            return blocking.run(_run(target, options, showing, write, network))
    import asyncio

    return asyncio.run(_on_a_loop(target, options, showing, write))


async def _on_a_loop(target: Target, options: Options, showing: Showing, write: Write) -> int:
    from asyncio import CancelledError

    cancel_on_sigterm()
    return await _run(target, options, showing, write, None, CancelledError)


async def _run(
    target: Target,
    options: Options,
    showing: Showing,
    write: Write,
    network: Network | None,
    interruption: type[BaseException] = KeyboardInterrupt,
) -> int:
    """One session; what there is of it is told and saved even when it is interrupted."""
    colour = has_colour() and showing.output is None
    narration = Narration(write, colour, showing.hidden, showing.times, showing.octets)
    narrated = not (showing.as_json or showing.dump)
    on_entry = narration if narrated else None
    bench = Workbench(target, options, on_entry=on_entry, network=network)
    try:
        await bench.open()
    except (OptionsError, UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    try:
        if showing.dump:
            from smtplab.cli.settings_dump import settings_object

            write(json_text(settings_object(bench.settings), indent=2))
            return exit_codes.OK
        await _to_the_end(bench)
    except interruption:
        await bench.close()
        complain("interrupted")
        _conclude(bench, showing, write)
        return exit_codes.INTERRUPTED
    finally:
        await bench.close()
    return _conclude(bench, showing, write)


def _conclude(bench: Workbench, showing: Showing, write: Write) -> int:
    outcome = bench.outcome
    assert outcome is not None
    if showing.as_json:
        write(json_text(session_object(bench.transcript, bench.findings())))
    else:
        if "all" in showing.hidden or "notes" in showing.hidden:
            write(escape(f"{outcome.verdict.words}: {outcome.reason}"))
        for line in summary(bench.findings(), bench.transcript):
            write(line)
    saved = save_record(bench.transcript, showing.record)
    saved = save_certificates(bench.transcript, showing.certificates) or saved
    return saved or exit_codes.of_outcome(outcome)


def save_certificates(transcript: Transcript, name: str | None) -> int:
    """Saves the server's certificates as it sent them, leaf first (PEM); the exit code."""
    if name is None:
        return exit_codes.OK
    import ssl

    checks = [event for _, event in transcript.of(ChainChecked)]
    chain = checks[-1].chain if checks else ()
    try:
        Path(name).write_text("".join(map(ssl.DER_cert_to_PEM_cert, chain)), encoding="ascii")
    except OSError as error:
        complain(f"cannot save the certificates: {reason_of(error)}")
        return exit_codes.CANNOT_CREATE
    return exit_codes.OK


def report_bad_input(error: Exception) -> int:
    """One clear line, or one a problem, and the exit code that fits."""
    for line in str(error).splitlines():
        complain(line)
    if isinstance(error, NoExchanger):
        return exit_codes.OF_STAGE[Stage.CONNECT]
    if isinstance(error, UnknownScenario | OSError | UnicodeError):
        return exit_codes.NO_INPUT
    return exit_codes.BAD_DATA if isinstance(error, ScenarioError) else exit_codes.USAGE


async def _to_the_end(bench: Workbench) -> None:
    """Automatic, without a person: nothing stops it, and questions get the safe answer."""
    while bench.planned is not None:
        if isinstance(bench.planned, Question):
            await bench.answer(bench.planned.default)
        else:
            await bench.hurry()


def save_record(transcript: Transcript, record: str | None) -> int:
    """Saves a transcript where the user wants it; the exit code."""
    if record is None:
        return exit_codes.OK
    from smtplab.transcript import files

    try:
        files.save(transcript, Path(record))
    except OSError as error:
        complain(f"cannot save the record: {reason_of(error)}")
        return exit_codes.CANNOT_CREATE
    if any(transcript.of(KeyLine)):
        tell(f"smtplab: note: {record} has the TLS keys in it: whoever gets it can decrypt all")
    return exit_codes.OK
