"""Runs an exported program against the bundled server that the session was with."""

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtplab.export.formats import find, render
from smtplab.server.inbox import Mail
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

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
    name: str, folder: Path, target: str = "scenario:honest", **options: Any
) -> Ran:
    """A session, then the program made from it."""
    bench = Workbench(parse_target(target), Options(time_scale=0.01, **options))
    async with bench:
        while bench.outcome is None:
            await bench.step()
        lab = bench.lab
        assert lab is not None
        (folder / "ca.pem").write_bytes(lab.ca_pem)
        file = folder / f"program{find(name).suffix}"
        file.write_bytes(render(bench.transcript, name))
        environment = {
            **os.environ,
            "SMTPLAB_PASSWORD": "open-sesame",
            "SMTPLAB_CA_FILE": str(folder / "ca.pem"),
        }
        program = file.read_text()
        code, output = await run(file, program.partition("\n")[0], environment)
        return Ran(code, output, program, list(lab.inbox))


async def run(file: Path, first_line: str, environment: dict[str, str]) -> tuple[int, str]:
    """Runs a file by its first line; the exit code, and all that it said."""
    named = re.split(r"[/ ]", first_line)[-1]
    program = sys.executable if named == "python3" else named
    process = await asyncio.create_subprocess_exec(
        program, str(file), env=environment,
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
