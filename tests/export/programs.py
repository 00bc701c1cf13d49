"""Runs an exported program against the bundled server that the session was with."""

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtplab.client.settings import Security
from smtplab.export.formats import find, render
from smtplab.scenarios import library
from smtplab.server.certificate_kinds import Served
from smtplab.server.certificates import Authority
from smtplab.server.inbox import Mail
from smtplab.server.lab import Lab
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

USERNAME, PASSWORD = "alice", "open-sesame"

LIMIT = 60
"""Seconds for one program."""


@dataclass
class Ran:
    """A program that has run: what it said, and the mails of the session and of the program."""

    code: int
    output: str
    program: str
    mails: list[Mail]

    def delivers_the_same(self) -> bool:
        """Whether the program brought the server exactly what the session brought it."""
        assert len(self.mails) == 2, self.output
        first, second = self.mails
        return (first.content, first.sender, first.recipients, first.user, first.tls) == (
            second.content,
            second.sender,
            second.recipients,
            second.user,
            second.tls,
        )


async def run_again(
    name: str,
    folder: Path,
    scenario: str = "honest",
    *,
    base: str | None = None,
    auth: bool = True,
    certified: bool = False,
    **options: Any,
) -> Ran:
    """A session, then the program made from it; `certified` shows a certificate of ours."""
    authority = Authority()
    own = authority.client(USERNAME) if certified else Served(b"", b"")
    lab = Lab(library.find(scenario), authority=authority, base=base, auth=auth, time_scale=0.1)
    await lab.start()
    try:
        chosen = Options(
            security=Security(lab.base),
            username=USERNAME if auth else None,
            password=PASSWORD if auth else None,
            server_name="localhost",
            ca_pem=lab.ca_pem,
            client_chain_pem=own.chain_pem or None,
            client_key_pem=own.key_pem or None,
            sender="alice@lab.test",
            **{"recipients": ("bob@lab.test",), **options},
        )
        bench = Workbench(parse_target(f"{lab.host}:{lab.port}"), chosen)
        async with bench:
            while bench.outcome is None:
                await bench.step()
        (folder / "ca.pem").write_bytes(lab.ca_pem)
        (folder / "own.pem").write_bytes(own.chain_pem + own.key_pem)
        file = folder / f"program{find(name).suffix}"
        file.write_bytes(render(bench.transcript, name))
        program = file.read_text()
        code, output = await run(file, program.partition("\n")[0], environment(folder))
        return Ran(code, output, program, list(lab.inbox))
    finally:
        await lab.stop()


def environment(folder: Path) -> dict[str, str]:
    """What the programs read."""
    return {
        **os.environ,
        "SMTPLAB_PASSWORD": PASSWORD,
        "SMTPLAB_TOKEN": PASSWORD,
        "SMTPLAB_CA_FILE": str(folder / "ca.pem"),
        "SMTPLAB_CLIENT_CERT": str(folder / "own.pem"),
    }


async def run(file: Path, first_line: str, variables: dict[str, str]) -> tuple[int, str]:
    """Runs a file by its first line; the exit code, and all that it said."""
    named = re.split(r"[/ ]", first_line)[-1]
    program = sys.executable if named == "python3" else named
    process = await asyncio.create_subprocess_exec(
        program, str(file), env=variables,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return process.returncode, output.decode("utf-8", "backslashreplace")
