"""Running `smtplab send` against a server, and all that it leaves behind."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtplab.client.events import StageChanged
from smtplab.client.steps import StageStatus
from smtplab.protocol.events import CommandSent
from smtplab.protocol.verbs import Verb
from smtplab.transcript import files
from smtplab.transcript.entries import Transcript
from tests.servers.clients import Ran, smtplab
from tests.servers.messages import DOTS, RECIPIENT, SENDER
from tests.servers.running import PASSWORD, USERNAME, MailServer


@dataclass
class Sent:
    """What a run of the command left behind."""

    code: int
    result: dict[str, Any]
    transcript: Transcript
    record: str
    errors: str

    def rules(self) -> list[str]:
        """The findings, by their rules."""
        return [finding["rule"] for finding in self.result["findings"]]

    def verbs(self) -> list[Verb]:
        """The commands that were sent, in order."""
        return [command.verb for _, command in self.transcript.of(CommandSent)]

    def stages(self) -> list[str]:
        """The stages that were done, in order."""
        return [
            change.stage.value
            for _, change in self.transcript.of(StageChanged)
            if change.status is StageStatus.DONE
        ]


class Sender:
    """Runs the command with one message and one folder for its files."""

    def __init__(self, folder: Path, server: MailServer) -> None:
        self._folder = folder
        self._server = server
        self._password = folder / "password"
        self._password.write_text(PASSWORD + "\n")
        self._message = folder / "message"
        self._message.write_bytes(DOTS)

    def __call__(
        self,
        way: str,
        *options: str,
        content: bytes = DOTS,
        password: str | None = None,
        token: str | None = None,
        trusting: bool = True,
        to: tuple[str, ...] = (RECIPIENT,),
        run: Callable[..., Ran] = smtplab,
    ) -> Sent:
        """One run over smtp, submission or submissions; with a secret it logs in as alice."""
        self._message.write_bytes(content)
        record = self._folder / "record.jsonl"
        scheme = "smtps" if way == "submissions" else "smtp"
        words = [
            "send", f"{scheme}://localhost:{getattr(self._server.ports, way)}",
            "--from", SENDER, "--data", str(self._message),
            "--json", "--record", str(record), "--timeout", "20", *options,
        ]  # fmt: skip
        for recipient in to:
            words += ["--to", recipient]
        if trusting:
            words += ["--ca-file", str(self._server.identity.ca_file)]
        if password is not None:
            self._password.write_text(password + "\n")
            words += ["--user", USERNAME, "--password-file", str(self._password)]
        if token is not None:
            self._password.write_text(token + "\n")
            words += ["--user", USERNAME, "--token-file", str(self._password)]
        ran = run(*words)
        assert ran.output, ran.errors
        return Sent(
            ran.code,
            json.loads(ran.output),
            files.load(record),
            record.read_text(encoding="utf-8"),
            ran.errors,
        )
