"""What a session reports of itself, and its smuggling modes on the wire."""

import json

import pytest

from smtplab.server.events import CommandRead, MessageAccepted

SMUGGLED = b"a\r\n%s.%sMAIL FROM:<evil@x>\r\nRCPT TO:<c@d>\r\nDATA\r\nb\r\n.\r\n"

ENDS = [
    ("strict", b"\n", b"\n", 1),
    ("strict", b"\n", b"\r\n", 1),
    ("strict", b"\r\n", b"\n", 1),
    ("strict", b"\r", b"\r", 1),
    ("lf", b"\n", b"\n", 2),
    ("lf", b"\n", b"\r\n", 2),
    ("lf", b"\r\n", b"\n", 2),
    ("lf", b"\r", b"\r", 1),
    ("any", b"\r", b"\r", 2),
    ("any", b"\n", b"\n", 2),
]


@pytest.mark.parametrize(("mode", "before", "behind", "count"), ENDS)
async def test_smuggling(labs, mode: str, before: bytes, behind: bytes, count: int) -> None:
    lab = await labs.start(f"server: {{end_of_data: {mode}}}", base="plain")
    client = await labs.hello(lab)
    for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA"):
        await client.ask(command)
    client.send(SMUGGLED % (before, behind))
    client.send(b"QUIT\r\n")
    await client.ended()
    assert [mail.sender for mail in lab.inbox] == ["a@b", "evil@x"][:count]


async def test_an_lf_that_comes_late_still_belongs_to_its_cr(labs) -> None:
    lab = await labs.start("server: {end_of_data: any}", base="plain")
    client = await labs.hello(lab)
    for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA"):
        await client.ask(command)
    client.send(b"x\r\n.\r")
    assert (await client.reply())[:3] == b"250"
    assert await client.ask(b"\nNOOP") == b"250 2.0.0 OK\r\n"


async def test_events_hold_no_password(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.hello(lab)
    for line in (
        b"AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l",
        b"RSET", b"AUTH LOGIN YWxpY2U=", b"b3Blbi1zZXNhbWU=", b"open-sesame",
        b"YWxpY2UAYWxpY2UAb3Blbi1zZXNhbWU=", b"NOOP xb3Blbi1zZXNhbWU", b"NOOP open-sesame",
        b"FOO AGFsaWNlAG9wZW4tc2VzYW1l",
    ):  # fmt: skip
        client.send(line + b"\r\n")
        await client.reply()
    told = json.dumps([event.to_json() for event in labs.events]) + repr(lab.sessions)
    for secret in ("open-sesame", "b3Blbi1zZXNhbWU", "9wZW4tc2VzYW1l"):
        assert secret not in told
    shown = [event.line for event in labs.events if isinstance(event, CommandRead)]
    assert shown[1] == "AUTH PLAIN ********"


async def test_the_events_of_a_session_in_order(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.hello(lab)
    for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA", b"x\r\n.", b"QUIT"):
        await client.ask(command)
    client.close()
    await labs.closed(lab)
    kinds = [event.kind for event in labs.events]
    assert kinds == [
        "listening", "connected", "reply", *["command", "reply"] * 4, "message", "reply",
        "command", "reply", "closed",
    ]  # fmt: skip
    assert MessageAccepted(1, "a@b", ("c@d",), 3) in labs.events
    json.dumps([event.to_json() for event in labs.events])


async def test_octets_that_are_no_utf8_are_told_as_escapes(labs) -> None:
    client = await labs.greeted(await labs.start(base="plain"))
    await client.ask(b"NOOP \xff")
    said = [event.line for event in labs.events if isinstance(event, CommandRead)]
    assert said == ["NOOP \\xff"]


async def test_an_error_of_ours_ends_one_session_only(labs) -> None:
    def bad(event) -> None:
        if event.kind == "command":
            raise RuntimeError("no")

    lab = await labs.start(base="plain")
    object.__setattr__(lab._shared, "emit", bad)
    client = await labs.greeted(lab)
    client.send(b"NOOP\r\n")
    assert await client.ended() in ("fin", "rst")
    assert await labs.closed(lab) == "an error in the server"
    assert lab.sessions[0].errors == ["RuntimeError: no"]
    lab.sessions[0].errors.clear()


# What a client says before it was asked.


async def test_a_client_that_speaks_before_the_greeting(labs) -> None:
    rules = (
        "rules: [{at: connect, do: [{wait: 100ms}]},"
        " {at: greeting, when: {early: true}, do: [{reply: 554 too early}]}]"
    )
    lab = await labs.start(rules, base="plain", time_scale=1)
    eager = await labs.dial(lab)
    eager.send(b"EHLO c\r\n")
    assert await eager.reply() == b"554 too early\r\n"
    assert (await (await labs.dial(lab)).reply())[:3] == b"220"


async def test_a_client_that_pipelines(labs) -> None:
    rules = "rules: [{at: mail, when: {early: true}, do: [{reply: 503 one by one}]}]"
    client = await labs.hello(await labs.start(rules, base="plain"))
    client.send(b"MAIL FROM:<a@b>\r\nRSET\r\n")
    assert await client.reply() == b"503 one by one\r\n"
    assert (await client.reply())[:3] == b"250"
    assert (await client.ask(b"MAIL FROM:<a@b>"))[:3] == b"250"


async def test_a_fault_of_the_message(labs) -> None:
    rules = "rules: [{at: eom, when: {content: bare-lf}, do: [{reply: 550 bare}]}]"
    lab = await labs.start(rules, base="plain")
    client = await labs.hello(lab)
    for body, code in ((b"a\nb\r\n.", b"550"), (b"a\r\nb\r\n.", b"250")):
        for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@lab.test>", b"DATA"):
            await client.ask(command)
        assert (await client.ask(body))[:3] == code
    assert lab.inbox.one().content == b"a\r\nb\r\n"
