"""`smtplab export`: a saved session in a format for others."""

import argparse
import sys
from pathlib import Path

from smtplab.cli import exit_codes
from smtplab.cli.output import complain, reason_of, say_octets, tell
from smtplab.export.formats import Format, UnknownFormat, find, formats
from smtplab.tls.events import KeyLine
from smtplab.transcript import files
from smtplab.transcript.entries import Transcript
from smtplab.transcript.files import TranscriptError

STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The record, the format, and where to write."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    widest = max(len(one.name) for one in formats())
    parser.epilog = "formats:\n" + "\n".join(
        f"  {one.name.ljust(widest)}  {one.summary}" for one in formats()
    )
    parser.add_argument("file", metavar="FILE", help="a session saved with --record ('-': stdin)")
    parser.add_argument("--to", metavar="FORMAT", required=True, help="one of those below")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there, not to stdout")


def run(arguments: argparse.Namespace) -> int:
    """Exports; what is wrong with the record is one line with the place."""
    name = "stdin" if arguments.file == STDIN else arguments.file
    try:
        chosen = find(arguments.to)
        transcript = read_record(arguments.file, name)
    except UnknownFormat as error:
        complain(str(error))
        return exit_codes.USAGE
    except OSError as error:
        complain(f"cannot read the record: {reason_of(error)}")
        return exit_codes.NO_INPUT
    except TranscriptError as error:
        complain(f"{name}: {error}")
        return exit_codes.BAD_DATA
    if arguments.output is None and not chosen.is_text and sys.stdout.isatty():
        complain(f"{chosen.name} is nothing for a terminal: give -o FILE")
        return exit_codes.USAGE
    if _is_the_record(arguments.output, arguments.file):
        complain(f"{arguments.output} is the record itself: -o has to name another file")
        return exit_codes.USAGE
    return write(chosen, transcript, arguments.output)


def _is_the_record(output: str | None, record: str) -> bool:
    """Whether the export would take the place of what it is made from."""
    if output is None or record == STDIN or not Path(output).exists():
        return False
    return Path(output).samefile(record)


def read_record(file: str, name: str) -> Transcript:
    """The record; a last line that was cut off is told and left out."""

    def on_cut(number: int) -> None:
        tell(f"smtplab: note: {name}: line {number} is cut off in the middle: left out")

    if file == STDIN:
        return files.parse(sys.stdin.buffer, on_cut)
    return files.load(Path(file), on_cut)


def write(chosen: Format, transcript: Transcript, output: str | None) -> int:
    """Writes what was asked for; the exit code."""
    data = chosen.export(transcript)
    if output is None:
        say_octets(data)
    else:
        try:
            Path(output).write_bytes(data)
        except OSError as error:
            complain(f"cannot write {reason_of(error)}")
            return exit_codes.CANNOT_CREATE
    if chosen.carries_keys and any(transcript.of(KeyLine)):
        tell("smtplab: note: the TLS keys are in it: whoever gets it can decrypt the session")
    return exit_codes.OK
