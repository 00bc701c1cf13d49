"""Breakpoints: what is one, and what runs into it."""

import pytest

from smtplab.client.steps import Stage, Step
from smtplab.diagnosis.findings import Finding, Severity
from smtplab.protocol.events import CommandSent, ReplyReceived
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.verbs import Verb
from smtplab.tls.chain_check import ChainProblem
from smtplab.tls.events import ChainChecked, TlsFailed
from smtplab.transcript.entries import Entry, Event
from smtplab.wire.events import Closed, Ending
from smtplab.workbench.breakpoints import (
    KINDS,
    BadBreakpoint,
    Breakpoints,
    Look,
    read,
)

MAIL = Step(Stage.MAIL, Verb.MAIL, b"MAIL FROM:<a@b>")
RCPT = Step(Stage.RCPT, Verb.RCPT, b"RCPT TO:<a@b>")


def entry(event: Event, milliseconds: int = 0) -> Entry:
    return Entry(1, milliseconds * 1_000_000, "mail", False, event)


def reply(raw: bytes) -> ReplyReceived:
    (found,) = ReplyParser().receive_data(raw)
    return ReplyReceived(found, Verb.MAIL)


def chain(severity: str) -> ChainChecked:
    problem = ChainProblem("expired", 0, "It has expired.", severity)
    return ChainChecked("localhost", (), (problem,), True)


def finding(severity: Severity) -> Finding:
    return Finding("greylisted", severity, "", "", "", (1,))


SENT = CommandSent(b"MAIL FROM:<a@b>\r\n", Verb.MAIL)

AFTER = [
    ("reply 4xx", [entry(reply(b"451 4.7.1 later\r\n"))], [], True),
    ("reply 4", [entry(reply(b"451 4.7.1 later\r\n"))], [], True),
    ("reply 451", [entry(reply(b"451 4.7.1 later\r\n"))], [], True),
    ("reply 45x", [entry(reply(b"421 4.7.1 later\r\n"))], [], False),
    ("reply 4xx", [entry(reply(b"250 ok\r\n"))], [], False),
    ("reply 4xx", [entry(reply(b"hello\r\n"))], [], False),
    ("tls cert-error", [entry(chain("error"))], [], True),
    ("tls cert-error", [entry(chain("warning"))], [], False),
    ("tls cert-error", [entry(TlsFailed("bad", verify_code=10))], [], True),
    ("tls cert-error", [entry(TlsFailed("bad"))], [], False),
    ("finding", [], [finding(Severity.INFO)], True),
    ("finding warn", [], [finding(Severity.INFO)], False),
    ("finding warn", [], [finding(Severity.WARNING)], True),
    ("finding error", [], [finding(Severity.WARNING)], False),
    ("finding greylisted", [], [finding(Severity.INFO)], True),
    ("finding other", [], [finding(Severity.INFO)], False),
    ("text /GREY.?list/", [entry(reply(b"450 greylisted\r\n"))], [], True),
    ("text nothing", [entry(reply(b"450 greylisted\r\n"))], [], False),
    ("close", [entry(Closed(Ending.RESET))], [], True),
    ("close", [entry(Closed(Ending.LOCAL))], [], False),
    ("slow 2s", [entry(SENT), entry(reply(b"250 ok\r\n"), 2500)], [], True),
    ("slow 2s", [entry(SENT), entry(reply(b"250 ok\r\n"), 1500)], [], False),
    ("slow 1m 1s", [entry(SENT), entry(reply(b"250 ok\r\n"), 62000)], [], True),
    ("slow 500ms", [entry(SENT), entry(reply(b"250 ok\r\n"), 501)], [], True),
]


@pytest.mark.parametrize(("text", "entries", "findings", "hit"), AFTER)
def test_what_a_step_brings(text, entries, findings, hit):
    breakpoints = Breakpoints()
    assert breakpoints.toggle(text)
    found = breakpoints.after(Look(entries, findings))
    assert (found is not None) == hit
    assert next(iter(breakpoints)).hits == hit
    assert breakpoints.before(MAIL, fresh=True) is None


@pytest.mark.parametrize(
    ("text", "step", "fresh", "hit"),
    [
        ("mail", MAIL, True, True),
        ("stage MAIL", MAIL, True, True),
        ("mail", MAIL, False, False),
        ("mail", RCPT, True, False),
        ("send rcpt", RCPT, False, True),
        ("send rcpt", MAIL, True, False),
    ],
)
def test_what_is_planned(text, step, fresh, hit):
    breakpoints = Breakpoints()
    breakpoints.toggle(text)
    assert (breakpoints.before(step, fresh=fresh) is not None) == hit
    assert breakpoints.after(Look([entry(reply(b"451 x\r\n"))])) is None


@pytest.mark.parametrize(
    "text",
    ["", "nix", "stage nix", "send NIX", "reply 9xx", "reply", "reply 45", "text /(/", "text",
     "slow fast", "slow", "tls other", "close-by"],
)  # fmt: skip
def test_what_is_none_is_answered_with_what_would_be(text):
    with pytest.raises(BadBreakpoint) as caught:
        read(text)
    assert str(caught.value)


def test_every_kind_has_an_example_that_is_one():
    for kind in KINDS.values():
        assert read(kind.example).text


def test_the_same_again_takes_it_away_and_one_switch_holds_for_all():
    breakpoints = Breakpoints()
    assert breakpoints.toggle("mail")
    assert breakpoints.toggle("reply 4xx")
    assert breakpoints.stages == {Stage.MAIL}
    breakpoints.on = False
    assert breakpoints.stages == frozenset()
    assert breakpoints.before(MAIL, fresh=True) is None
    breakpoints.on = True
    assert not breakpoints.toggle("stage mail")
    assert [each.text for each in breakpoints] == ["reply 4xx"]
    only = next(iter(breakpoints))
    only.enabled = False
    assert breakpoints.after(Look([entry(reply(b"451 x\r\n"))])) is None
    breakpoints.remove(only)
    assert len(breakpoints) == 0
