"""What was said of well-known clients; makes the table of the document from results.

    smtplab grade --recipe curl --time-limit 12 --resume curl.json      # and so on, for each recipe
    python -m tests.real.client_table *.json

writes a row for each file, with the version of the client that is installed here, and keeps the
other rows. When scenarios have been added, the first line runs those alone. What is an error has to
be looked at by somebody: those that the second table of the document does not tell of yet are
printed; their transcripts are in the files.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from smtplab.grading import results
from smtplab.grading.results import RunResult
from smtplab.grading.verdicts import Level
from smtplab.scenarios import library
from tests.architecture.shape import ROOT

DOCUMENT = ROOT / "docs" / "clients.md"
BEGIN, END = "<!-- table -->\n", "<!-- end -->"

COLUMNS = (
    Level.ERROR, Level.WARNING, Level.UNDECIDED, Level.INFO, Level.NOT_APPLICABLE, Level.PASS,
)  # fmt: skip

JAR = """
import os, re, zipfile
for path in os.environ.get("CLASSPATH", "").split(os.pathsep):
    if re.search(r"(angus|jakarta)[.-]mail[^/]*[.]jar$", path):
        print(re.search(r"(?m)^Implementation-Version: (\\S+)|^Bundle-Version: (\\S+)",
              zipfile.ZipFile(path).read("META-INF/MANIFEST.MF").decode())[0])
"""


class Row(NamedTuple):
    """A client of the table, and how its version is found."""

    client: str
    version: Sequence[str]
    words: str
    """What finds its parts in what that says."""
    shown: str = "{0}"


ROWS: dict[str, Row] = {
    "smtplab": Row("smtplab itself", ["true"], "", "this one"),
    "curl": Row("curl, `--ssl-reqd`", ["curl", "--version"], r"curl (\S+).*? (\w+)/(\S+) zlib",
                "{0} ({1} {2})"),
    "curl-default": Row("curl, `--ssl`", ["curl", "--version"], r"curl (\S+)"),
    "swaks": Row("swaks, `--tls-verify`", ["swaks", "--version"], r"version (\S+)"),
    "swaks-default": Row("swaks", ["swaks", "--version"], r"version (\S+)"),
    "msmtp": Row("msmtp", ["msmtp", "--version"], r"version (\S+)[^|]*TLS/SSL library: (\w+)",
                 "{0} ({1})"),
    "s-nail": Row("s-nail", ["s-nail", "--version"], r"v([\d.]+)"),
    "git-send-email": Row("git send-email", ["git", "--version"], r"version (\S+)"),
    "net-smtp": Row("Net::SMTP of Perl",
                    ["perl", "-MNet::SMTP", "-e", "print qq($Net::SMTP::VERSION $^V)"],
                    r"(\S+) v(\S+)", "{0} (Perl {1})"),
    "smtplib": Row("smtplib with a context", [sys.executable, "--version"], r"(.*)"),
    "smtplib-default": Row("smtplib without a context", [sys.executable, "--version"], r"(.*)"),
    "aiosmtplib": Row("aiosmtplib", [
        sys.executable, "-c", "import aiosmtplib; print(aiosmtplib.__version__)"], r"(\S+)"),
    "nodemailer": Row("nodemailer", [
        "node", "-p", "require('nodemailer/package.json').version + process.version"],
        r"(.*)v(.*)", "{0} (Node {1})"),
    "phpmailer": Row("PHPMailer", [
        "php", "-r", "foreach (['libphp-phpmailer', 'vendor'] as $f) @include_once "
        "$f.'/autoload.php'; echo PHPMailer\\PHPMailer\\PHPMailer::VERSION.' '.PHP_VERSION;"],
        r"(\S+) (\S+)", "{0} (PHP {1})"),
    "go": Row("net/smtp of Go", ["go", "version"], r"go(\d\S*)"),
    "javamail": Row("Jakarta Mail", [sys.executable, "-c", JAR], r": (\S+)"),
}  # fmt: skip
"""Recipe -> its row, in the order of the table."""


def version_of(row: Row) -> str:
    """The version of a client that is installed here. Raises OSError, CalledProcessError."""
    done = subprocess.run(row.version, capture_output=True, text=True, timeout=60, check=True)
    found = re.search(row.words, done.stdout)
    if found is None:
        raise ValueError(f"{row.client} has no version in {done.stdout!r}")
    return row.shown.format(*found.groups())


def line_of(run: RunResult, version: str) -> str:
    """A client's line of the table."""
    counts = run.summary_of_cases
    numbers = [str(counts[level.value]) for level in COLUMNS]
    cells = [f"`{run.client}`", ROWS[run.client].client, version, *numbers]
    return f"| {' | '.join(cells)} |"


def lines_of(text: str) -> dict[str, str]:
    """Recipe -> its line in the document."""
    _, _, rest = text.partition(BEGIN)
    table = rest.partition(END)[0].splitlines()
    return {line.split("`")[1]: line for line in table if line.startswith("| `")}


def with_lines(text: str, lines: dict[str, str]) -> str:
    """The document with other lines; those that are not given stay."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    names = " | ".join(level.value.replace("not_applicable", "n/a") for level in COLUMNS)
    kept = {**lines_of(text), **lines}
    table = [
        f"| recipe | client | version | {names} |",
        "| --- | --- | --- |" + " ---: |" * len(COLUMNS),
        *(kept[recipe] for recipe in ROWS if recipe in kept),
    ]
    return head + BEGIN + "\n".join(table) + "\n" + END + tail


def told_errors(text: str) -> list[tuple[set[str], set[str]]]:
    """What the table of errors tells of: recipes, and the globs of scenarios, row by row."""
    _, _, rest = text.partition("## The errors")
    section = rest.partition("\n## ")[0]
    cells = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [
        (set(re.findall(r"`([^`]+)`", row[0])), set(re.findall(r"`([^`]+)`", row[1])))
        for row in cells
    ]


def untold(run: RunResult, text: str) -> list[str]:
    """The scenarios with errors that the document does not tell of."""
    globs = {
        glob for recipes, found in told_errors(text) if run.client in recipes for glob in found
    }
    wrong = [case.scenario for case in run.cases if case.level is Level.ERROR]
    return [name for name in wrong if not any(fnmatchcase(name, glob) for glob in globs)]


def main(files: Sequence[str]) -> int:
    """Writes the rows of these results; 1 when they are of another catalogue, or errors untold."""
    runs = [results.read(Path(file)) for file in files]
    for run in runs:
        if {case.scenario for case in run.cases} != set(library.ids()):
            print(f"{run.client}: these are not the results of the whole catalogue")
            return 1
    lines = {run.client: line_of(run, version_of(ROWS[run.client])) for run in runs}
    text = with_lines(DOCUMENT.read_text("utf-8"), lines)
    DOCUMENT.write_text(text, "utf-8")
    missing = [(run.client, name) for run in runs for name in untold(run, text)]
    for client, name in missing:
        print(f"not told of: {client} in {name}")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
