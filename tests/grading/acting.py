"""Played cases made of what was said, without a client and without a server."""

from collections.abc import Sequence

from smtplab.grading.cases import BASES, Case, Client
from smtplab.grading.message import Message
from smtplab.grading.playing import Connection, Pace, Played
from smtplab.grading.process import Finished
from smtplab.grading.reading import read_tape
from smtplab.grading.template import Command
from smtplab.scenarios import library
from smtplab.scenarios.model import Scenario
from smtplab.server.events import FaultFired
from smtplab.server.inbox import Mail
from smtplab.server.session_log import SessionLog
from smtplab.server.tape import Budget, Layer, Side, Tape

SENDER, BOB, CAROL = "alice@lab.test", "bob@lab.test", "carol@lab.test"
MESSAGE = Message("0001", SENDER, (BOB,))

Said = tuple[str, str]
"""Who said what: C or S in clear text, c or s inside TLS."""

GREETING: list[Said] = [("S", "220 hi\r\n")]
OFFER = "250-lab.test\r\n250-SIZE 9999\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"
EHLO: list[Said] = [*GREETING, ("C", "EHLO me\r\n"), ("S", OFFER)]
MAIL: list[Said] = [("C", f"MAIL FROM:<{SENDER}>\r\n"), ("S", "250 b\r\n")]
RCPT: list[Said] = [("C", f"RCPT TO:<{BOB}>\r\n"), ("S", "250 c\r\n")]
DATA: list[Said] = [("C", "DATA\r\n"), ("S", "354 go\r\n")]
STUFFED = MESSAGE.crlf.decode().replace("\r\n.", "\r\n..")
CONTENT: list[Said] = [("C", f"{STUFFED}.\r\n"), ("S", "250 taken\r\n")]
QUIT: list[Said] = [("C", "QUIT\r\n"), ("S", "221 bye\r\n")]
TO_DATA = [*EHLO, *MAIL, *RCPT, *DATA]
GOOD = [*TO_DATA, *CONTENT, *QUIT]


def inside(said: Sequence[Said]) -> list[Said]:
    """The same, inside TLS."""
    return [(side.lower(), text) for side, text in said]


def tape(said: Sequence[Said]) -> Tape:
    """What was said, as the server keeps it."""
    made = Tape(Budget(1 << 20))
    for side, text in said:
        layer = Layer.TLS if side.islower() else Layer.PLAIN
        made.add(Side.CLIENT if side in "Cc" else Side.SERVER, layer, text.encode("utf-8"))
    return made


def connection(
    said: Sequence[Said],
    number: int = 1,
    *,
    ended: str = "the client closed",
    closed: float | None = 1.0,
    last_said: float = 0.5,
    faults: Sequence[tuple[int, str]] = (),
) -> Connection:
    """A connection; `faults` are the rules that fired, with their stages."""
    kept = tape(said)
    log = SessionLog(number, "127.0.0.1:1", kept, closed=ended)
    log.faults += [FaultFired(number, "x", rule, stage, "") for rule, stage in faults]
    return Connection(read_tape(number, kept), log, 0.0, closed, last_said)


def played(
    *said: Sequence[Said] | Connection,
    exit_code: int | None = 0,
    base: str = "plain",
    scenario: Scenario | str = "honest",
    message: Message = MESSAGE,
    seconds: float = 1.0,
    delivered: int | None = None,
    client: Client | None = None,
) -> Played:
    """A case that went like this; `delivered` None: what was accepted is in the inbox."""
    connections = tuple(
        one if isinstance(one, Connection) else connection(one, number)
        for number, one in enumerate(said, 1)
    )
    found = scenario if isinstance(scenario, Scenario) else library.find(scenario)
    contents = [c for one in connections for c in one.dialogue.contents if c.accepted]
    mails = [Mail(c.sender, c.recipients, bytes(c.raw), 1, None, False) for c in contents]
    if delivered is not None:
        mails = [Mail(SENDER, message.recipients, b"", 1, None, False)] * delivered
    return Played(
        Case(found, BASES[base]),
        client or Client("test", Command.parse(["test"])),
        message,
        Finished(exit_code, seconds, "", ""),
        connections,
        tuple(mails),
        Pace(),
        "open-sesame",
    )
