"""One automatic session on the command line: as text while it runs, or as one JSON object."""

from pathlib import Path

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, has_colour, say, say_json, tell
from smtplab.diagnosis.findings import Finding
from smtplab.export.objects import session_object
from smtplab.export.text import summary
from smtplab.scenarios.errors import ScenarioError, UnknownScenario
from smtplab.tls.events import KeyLine
from smtplab.transcript import files
from smtplab.transcript.arrows import render
from smtplab.transcript.entries import Entry, Transcript
from smtplab.transcript.wording import word
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options, OptionsError
from smtplab.workbench.questions import Question
from smtplab.workbench.target import Target, TargetError

BAD_REQUEST = (TargetError, OptionsError, OSError, UnicodeError)
"""What reading a target and the options of a session raises; `report_bad_input` tells of each."""


async def run_session(
    target: Target, options: Options, *, as_json: bool, record: str | None
) -> int:
    """Runs a session to its end; the exit code tells the outcome."""
    bench = Workbench(target, options, on_entry=None if as_json else _narrate)
    try:
        await bench.open()
    except (OptionsError, UnknownScenario, ScenarioError) as error:
        return report_bad_input(error)
    try:
        await _to_the_end(bench)
    finally:
        await bench.close()
    outcome = bench.outcome
    assert outcome is not None
    if as_json:
        say_json(session_object(bench.transcript, bench.findings()))
    else:
        _summarise(bench.findings())
    return save_record(bench.transcript, record) or exit_codes.of_outcome(outcome)


def report_bad_input(error: Exception) -> int:
    """One clear line, or one a problem, and the exit code that fits."""
    for line in str(error).splitlines():
        complain(line)
    if isinstance(error, UnknownScenario | OSError | UnicodeError):
        return exit_codes.NO_INPUT
    return exit_codes.BAD_DATA if isinstance(error, ScenarioError) else exit_codes.USAGE


async def _to_the_end(bench: Workbench) -> None:
    """Automatic, without a person: nothing stops it, and questions get the safe answer."""
    while bench.planned is not None:
        if isinstance(bench.planned, Question):
            await bench.answer(bench.planned.default)
        else:
            await bench.step()


def _narrate(entry: Entry) -> None:
    for line in render(word(entry), encrypted=entry.encrypted, colour=has_colour()):
        say(line)


def _summarise(findings: tuple[Finding, ...]) -> None:
    for line in summary(findings):
        say(line)


def save_record(transcript: Transcript, record: str | None) -> int:
    """Saves a transcript where the user wants it; the exit code."""
    if record is None:
        return exit_codes.OK
    try:
        files.save(transcript, Path(record))
    except OSError as error:
        complain(f"cannot save the record: {error}")
        return exit_codes.CANNOT_CREATE
    if any(transcript.of(KeyLine)):
        tell(f"smtplab: note: {record} has the TLS keys in it: whoever gets it can decrypt all")
    return exit_codes.OK
