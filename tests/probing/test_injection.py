"""A command in front of TLS: who obeys it inside, and what else may come of it."""

import pytest

from smtplab.client.settings import Security
from smtplab.probing.injection import judge
from smtplab.probing.look import probe
from smtplab.probing.report import Mark, PortReport
from smtplab.protocol.events import IrregularitySeen
from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.verbs import Verb
from smtplab.scenarios import library
from smtplab.server.lab import Lab
from smtplab.server.tape import Layer, Side
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target
from tests.diagnosis.conftest import record
from tests.diagnosis.events_of import UP, reply, sent
from tests.fakes import FIN, Session, settings

OPTIONS = Options(time_scale=0.1)
TRIED = sent(b"STARTTLS\r\nEHLO x", Verb.STARTTLS)
GO = reply(b"220 go\r\n", Verb.STARTTLS)


async def tried(scenario: str, base: str | None = None) -> PortReport:
    options = Options(time_scale=0.1, base=base)
    (one,) = await probe(parse_target(f"scenario:{scenario}"), options, (), with_injection=True)
    return one


def line(one: PortReport) -> tuple[Mark, str]:
    return next((s.mark, s.text) for s in one.stages if s.stage == "injection")


async def test_the_honest_server_throws_it_away():
    assert line(await tried("honest")) == (
        Mark.GOOD,
        "the command behind STARTTLS was thrown away",
    )


async def test_a_server_that_keeps_it_is_found_out():
    one = await tried("starttls/keeps-commands")
    assert line(one) == (
        Mark.BAD,
        "the command behind STARTTLS, sent in the clear, was obeyed inside TLS",
    )
    assert [finding.rule for finding in one.findings] == ["injection-obeyed"]
    assert one.inside is not None  # the look itself is not spoilt by it


@pytest.mark.parametrize(
    ("scenario", "base"), [("honest", "implicit"), ("starttls/stripped", None)]
)
async def test_without_starttls_there_is_nothing_to_try(scenario, base):
    assert line(await tried(scenario, base)) == (Mark.NOT_REACHED, "")


async def test_it_is_tried_only_when_asked_for():
    lab = Lab(library.find("starttls/keeps-commands"), base="starttls", auth=True)
    await lab.start()
    try:
        target = parse_target(f"{lab.host}:{lab.port}")
        (one,) = await probe(target, OPTIONS, [lab.port])
        said = [session.tape.at(Side.CLIENT, Layer.PLAIN) for session in lab.sessions]
    finally:
        await lab.stop()
    assert line(one) == (Mark.NOT_REACHED, "")
    assert not any(b"STARTTLS\r\nEHLO" in octets for octets in said)


@pytest.mark.parametrize(
    ("events", "mark", "words"),
    [
        ([TRIED, GO, UP, reply(b"250 x\r\n", None)], Mark.BAD, "obeyed inside TLS"),
        ([TRIED, GO, UP, reply(b"221 x\r\n", Verb.QUIT)], Mark.GOOD, "thrown away"),
        ([TRIED, GO, UP], Mark.NOTICE, "said nothing more"),
        ([TRIED, reply(b"554 5.5.0 \x1bno\r\n", Verb.STARTTLS)], Mark.GOOD, "554 5.5.0 "),
        ([TRIED, GO], Mark.GOOD, "did no handshake"),
        ([TRIED], Mark.GOOD, "hung up"),
        ([TRIED, GO, IrregularitySeen(Irregularity("injected-after-starttls"))], Mark.NOTICE,
         "in the clear, before the handshake"),
    ],
)  # fmt: skip
def test_what_came_of_it(events, mark, words):
    found = judge(record(events))
    assert found is not None
    assert found.mark is mark
    assert words in found.text
    assert (found.finding is not None) is (mark is Mark.BAD)


def test_without_the_command_there_is_no_verdict():
    assert judge(record([])) is None


@pytest.mark.parametrize(
    ("answer", "mark", "words"),
    [
        (b"503 5.5.1 improper pipelining\r\n", Mark.GOOD, "refused"),
        (b"220 go\r\n250 x\r\n", Mark.NOTICE, "in the clear"),
        (FIN, Mark.GOOD, "hung up"),
    ],
)
async def test_servers_that_have_their_own_way(answer, mark, words):
    wishes = settings(security=Security.STARTTLS)
    session = Session(wishes, EHLO=b"250-x\r\n250 STARTTLS\r\n", STARTTLS=answer)
    while session.runner.stage.value != "starttls":
        await session.runner.step()
    await session.runner.step(b"STARTTLS\r\nEHLO x")
    if session.runner.planned is not None:
        await session.runner.step()
    await session.runner.stop()
    found = judge(record(session.events))
    assert found is not None
    assert (found.mark, words in found.text) == (mark, True), found.text
