"""Naive clients on the wire: each falls into its pit, and the server shows it."""

import base64

import pytest

from tests.server.raw_client import trusting

HELLO = b"EHLO client.test"
TO_RCPT = (HELLO, b"MAIL FROM:<a@c.test>")
TO_DATA = (*TO_RCPT, b"RCPT TO:<b@lab.test>")
TO_TEXT = (*TO_DATA, b"DATA")

PLAIN = base64.b64encode(b"\0alice\0open-sesame")

HEAD = b"From: a@c.test\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"

# The scenario, what the client says in order, the code that the last is answered with.
NAIVE = [
    ("ehlo-localhost", (b"EHLO localhost",), b"501"),
    ("ehlo-localhost", (b"HELO localhost.localdomain",), b"501"),
    ("ehlo-localhost", (b"EHLO [127.0.0.1]",), b"250"),
    ("space-behind-colon", (HELLO, b"MAIL FROM: <a@c.test>"), b"501"),
    ("space-behind-colon", (*TO_RCPT, b"RCPT TO: <b@lab.test>"), b"501"),
    ("two-addresses-in-one-rcpt", (*TO_RCPT, b"RCPT TO:<b@lab.test, c@lab.test>"), b"553"),
    ("tls-without-asking", (b"\x16\x03\x01\x00\xfc\x01",), b"500"),
    ("tls-without-asking", (HELLO, b"AUTH PLAIN " + PLAIN), b"530"),
    ("only-plain", (HELLO, b"AUTH LOGIN"), b"504"),
    ("only-scram", (HELLO, b"AUTH PLAIN " + PLAIN), b"504"),
    ("only-scram", (HELLO, b"MAIL FROM:<a@c.test>"), b"530"),
    ("blank-line-behind-dot", (*TO_TEXT, b"x\r\n.", b""), b"500"),
    ("dot-lines", (*TO_TEXT, b"x\r\n.", b"the rest of the text"), b"500"),
    ("bare-lf", (*TO_TEXT, b"x\ny\r\n."), b"550"),
    ("cr-cr-lf", (*TO_TEXT, b"x\r\r\ny\r\n."), b"550"),
    ("no-date", (*TO_TEXT, b"From: a@c.test\r\n\r\nx\r\n."), b"550"),
    ("no-from", (*TO_TEXT, b"Subject: x\r\n\r\nx\r\n."), b"550"),
    ("no-blank-line", (*TO_TEXT, HEAD + b"Hello Bob!\r\n."), b"554"),
    ("long-line", (*TO_TEXT, HEAD + b"\r\n" + b"x" * 999 + b"\r\n."), b"550"),
    ("8bit-without-asking", (*TO_TEXT, HEAD + b"\r\n\xc3\xa4\r\n."), b"554"),
    ("raw-subject", (*TO_TEXT, HEAD + b"Subject: \xe4\r\n\r\nx\r\n."), b"554"),
    ("nul-octets", (*TO_TEXT, HEAD + b"\r\n\0\r\n."), b"554"),
    ("multiline-everywhere", (*TO_TEXT, b"x\r\n."), b"250"),
    ("421-to-quit", (HELLO, b"QUIT"), b"421"),
    ("hangs-up-after-refusal", (*TO_RCPT, b"RCPT TO:<b@lab.test>"), b"550"),
    ("no-second-ehlo", (HELLO, b"MAIL FROM:<a@c.test>"), b"530"),
]


@pytest.mark.parametrize(("name", "lines", "code"), NAIVE)
async def test_a_naive_client_is_told(labs, name: str, lines: tuple[bytes, ...], code: bytes):
    client = await labs.greeted(await labs.start(f"pitfalls/{name}", base="plain"))
    replies = [await client.ask(line) for line in lines]
    assert replies[-1][:3] == code
    assert all(reply[:1] in b"23" for reply in replies[:-1])


async def test_auth_without_a_second_ehlo(labs) -> None:
    lab = await labs.start("pitfalls/no-second-ehlo")
    client = await labs.greeted(lab)
    assert b"AUTH" not in await client.ask(HELLO)
    await client.ask(b"STARTTLS")
    await client.start_tls(trusting(lab.ca_pem))
    assert (await client.ask(b"AUTH PLAIN " + PLAIN))[:3] == b"503"
    assert b"AUTH PLAIN LOGIN" in await client.ask(HELLO)
    assert (await client.ask(b"AUTH PLAIN " + PLAIN))[:3] == b"235"


async def test_a_client_that_goes_on_in_clear_text(labs) -> None:
    client = await labs.greeted(await labs.start("pitfalls/goes-on-after-failed-handshake"))
    await client.ask(HELLO)
    assert (await client.ask(b"STARTTLS"))[:3] == b"220"
    assert await client.octets(7) == bytes([21, 3, 3, 0, 2, 2, 40])
    assert (await client.ask(HELLO))[:3] == b"250"
    assert (await client.ask(b"AUTH PLAIN " + PLAIN))[:3] == b"235", "and all the world has read it"


async def test_a_code_in_two_halves(labs) -> None:
    lab = await labs.start("pitfalls/half-a-code", base="plain", time_scale=0.1)
    client = await labs.hello(lab)
    client.segments.clear()
    assert await client.ask(b"MAIL FROM:<a@c.test>") == b"250 2.1.0 OK\r\n"
    assert client.segments == [b"25", b"0 2.1.0 OK\r\n"]


async def test_two_replies_at_once(labs) -> None:
    client = await labs.hello(await labs.start("pitfalls/two-replies-at-once", base="plain"))
    client.segments.clear()
    client.send(b"MAIL FROM:<a@c.test>\r\n")
    assert (await client.reply())[:3] == b"250"
    assert (await client.reply())[:3] == b"421"
    assert len(client.segments) == 1
    assert await client.ended() == "fin"


async def test_codes_alone(labs) -> None:
    client = await labs.hello(await labs.start("pitfalls/codes-alone", base="plain"))
    replies = [await client.ask(line) for line in (*TO_TEXT[1:], b"x\r\n.", b"QUIT")]
    assert replies == [b"250\r\n", b"250\r\n", b"354\r\n", b"250\r\n", b"221\r\n"]


async def test_a_blank_line_comes_first(labs) -> None:
    client = await labs.hello(await labs.start("pitfalls/blank-line-before-reply", base="plain"))
    client.send(b"MAIL FROM:<a@c.test>\r\n")
    assert await client.until(b"OK\r\n") == b"\r\n250 2.1.0 OK\r\n"
    assert (await client.ask(b"RCPT TO:<b@lab.test>"))[:3] == b"250", "the sender was taken"


async def test_no_dot_and_so_no_answer(labs) -> None:
    client = await labs.hello(await labs.start("pitfalls/no-dot", base="plain", time_scale=0.05))
    for command in TO_TEXT[1:]:
        await client.ask(command)
    client.send(b"x\r\n")
    assert await client.ended() in ("fin", "rst")
    assert client.received == b""


async def test_talking_before_the_greeting(labs) -> None:
    client = await labs.dial(await labs.start("pitfalls/talks-before-greeting", base="plain"))
    client.send(HELLO + b"\r\n")
    assert (await client.reply())[:3] == b"554"


@pytest.mark.parametrize("base", ["plain", "starttls"])
async def test_pipelining_unasked(labs, base: str) -> None:
    client = await labs.hello(await labs.start("pitfalls/pipelines-unasked", base=base))
    client.send(b"MAIL FROM:<a@c.test>\r\nRCPT TO:<b@lab.test>\r\n")
    assert (await client.reply())[:3] == b"503"
    assert await client.ended() == "fin"


async def test_a_refusal_in_the_middle(labs) -> None:
    client = await labs.hello(await labs.start("pitfalls/refusal-while-sending", base="plain"))
    for command in TO_DATA[1:]:
        await client.ask(command)
    assert (await client.ask(b"DATA"))[:3] == b"354"
    assert (await client.reply())[:3] == b"552"
    assert await client.ended() == "fin"


LISTS = [
    ("starttls-in-last-line", b"250 STARTTLS\r\n", b"250 AUTH PLAIN LOGIN\r\n"),
    ("mechanisms-in-lower-case", b"STARTTLS\r\n", b"250 auth plain login\r\n"),
    ("list-from-before-tls", b"250 AUTH LOGIN\r\n", b"250 AUTH PLAIN\r\n"),
    ("login-before-tls", b"250 AUTH PLAIN LOGIN\r\n", b"250 AUTH PLAIN LOGIN\r\n"),
]


@pytest.mark.parametrize(("name", "before", "after"), LISTS)
async def test_lists(labs, name: str, before: bytes, after: bytes) -> None:
    lab = await labs.start(f"pitfalls/{name}")
    client = await labs.greeted(lab)
    assert (await client.ask(HELLO)).endswith(before)
    assert (await client.ask(b"STARTTLS"))[:3] == b"220"
    await client.start_tls(trusting(lab.ca_pem))
    assert (await client.ask(HELLO)).endswith(after)
    assert (await client.ask(b"AUTH PLAIN " + PLAIN))[:3] == b"235"
