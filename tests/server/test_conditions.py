"""When a rule applies."""

import msgspec
import pytest

from smtplab.scenarios.model import Rule
from smtplab.server.conditions import REMEMBERED, Memory, Moment, applies, glob, path_in, size_in
from smtplab.server.content import Chunks

NOW = Moment(
    stage="rcpt", nth=2, conn=3, now=100.0, argument="TO:<B@Lab.test>", hello="client.test",
    client="127.0.0.1", sender="a@c.test", recipients=("b@lab.test",), tls=True, size=2000,
)  # fmt: skip


def rule(at: str = "rcpt", **when) -> Rule:
    return msgspec.convert({"at": at, "do": [{"reply": "451 no"}], "when": when}, Rule)


CASES = [
    ({}, True),
    ({"nth": 2}, True), ({"nth": 1}, False), ({"nth": "2.."}, True), ({"nth": "3.."}, False),
    ({"nth": "1..2"}, True), ({"nth": "0..1"}, False), ({"nth": "2"}, True),
    ({"conn": 3}, True), ({"conn": "1..2"}, False),
    ({"arg": "to:*@LAB.test>"}, True), ({"arg": "*@other*"}, False), ({"arg": ""}, False),
    ({"from": "*@c.test"}, True), ({"from": "*@d.test"}, False), ({"from": ""}, False),
    ({"to": "?@lab.test"}, True), ({"to": "c@*"}, False),
    ({"ehlo": "CLIENT.*"}, True), ({"ehlo": "other"}, False),
    ({"tls": True}, True), ({"tls": False}, False),
    ({"auth": False}, True), ({"auth": True}, False),
    ({"size": 1999}, True), ({"size": 2000}, False),
    ({"younger": "5s"}, True), ({"older": "5s"}, False), ({"older": "0s"}, True),
    ({"rate": "0/1s"}, True), ({"rate": "1/1s"}, False),
    ({"nth": 2, "tls": True, "to": "b@*"}, True), ({"nth": 2, "tls": False}, False),
]  # fmt: skip


@pytest.mark.parametrize(("when", "holds"), CASES)
def test_each_condition(when, holds: bool) -> None:
    memory = Memory()
    memory.see(NOW)
    assert applies(rule(**when), NOW, memory, 1.0) is holds


@pytest.mark.parametrize(
    ("at", "stage", "holds"),
    [("rcpt", "rcpt", True), ("rcpt", "mail", False), ("*", "rcpt", True), ("*", "idle", False),
     ("idle", "idle", True), ("login", "auth", False)],
)  # fmt: skip
def test_the_stage(at: str, stage: str, holds: bool) -> None:
    here = Moment(stage=stage, nth=1, conn=1, now=0.0)
    assert applies(rule(at), here, Memory(), 1.0) is holds


@pytest.mark.parametrize("early", [True, False])
def test_early(early: bool) -> None:
    here = Moment("mail", 1, 1, 0.0, early=early)
    assert applies(rule("mail", early=True), here, Memory(), 1.0) is early
    assert applies(rule("mail", early=False), here, Memory(), 1.0) is not early


@pytest.mark.parametrize(
    ("octets", "limit", "stage", "holds"),
    [(b"a\nb", 9, "eom", True), (b"a\r\nb", 9, "eom", False), (b"a\nb", 2, "eom", False),
     (b"a\nb", 9, "bdat", False)],
)  # fmt: skip
def test_content(octets: bytes, limit: int, stage: str, holds: bool) -> None:
    content = Chunks(limit)
    content.add(octets)
    here = Moment(stage, 1, 1, 0.0, content=content)
    assert applies(rule("*", content="bare-lf"), here, Memory(), 1.0) is holds
    assert not applies(rule("*", content="bare-lf"), Moment("mail", 1, 1, 0.0), Memory(), 1.0)


@pytest.mark.parametrize(("nth", "holds"), [(2, True), (1, False)])
def test_a_login_is_decided_at_another_stage(nth: int, holds: bool) -> None:
    memory = Memory()
    here = Moment(stage="auth-step", nth=4, conn=1, now=0.0, login=2)
    memory.see(here)
    assert applies(rule("login", nth=nth), here, memory, 1.0) is holds
    assert applies(rule("login", rate="0/1s"), here, memory, 1.0)
    assert applies(rule("auth-step", nth=4), here, memory, 1.0)


def at(now: float, recipient: str = "b@c", stage: str = "rcpt") -> Moment:
    return Moment(stage, 1, 1, now, client="::1", sender="a@b", recipients=(recipient,))


@pytest.mark.parametrize("scale", [1.0, 0.01, 10.0])
def test_younger_and_older_count_from_the_first_time(scale: float) -> None:
    memory = Memory()
    young, old = rule(younger="5s"), rule(older="5s")
    for seconds, expected in ((0, True), (4, True), (5.5, False), (60, False)):
        moment = at(1000 + seconds * scale)
        memory.see(moment)
        assert applies(young, moment, memory, scale) is expected
        assert applies(old, moment, memory, scale) is not expected
    other = at(1060, "other@c")
    memory.see(other)
    assert applies(young, other, memory, scale)


def test_rate_counts_a_stage_over_all_connections() -> None:
    memory = Memory()
    fast = rule(rate="2/1m")
    found = []
    for now in (0, 1, 2, 3, 61, 62, 200):
        memory.see(at(now, stage="mail"))
        memory.see(at(now))
        found.append(applies(fast, at(now), memory, 1.0))
    assert found == [False, False, True, True, True, True, False]


def test_memory_is_bounded() -> None:
    memory = Memory()
    for number in range(REMEMBERED + 50):
        memory.see(at(number, f"{number}@c"))
    assert len(memory._first) == REMEMBERED
    assert len(memory._times["rcpt"]) == REMEMBERED
    assert memory.age(at(REMEMBERED + 50, "0@c")) == 0.0


def test_globs() -> None:
    assert glob("a*C", "Abc")
    assert not glob("a", "ab")
    assert glob("[x]", "x")


@pytest.mark.parametrize(
    ("argument", "path", "size"),
    [
        ("FROM:<a@b> SIZE=12", "a@b", 12),
        ("FROM:<>", "", 0),
        ("TO:a@b", "", 0),
        ("FROM:<a@b> size=7 BODY=8BITMIME", "a@b", 7),
        ("FROM:<a@b> XSIZE=7", "a@b", 0),
    ],
)
def test_what_is_read_from_an_argument(argument: str, path: str, size: int) -> None:
    assert path_in(argument) == path
    assert size_in(argument) == size
