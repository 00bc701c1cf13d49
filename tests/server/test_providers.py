"""The look-alikes of providers on the wire: greeting, lists and refusals, octet for octet."""

import base64

import pytest
from msgspec import UNSET

from smtplab.scenarios import library
from smtplab.scenarios.model import Scenario
from tests.server.raw_client import RawClient, trusting

NAMES = [name for name in library.ids() if name.startswith("providers/")]
HELLO = b"EHLO client.test"
COMMANDS = {
    "mail": b"MAIL FROM:<alice@lab.test>",
    "rcpt": b"RCPT TO:<bob@lab.test>",
    "data": b"DATA",
    "eom": b"Subject: x\r\n\r\nx\r\n.",
}
PASSWORD = b"open-sesame"


def said_at(scenario: Scenario, stage: str) -> bytes:
    """What the first rule of a stage says, as octets; empty when there is none."""
    for rule in scenario.rules:
        if rule.at == stage:
            action = rule.do[0]
            if action.send is not UNSET:
                return action.send.encode("latin-1")
            lines = [action.reply] if isinstance(action.reply, str) else action.reply
            return "".join(f"{line}\r\n" for line in lines).encode()
    return b""


def listed(scenario: Scenario, keywords: tuple[str, ...]) -> bytes:
    lines = [scenario.server.hello or scenario.server.host, *keywords]
    return (
        "".join(f"250-{line}\r\n" for line in lines[:-1]).encode()
        + b"250 %s\r\n" % lines[-1].encode()
    )


async def logged_in(client: RawClient, mechanism: str) -> bytes:
    if mechanism == "PLAIN":
        return await client.ask(b"AUTH PLAIN " + base64.b64encode(b"\0alice\0" + PASSWORD))
    await client.ask(b"AUTH LOGIN " + base64.b64encode(b"alice"))
    return await client.ask(base64.b64encode(PASSWORD))


@pytest.mark.parametrize("name", NAMES)
async def test_a_look_alike(labs, name: str) -> None:
    scenario = library.find(name)
    server = scenario.server
    lab = await labs.start(name, base="starttls")
    client = await labs.dial(lab)
    greeting = await client.reply()
    assert greeting == said_at(scenario, "greeting")
    if greeting[:1] != b"2":
        return
    assert await client.ask(HELLO) == listed(scenario, server.ehlo)
    assert (await client.ask(b"STARTTLS"))[:3] == b"220"
    await client.start_tls(trusting(lab.ca_pem), server.host)
    assert await client.ask(HELLO) == listed(scenario, server.ehlo_tls)
    mechanism = "PLAIN" if any("PLAIN" in word for word in server.ehlo_tls) else "LOGIN"
    refusal = said_at(scenario, "login")
    reply = await logged_in(client, mechanism)
    assert reply == refusal if refusal else reply[:3] == b"235"
    if refusal:
        return
    for stage, command in COMMANDS.items():
        reply = await client.ask(command)
        rules = [rule for rule in scenario.rules if rule.at == stage and rule.when.auth is UNSET]
        if rules:
            assert reply == said_at(scenario, stage)
            break
        assert reply[:1] in b"23"
    else:
        assert len(lab.inbox) == 1
