"""From a domain to the servers that take its mail."""

import pytest

from smtplab.client.settings import Security
from smtplab.scenarios import library
from smtplab.server.lab import Lab
from smtplab.wire.events import ConnectFailed
from smtplab.workbench.bench import Workbench
from smtplab.workbench.locating import NoExchanger, located
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target
from tests.wire.name_server import name_server


@pytest.mark.parametrize("text", ["mail.test", "smtps://mail.test", "scenario:honest"])
async def test_any_other_target_stays_what_it_is(text):
    target = parse_target(text)
    assert await located(target) == (target,)


async def test_a_domain_becomes_its_servers():
    async with name_server():
        found = await located(parse_target("mx:many.test:26"))
    assert [(one.host, one.port, one.by_mx) for one in found] == [
        ("first.test", 26, False),
        ("second.test", 26, False),
    ]
    assert {one.text for one in found} == {"mx:many.test:26"}


async def test_nobody_takes_its_mail():
    async with name_server():
        with pytest.raises(NoExchanger, match="null one"):
            await located(parse_target("mx:null.test"))


@pytest.mark.parametrize(("domain", "gone"), [("here.test", []), ("half.test", ["gone.invalid"])])
async def test_a_session_goes_to_the_best_server_that_is_there(domain, gone):
    lab = Lab(library.find("honest"), base="plain", auth=False)
    await lab.start()
    options = Options(sender="a@x.test", recipients=(f"b@{domain}",), security=Security.PLAIN)
    try:
        async with name_server():
            bench = Workbench(parse_target(f"mx:{domain}:{lab.port}"), options)
            async with bench:
                while bench.planned is not None:
                    await bench.step()
    finally:
        await lab.stop()
    assert bench.settings.host == "localhost"
    assert bench.transcript.target == f"mx:{domain}:{lab.port}"
    assert [failed.host for _, failed in bench.transcript.of(ConnectFailed)] == gone
    assert lab.inbox.one().recipients == (f"b@{domain}",)
