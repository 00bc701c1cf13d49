"""What the bundled server says in each scenario, octet for octet, to a client that knows no SMTP.

    python -m tests.server.tapes

plays them all and writes down what came, a file for each folder, and a test holds the server to
that. The client sends the same lines to everybody, one after each reply, until the connection ends.
"""

import asyncio
import base64
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import UNSET

from smtplab.scenarios import library
from smtplab.scenarios.model import Scenario
from smtplab.server.certificates import Authority
from smtplab.server.lab import Lab
from tests.server.raw_client import RawClient, dial, trusting

FOLDER = Path(__file__).parent / "tapes"
TIME_SCALE = 0.001

SILENCE = "(silence)"
HONEST = "(as the honest server)"
PATIENCE, SHORT = 5.0, 0.2
"""Seconds to wait for what ought to come, and for what ought not to."""

LONGEST = 160
"""Characters of a line on a tape; longer ones are counted."""
MOST_LINES = 12

LOGIN = b"AUTH PLAIN " + base64.b64encode(b"\0alice\0open-sesame")
ENVELOPE = (b"MAIL FROM:<a@client.test>", b"RCPT TO:<bob@lab.test>", b"RCPT TO:<carol@lab.test>")
MESSAGE = (
    b"From: a@client.test\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
    b"Message-ID: <1@client.test>\r\nSubject: x\r\n\r\n..dot\r\n."
)


class Ended(Exception):
    """The connection is over; the text says how."""


class Player:
    """One session; `lines` is its tape. `silent` are the lines of the client behind which nothing
    more is to be waited for, counted from 0, which is the connection itself."""

    def __init__(self, client: RawClient, silent: set[int]) -> None:
        self.client = client
        self.lines: list[str] = []
        self._silent = silent
        self._said = 0

    async def read(self) -> bytes:
        """A reply, or whatever came before it was silent or over. Raises Ended."""
        reply = await self._reply()
        self.lines += shown(reply)
        return reply

    async def _reply(self) -> bytes:
        client = self.client
        while True:
            end = end_of_reply(bytes(client.received))
            if end:
                return client.take(end)
            if client.ending:
                self.lines += shown(client.take(len(client.received)))
                raise Ended(client.ending)
            try:
                async with asyncio.timeout(SHORT if self._said in self._silent else PATIENCE):
                    client._changed.clear()
                    await client._changed.wait()
            except TimeoutError:
                rest = client.take(len(client.received))
                self.lines += [*shown(rest), SILENCE]
                raise Ended("") from None

    async def ask(self, line: bytes) -> bytes:
        self._said += 1
        self.lines.append(f"C: {line.splitlines()[-1].decode('latin-1')[:60]}")
        self.client.send(line + b"\r\n")
        return await self.read()

    async def shake_hands(self, authority: Authority) -> None:
        try:
            await self.client.start_tls(trusting(authority.ca_pem))
        except ssl.SSLCertVerificationError as error:
            self.lines.append(f"TLS: certificate refused, X509_V_ERR {error.verify_code}")
            raise Ended("") from None
        except ssl.SSLError:
            self.lines.append("TLS: failed")
            raise Ended("") from None
        except (ConnectionError, TimeoutError) as error:
            self.lines.append(f"TLS: {error or SILENCE}")
            raise Ended("") from None
        self.lines.append("TLS: up")


def silences(tape: list[str]) -> set[int]:
    """Behind which lines of the client a tape has silence."""
    said = [line.startswith("C: ") for line in tape]
    return {sum(said[:at]) for at, line in enumerate(tape) if line == SILENCE}


def blocks(tape: list[str]) -> list[list[str]]:
    """The lines of the client, each with what came behind it; the first is the connection's."""
    found: list[list[str]] = [[]]
    for line in tape:
        if line.startswith("C: "):
            found.append([])
        found[-1].append(line)
    return found


def shortened(tape: list[str], honest: list[str]) -> list[str]:
    """The tape, with what the honest server says to the same line left out."""
    usual = blocks(honest)
    lines: list[str] = []
    for block in blocks(tape):
        replies = [line for line in block if line.startswith("S: ")]
        same = [one for one in usual if one[:1] == block[:1]]
        known = [[line for line in one if line.startswith("S: ")] for one in same]
        if replies and replies in known:
            rest = [line for line in block if line not in replies]
            first = [HONEST] if block[0] == replies[0] else [f"{rest.pop(0)}  {HONEST}"]
            block = [*first, *rest]
        lines += block
    return lines


def end_of_reply(octets: bytes) -> int:
    """Where the first reply ends; 0 when it has not. An empty line is one by itself."""
    at = 0
    while (end := octets.find(b"\n", at)) >= 0:
        line, at = octets[at : end + 1], end + 1
        if line[3:4] != b"-":
            return at
    return 0


def shown(octets: bytes) -> Iterator[str]:
    """The octets as lines of a tape, with everything that cannot be seen escaped."""
    lines = octets.split(b"\n")
    whole = [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
    for line in whole[:MOST_LINES]:
        text = line.decode("latin-1").encode("unicode_escape").decode()
        more = f" ... {len(line):,} octets" if len(text) > LONGEST else ""
        yield f"S: {text[:LONGEST]}{more}"
    if len(whole) > MOST_LINES:
        yield f"S: ... {len(whole) - MOST_LINES:,} lines more"


async def play(name: str, authority: Authority, held: list[str]) -> list[str]:
    """The tape of a scenario."""
    scenario = library.find(name)
    scale = 1.0 if depends_on_pace(scenario) else TIME_SCALE
    async with Lab(scenario, authority=authority, time_scale=scale) as lab:
        client = await dial(lab.host, lab.port)
        player = Player(client, silences(held))
        try:
            await session(player, lab, authority)
        except Ended as end:
            if str(end):
                player.lines.append(f"end: {end}")
        finally:
            client.close()
    assert [log.errors for log in lab.sessions if log.errors] == []
    return [*player.lines, f"inbox: {len(lab.inbox)}"]


def depends_on_pace(scenario: Scenario) -> bool:
    """Whether a slow client would see something else: then time is left as it is."""
    conditions = [(r.when.rate, r.when.younger, r.when.older) for r in scenario.rules]
    timed = any(value is not UNSET for values in conditions for value in values)
    idle = any(rule.at == "idle" for rule in scenario.rules)
    return timed or idle or scenario.server.timeout is not UNSET


async def session(player: Player, lab: Lab, authority: Authority) -> None:
    """The same lines for everybody."""
    if lab.base == "implicit":
        await player.shake_hands(authority)
    await player.read()
    offer = await player.ask(b"EHLO client.test")
    if b"STARTTLS" in offer.upper() and (await player.ask(b"STARTTLS"))[:3] == b"220":
        await player.shake_hands(authority)
        offer = await player.ask(b"EHLO client.test")
    if b"PLAIN" in offer.upper():
        await player.ask(LOGIN)
    for line in ENVELOPE:
        await player.ask(line)
    if (await player.ask(b"DATA"))[:3] == b"354":
        await player.ask(MESSAGE)
    await player.ask(b"QUIT")
    while True:
        await player.read()


# Tapes in files.


BASIS = "basis"
"""The tape of the honest server, which the others are held against."""


def folder_of(name: str) -> str:
    return name.partition("/")[0] if "/" in name else BASIS


def names_of(folder: str) -> list[str]:
    return [name for name in library.ids() if folder_of(name) == folder]


FOLDERS = sorted({folder_of(name) for name in library.ids()})


def read(folder: str) -> dict[str, list[str]]:
    """Scenario -> its tape, as it was written down."""
    path = FOLDER / f"{folder}.txt"
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        if line.startswith("# "):
            lines = found.setdefault(line[2:], [])
        elif line:
            lines.append(line)
    return found


async def play_folder(folder: str) -> dict[str, list[str]]:
    """Scenario -> its tape, as it is now."""
    authority, held = Authority(), read(folder)
    names = names_of(folder)
    honest = await play("honest", authority, [])
    tapes = await asyncio.gather(*(play(name, authority, held.get(name, [])) for name in names))
    if folder != BASIS:
        tapes = [shortened(tape, honest) for tape in tapes]
    return dict(zip(names, tapes, strict=True))


def main() -> None:
    """Writes down what the server says now; of some folders only, when they are named."""
    FOLDER.mkdir(exist_ok=True)
    for folder in sys.argv[1:] or FOLDERS:
        tapes = asyncio.run(play_folder(folder))
        text = "\n".join("\n".join((f"# {name}", *tape, "")) for name, tape in tapes.items())
        (FOLDER / f"{folder}.txt").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
