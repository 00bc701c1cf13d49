import pytest

from smtplab.cli.narration import HIDEABLE, MOST_OCTETS, Narration, hex_lines
from smtplab.client.events import Ended
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.steps import Stage
from smtplab.protocol.events import CommandSent, ContentSent, ReplyReceived
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Entry

(REPLY,) = ReplyParser().receive_data(b"250 ok\r\n")

EVENTS = (
    CommandSent(Verb.NOOP, b"NOOP\r\n"),
    ReplyReceived(REPLY, Verb.NOOP),
    ContentSent(b"Subject: x\r\n.\r\n"),
    Ended(Outcome(Verdict.DELIVERED, Stage.CONTENT, "well")),
)


def told(**how) -> list[str]:
    lines: list[str] = []
    narration = Narration(lines.append, **how)
    for number, event in enumerate(EVENTS, 1):
        narration(Entry(number, number * 1_500_000, "quit", False, event))
    return lines


ALL = ["-> NOOP", "<- 250 ok", "-> Subject: x", "-> .", "== delivered: well"]

HIDDEN = {
    "sent": ALL[1:2] + ALL[4:],
    "received": ALL[:1] + ALL[2:],
    "data": ALL[:2] + ALL[4:],
    "notes": ALL[:4],
    "all": [],
}


def test_everything_is_told():
    assert told() == ALL


@pytest.mark.parametrize("what", HIDEABLE)
def test_what_is_hidden_is_not(what):
    assert told(hidden=(what,)) == HIDDEN[what]


def test_times_stand_in_front():
    assert told(times=True)[0] == "    0.002 -> NOOP"


def test_octets_stand_behind():
    lines = told(octets=True, hidden=("data", "notes"))
    assert lines == [
        "-> NOOP",
        "   000000  4e 4f 4f 50 0d 0a                                NOOP..",
        "<- 250 ok",
        "   000000  32 35 30 20 6f 6b 0d 0a                          250 ok..",
    ]


def test_a_large_message_is_cut():
    lines = hex_lines(bytes(MOST_OCTETS + 5))
    assert len(lines) == MOST_OCTETS // 16 + 1
    assert lines[-1] == "   … 5 octets more"


@pytest.mark.parametrize("data", [b"\x1b[31m", "é\x9b".encode(), bytes(range(256))])
def test_no_octet_reaches_a_terminal_as_it_is(data):
    assert all(line.isprintable() and line.isascii() for line in hex_lines(data))
