"""A look at the bundled server: nothing but a look."""

import asyncio
import socket
from dataclasses import replace

import pytest

from smtplab.probing.look import probe
from smtplab.probing.report import Mark, PortReport
from smtplab.scenarios import library
from smtplab.server.lab import Lab
from smtplab.server.tape import Layer, Side
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target
from tests.wire.name_server import name_server

OPTIONS = Options(time_scale=0.1)


async def look(scenario: str, **options: object) -> PortReport:
    (found,) = await probe(
        parse_target(f"scenario:{scenario}"), replace(OPTIONS, **options), ()  # type: ignore[arg-type]
    )  # fmt: skip
    return found


def bad(one: PortReport) -> list[str]:
    return [stage.stage for stage in one.stages if stage.mark is Mark.BAD]


@pytest.mark.parametrize("base", ["starttls", "implicit"])
async def test_the_honest_server_is_good(base):
    one = await look("honest", base=base)
    assert one.mark is Mark.GOOD
    assert one.tls is not None
    assert one.offers is not None
    assert one.offers.auth_mechanisms == ("PLAIN", "LOGIN", "CRAM-MD5")
    assert one.chain[0].days_left > 0
    assert (one.before is None) is (base == "implicit")
    assert one.findings == ()
    assert one.versions["1.3"]
    assert not one.versions["1.0"]


@pytest.mark.parametrize(
    ("scenario", "stages"),
    [
        ("greeting/554", ["greeting"]),
        ("ehlo/550", ["ehlo"]),
        ("starttls/stripped", ["starttls"]),
        ("starttls/554", ["starttls"]),
        ("tls/alert", ["tls"]),
        ("certificates/expired", ["certificate"]),
        ("certificates/wrong-host", ["certificate"]),
    ],
)
async def test_each_stage_has_its_verdict(scenario, stages):
    assert bad(await look(scenario)) == stages


@pytest.mark.parametrize(("scenario", "taken"), [("tls/only-1-2", "1.2"), ("tls/only-1-3", "1.3")])
async def test_each_version_of_tls_is_tried(scenario, taken):
    one = await look(scenario)
    assert [version for version, is_taken in one.versions.items() if is_taken] == [taken]


async def test_it_goes_on_behind_a_bad_certificate():
    one = await look("certificates/self-signed")
    assert one.inside is not None
    assert one.problems
    assert "certificate-not-checked" not in [f.rule for f in one.findings]


async def test_nothing_but_a_look():
    """Whatever the server offers: no login, no message."""
    lab = Lab(library.find("honest"), base="starttls", auth=True)
    await lab.start()
    try:
        target = parse_target(f"{lab.host}:{lab.port}")
        (one,) = await probe(target, Options(username="alice", password="open-sesame"), [lab.port])
        said = [
            [
                line.split(b" ")[0]
                for layer in (Layer.PLAIN, Layer.TLS)
                for line in session.tape.at(Side.CLIENT, layer).split(b"\r\n")
                if line
            ]
            for session in lab.sessions
        ]
    finally:
        await lab.stop()
    assert one.answered
    first, *more = said
    assert first == [b"EHLO", b"STARTTLS", b"EHLO", b"QUIT"]
    # One more for each version of TLS, which says nothing inside of it.
    assert [words for words in more if words] == [[b"EHLO", b"STARTTLS"]] * 4
    assert len(lab.inbox) == 0
    assert bad(one) == ["certificate"]  # the lab's authority is not among the system's


async def test_a_port_where_nothing_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (one,) = await probe(parse_target(f"127.0.0.1:{port}"), OPTIONS, [port])
    assert not one.answered
    assert bad(one) == ["connect"]


async def test_several_ports_at_once():
    honest = Lab(library.find("honest"), base="starttls")
    refusing = Lab(library.find("greeting/554"), base="plain")
    await asyncio.gather(honest.start(), refusing.start())
    try:
        ports = [honest.port, refusing.port]
        found = await probe(parse_target("127.0.0.1"), OPTIONS, ports)
    finally:
        await asyncio.gather(honest.stop(), refusing.stop())
    assert [one.port for one in found] == ports
    assert [bad(one) for one in found] == [["certificate"], ["greeting"]]


async def test_every_server_of_a_domain():
    async with Lab(library.find("honest"), base="starttls") as lab, name_server():
        found = await probe(parse_target(f"mx:both.test:{lab.port}"), OPTIONS, [lab.port])
    assert [one.host for one in found] == ["localhost", "127.0.0.1"]
    assert all(one.answered for one in found)


async def test_a_silent_port_is_tried_with_tls_from_the_first_octet():
    async with Lab(library.find("honest"), base="implicit") as lab:
        target, options = parse_target(f"127.0.0.1:{lab.port}"), Options(timeout=0.5)
        (one,) = await probe(target, options, [lab.port])
    assert (one.security, bad(one)) == ("implicit", ["certificate"])
    assert one.offers is not None


async def test_a_port_that_stays_silent_is_told_of_as_it_was_asked_for():
    async with Lab(library.find("greeting/never"), base="plain") as lab:
        target, options = parse_target(f"127.0.0.1:{lab.port}"), Options(timeout=0.2)
        (one,) = await probe(target, options, [lab.port])
    assert (one.security, bad(one)) == ("starttls", ["greeting"])
    assert one.is_silent
