"""What clients that others wrote say to each kind of certificate; makes the tables of the document.

    python -m tests.real.certificate_table

runs openssl, curl, swaks, Python's smtplib, and aiosmtplib from an environment that is thrown away,
each against the bundled server with every scenario of certificates, and writes down who took the
certificate and in which words the others refused.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from smtplab.scenarios import library
from smtplab.server.certificates import Authority
from smtplab.server.lab import Lab
from tests.architecture.shape import ROOT
from tests.servers.clients import smtplab as run_here

DOCUMENT = ROOT / "docs" / "certificates.md"
BEGIN, END = "<!-- tables -->\n", "<!-- end -->"

FOLDER = "certificates/"
TIME_LIMIT = 60.0
TAKEN = "taken"

MESSAGE = "From: a@client.test\r\nTo: b@lab.test\r\nSubject: x\r\n\r\nx\r\n"

CHANGING = (r" \(_ssl\.c:\d+\)", ", errno 0", r"OU=Testing \S+ #[^,\s]+,?", r", [\d,]+ days ago")
"""Lines of a source, dates and numbers that are others each time."""

SMTPLIB = """
import smtplib, ssl, sys
port, ca_file = sys.argv[1:]
with smtplib.SMTP("localhost", int(port), local_hostname="client.test", timeout=30) as client:
    client.starttls(context=ssl.create_default_context(cafile=ca_file))
    client.sendmail("a@client.test", ["b@lab.test"], sys.stdin.read())
"""

AIOSMTPLIB = """
import asyncio, aiosmtplib, ssl, sys
port, ca_file = sys.argv[1:]
context = ssl.create_default_context(cafile=ca_file)
asyncio.run(aiosmtplib.send(
    sys.stdin.read(), sender="a@client.test", recipients=["b@lab.test"], hostname="localhost",
    port=int(port), start_tls=True, tls_context=context, local_hostname="client.test", timeout=30,
))
"""


class Program(NamedTuple):
    """A client: how it is called with a port and the authority, and what of its output to keep."""

    name: str
    call: Callable[[str, str], list[str]]
    version: list[str]
    words: str
    """What finds its reason in what it prints."""
    stdin: str = MESSAGE
    inside: bool = False
    """Whether it is ours, and what is called are the words for this process."""
    sends: bool = True
    """Whether it sends a message when it takes the certificate; else its exit code counts."""


def openssl(port: str, ca_file: str) -> list[str]:
    name = ("-connect", f"localhost:{port}", "-verify_hostname", "localhost")
    strict = ("-verify_return_error", "-brief", "-ign_eof")
    return ["openssl", "s_client", "-starttls", "smtp", *name, "-CAfile", ca_file, *strict]


def curl(port: str, ca_file: str) -> list[str]:
    envelope = ("--mail-from", "a@client.test", "--mail-rcpt", "b@lab.test", "-T", "-")
    url = f"smtp://localhost:{port}/client.test"
    return ["curl", "-sS", "--ssl-reqd", "--cacert", ca_file, *envelope, url]


def swaks(port: str, ca_file: str) -> list[str]:
    envelope = ("--from", "a@client.test", "--to", "b@lab.test", "--helo", "client.test")
    server = ("--server", "localhost", "--port", port)
    return ["swaks", *server, "--tls", "--tls-verify", "--tls-ca-path", ca_file, *envelope]


def smtplab(port: str, ca_file: str) -> list[str]:
    envelope = ("--from", "a@client.test", "--to", "b@lab.test", "--ehlo", "client.test")
    server = (f"smtp://localhost:{port}", "--ca-file", ca_file)
    return ["send", *server, *envelope]


def programs(python_with_aiosmtplib: str | None = None) -> list[Program]:
    """The clients, in the order of the columns; aiosmtplib only with a Python that has it."""
    found = [
        Program("openssl s_client", openssl, ["openssl", "version"],
                r"(?m)^verify error:num=(.*)$|:error:\w+:SSL routines:\w+:([^:]+):",
                stdin="EHLO client.test\r\nQUIT\r\n", sends=False),
        Program("curl", curl, ["curl", "--version"], r"(?m)^(curl: .*)$"),
        Program("swaks", swaks, ["swaks", "--version"], r"(?m)^\*\*\* (TLS .*|.*closed.*)$",
                stdin=""),
        _python("smtplib", sys.executable, SMTPLIB, "import sys; print('Python', sys.version)"),
    ]  # fmt: skip
    if python_with_aiosmtplib is not None:
        version = "import aiosmtplib; print('aiosmtplib', aiosmtplib.__version__)"
        found.append(_python("aiosmtplib", python_with_aiosmtplib, AIOSMTPLIB, version))
    own = [sys.executable, "-m", "smtplab", "--version"]
    pattern = r"(?m)^ERROR (.*)$|^!! (failed: .*)$"
    return [*found, Program("smtplab", smtplab, own, pattern, inside=True)]


def _python(name: str, python: str, script: str, version: str) -> Program:
    def call(port: str, ca_file: str) -> list[str]:
        return [python, "-c", script, port, ca_file]

    return Program(name, call, [python, "-c", version], r"(?m)^(\S*(?:Error|\w+Exception\w*): .*)$")


def version_of(program: Program) -> str:
    """The first line that it says of itself, as far as the version."""
    done = subprocess.run(program.version, capture_output=True, text=True, timeout=60, check=True)
    line = done.stdout.splitlines()[0]
    return re.sub(r" version|\s*\(.*", "", line).strip()


async def said(program: Program, lab: Lab, ca_file: str) -> str:
    """`taken`, or its words."""
    before = len(lab.inbox)
    call = program.call(str(lab.port), ca_file)
    if program.inside:
        ran = await asyncio.to_thread(run_here, *call)
        code, output = ran.code, ran.output + ran.errors.encode()
    else:
        code, output = await outside(call, program.stdin)
    taken = len(lab.inbox) > before if program.sends else code == 0
    return TAKEN if taken else words(program, output.decode("utf-8", "replace"))


async def outside(call: list[str], stdin: str) -> tuple[int | None, bytes]:
    """The exit code and the output of a program."""
    process = await asyncio.create_subprocess_exec(
        *call,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(TIME_LIMIT):
        output, _ = await process.communicate(stdin.encode())
    return process.returncode, output


def words(program: Program, output: str) -> str:
    """What stands in the output, without what is different each time."""
    found = re.findall(program.words, output)
    if not found:
        return "nothing"
    one = found[-1 if program.name.endswith("lib") else 0]
    text = one if isinstance(one, str) else next(filter(None, one))
    return re.sub("|".join(CHANGING), "", text).strip()


async def play(name: str, clients: list[Program]) -> dict[str, str]:
    """Client -> what it said to a scenario."""
    authority = Authority()
    with tempfile.TemporaryDirectory() as folder:
        ca_file = Path(folder) / "ca.pem"
        ca_file.write_bytes(authority.ca_pem)
        async with Lab(library.find(name), authority=authority, base="starttls") as lab:
            return {client.name: await said(client, lab, str(ca_file)) for client in clients}


def scenarios() -> list[str]:
    """The honest server, and all of the folder."""
    return ["honest", *(name for name in library.ids() if name.startswith(FOLDER))]


def row_name(scenario: str) -> str:
    """How the scenario is called in the tables."""
    return "good" if scenario == "honest" else scenario.removeprefix(FOLDER)


# The document.


def tables(clients: list[Program], results: dict[str, dict[str, str]]) -> str:
    """All tables: who took what, and then each client's words."""
    names = [client.name for client in clients]
    lines = ["Run with " + ", ".join(version_of(client) for client in clients) + ".", ""]
    lines += [f"| certificate | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    for row, cells in results.items():
        verdicts = (TAKEN if cells[name] == TAKEN else "refused" for name in names)
        lines.append(f"| `{row}` | {' | '.join(verdicts)} |")
    for name in names:
        lines += ["", f"## The words of {name}", "", "| says | to |", "| --- | --- |"]
        same: dict[str, list[str]] = {}
        for row, cells in results.items():
            if cells[name] != TAKEN:
                same.setdefault(cells[name].replace("|", r"\|"), []).append(f"`{row}`")
        lines += [f"| {text} | {', '.join(rows)} |" for text, rows in same.items()]
    return "\n".join(lines) + "\n"


def with_tables(text: str, new: str) -> str:
    """The document with new tables."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{new}{END}{tail}"


def matrix(text: str) -> dict[str, dict[str, str]]:
    """The first table of the document: certificate -> client -> taken or refused."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    first = next(i for i, row in enumerate(rows) if len(row) > 2)
    names = rows[first][1:]
    return {
        row[0].strip("`"): dict(zip(names, row[1:], strict=True))
        for row in rows[first + 2 :]
        if len(row) == len(names) + 1
    }


async def _play_all(clients: list[Program]) -> dict[str, dict[str, str]]:
    return {row_name(name): await play(name, clients) for name in scenarios()}


def main() -> None:
    """Plays everything and writes the tables."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        subprocess.run([python, "-m", "pip", "install", "-q", "aiosmtplib"], check=True)
        clients = programs(python)
        new = tables(clients, asyncio.run(_play_all(clients)))
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text("utf-8"), new), "utf-8")


if __name__ == "__main__":
    main()
