"""What the honest server can beyond a message: CHUNKING, DSN, LMTP, and its enhanced codes."""

import pytest

ENVELOPE = (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>")
SAID = tuple(command.decode() for command in ENVELOPE)


async def in_transaction(labs, lab):
    client = await labs.hello(lab)
    for command in ENVELOPE:
        assert (await client.ask(command))[:3] == b"250"
    return client


# CHUNKING (RFC 3030).


async def test_a_message_in_chunks(labs) -> None:
    lab = await labs.start(base="plain")
    client = await in_transaction(labs, lab)
    client.send(b"BDAT 6\r\n.\r\n.\r\nBDAT 0\r\nBDAT 4 LAST\r\nQUITNOOP\r\n")
    assert await client.reply() == b"250 2.0.0 6 octets received\r\n"
    assert await client.reply() == b"250 2.0.0 0 octets received\r\n"
    assert await client.reply() == b"250 2.0.0 Message accepted\r\n"
    assert (await client.reply())[:3] == b"250"
    assert lab.inbox.one().content == b".\r\n.\r\nQUIT"


@pytest.mark.parametrize("base", ["starttls", "implicit"])
async def test_chunks_inside_tls(labs, base: str) -> None:
    lab = await labs.start(base=base)
    client = await in_transaction(labs, lab)
    client.send(b"BDAT 300000\r\n" + b"x" * 200_000)
    client.send(b"x" * 100_000 + b"BDAT 2 last\r\n\r\n")
    assert await client.reply() == b"250 2.0.0 300000 octets received\r\n"
    assert (await client.reply())[:3] == b"250"
    assert len(lab.inbox.one().content) == 300_002


CHUNKS = [
    # the server, what is sent, the codes of the replies to it
    ("tags: []", ["BDAT 3\r\nabc", "NOOP"], "503 250"),
    ("tags: []", ["BDAT 3 LAST\r\nabc", "NOOP"], "503 250"),
    ("tags: []", ["BDAT", "BDAT x", "BDAT -1", "BDAT 3 FIRST"], "501 501 501 501"),
    ("tags: []", [*SAID, "BDAT 3\r\nabc", "DATA"], "250 250 250 503"),
    ("tags: []", [*SAID, "BDAT 3\r\nabc", "RSET", "BDAT 1 LAST\r\nx"], "250 250 250 250 503"),
    ("server: {size: 5}", [*SAID, "BDAT 9\r\nabcdefghi", "BDAT 1 LAST\r\nx", "NOOP"],
     "250 250 552 552 250"),
    ("server: {ehlo: [-CHUNKING]}", [*SAID, "BDAT 6\r\nNOOP\r\n"], "250 250 502 250"),
    ("rules: [{at: bdat, do: [{reply: 451 no}]}]", [*SAID, "BDAT 3\r\nabc", "NOOP"],
     "250 250 451 250"),
    ("rules: [{at: eom, do: [{reply: 451 no}]}]", [*SAID, "BDAT 1\r\nx", "BDAT 1 LAST\r\nx"],
     "250 250 250 451"),
]  # fmt: skip


@pytest.mark.parametrize(("server", "said", "codes"), CHUNKS)
async def test_chunks_out_of_order(labs, server: str, said: list[str], codes: str) -> None:
    lab = await labs.start(server, base="plain")
    client = await labs.hello(lab)
    for item in said:
        line, _, chunk = item.partition("\r\n")
        client.send(f"{line}\r\n{chunk}".encode())
    client.send(b"QUIT\r\n")
    await client.ended()
    found = [line[:3].decode() for line in bytes(client.received).splitlines()]
    assert " ".join(found) == f"{codes} 221"


# DSN (RFC 3461).


async def test_the_parameters_are_kept(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.hello(lab)
    for command in (
        b"MAIL FROM:<a@b> RET=HDRS ENVID=QQ314159 SIZE=3",
        b"RCPT TO:<c@d> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;c@d",
        b"RCPT TO:<e@f>",
    ):
        assert (await client.ask(command))[:3] == b"250"
    await client.ask(b"DATA")
    await client.ask(b"x\r\n.")
    mail = lab.inbox.one()
    assert mail.parameters == ("RET=HDRS", "ENVID=QQ314159", "SIZE=3")
    assert mail.recipient_parameters == (("NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;c@d"), ())


@pytest.mark.parametrize(
    ("keyword", "command"),
    [("DSN", b"MAIL FROM:<a@b> RET=FULL"), ("SIZE", b"MAIL FROM:<a@b> SIZE=1"),
     ("8BITMIME", b"MAIL FROM:<a@b> BODY=8BITMIME"), ("SMTPUTF8", b"MAIL FROM:<a@b> SMTPUTF8"),
     ("AUTH", b"MAIL FROM:<a@b> AUTH=<>")],
)  # fmt: skip
async def test_what_is_not_offered_is_refused(labs, keyword: str, command: bytes) -> None:
    client = await labs.hello(await labs.start(f"server: {{ehlo: [-{keyword}]}}", base="plain"))
    assert (await client.ask(command))[:9] == b"555 5.5.4"
    client = await labs.hello(await labs.start(base="plain"))
    assert (await client.ask(command))[:3] == b"250"


async def test_helo_takes_no_parameters(labs) -> None:
    client = await labs.greeted(await labs.start(base="plain"))
    await client.ask(b"HELO c")
    assert (await client.ask(b"MAIL FROM:<a@b> SIZE=1"))[:3] == b"555"


# Enhanced status codes (RFC 2034), VRFY and HELP.

WORDS = [
    (b"MAIL FROM:<a@b>", b"250 2.1.0 OK", b"250 OK"),
    (b"NOOP", b"250 2.0.0 OK", b"250 OK"),
    (b"DATA", b"503 5.5.1 Send MAIL first", b"503 Send MAIL first"),
    (b"VRFY <alice@lab.test>", b"252 2.1.5 Cannot VRFY user", b"252 Cannot VRFY user"),
    (b"VRFY", b"501 5.5.4 Syntax: VRFY <address>", b"501 Syntax: VRFY <address>"),
    (b"VRFY <", b"501 5.1.3 This is no address", b"501 This is no address"),
    (b"HELP", b"214 2.0.0 AUTH BDAT DATA EHLO HELO", b"214 AUTH BDAT"),
    (b"HELP mail", b"214 2.0.0 MAIL FROM:<reverse-path>", b"214 MAIL FROM:<reverse-path>"),
    (b"HELP me", b"504 5.5.4 There is no help on that", b"504 There is no help"),
    (b"QUIT", b"221 2.0.0 Bye", b"221 Bye"),
]


@pytest.mark.parametrize(("command", "enhanced", "plain"), WORDS)
async def test_enhanced_status_codes(labs, command: bytes, enhanced: bytes, plain: bytes) -> None:
    client = await labs.hello(await labs.start(base="plain"))
    assert (await client.ask(command)).startswith(enhanced)
    without = "server: {ehlo: [-ENHANCEDSTATUSCODES]}"
    client = await labs.hello(await labs.start(without, base="plain"))
    assert (await client.ask(command)).startswith(plain)


# LMTP (RFC 2033).

LMTP = "server: {protocol: lmtp}\n"


async def test_lmtp_answers_for_each_recipient(labs) -> None:
    lab = await labs.start(LMTP, base="plain")
    client = await labs.dial(lab)
    assert await client.reply() == b"220 lab.test LMTP smtplab\r\n"
    assert (await client.ask(b"EHLO c"))[:9] == b"500 5.5.1"
    assert (await client.ask(b"HELO c"))[:9] == b"500 5.5.1"
    assert (await client.ask(b"LHLO c")).startswith(b"250-lab.test\r\n250-PIPELINING\r\n")
    await client.ask(ENVELOPE[0])
    for recipient in (b"c@d", b"e@f"):
        await client.ask(b"RCPT TO:<%s>" % recipient)
    await client.ask(b"DATA")
    client.send(b"x\r\n.\r\n")
    assert await client.reply() == b"250 2.1.5 <c@d> delivered\r\n"
    assert await client.reply() == b"250 2.1.5 <e@f> delivered\r\n"
    assert lab.inbox.one().recipients == ("c@d", "e@f")
    assert (await client.ask(b"DATA"))[:3] == b"503"


async def test_smtp_knows_no_lhlo(labs) -> None:
    client = await labs.greeted(await labs.start(base="plain"))
    assert (await client.ask(b"LHLO c"))[:3] == b"500"


async def test_a_rule_for_ehlo_is_one_for_lhlo(labs) -> None:
    rules = LMTP + "rules: [{at: ehlo, do: [{reply: 421 no}]}]"
    lab = await labs.start(rules, base="plain")
    client = await labs.dial(lab)
    await client.reply()
    assert await client.ask(b"LHLO c") == b"421 no\r\n"


# Messages arrive as they were sent, whichever way.

BODIES = [
    b"",
    b"x",
    b"\r\n",
    b".\r\n",
    b"..\r\n.\r\n.x\r\n",
    b"caf\xe9 \xc3\xa9 \xff\xfe\r\n",
    b"a\0b\r\n",
    b"a\nb\rc\r\n",
    b"x" * 5000 + b"\r\n",
    bytes(range(256)) + b"\r\n",
]


def as_data(body: bytes) -> bytes:
    """Dots stuffed, ended; a last line without an end gets one."""
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    return (b"." if body.startswith(b".") else b"") + stuffed + b".\r\n"


@pytest.mark.parametrize("way", ["DATA", "BDAT"])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_any_octets_arrive(labs, body: bytes, way: str) -> None:
    lab = await labs.start(base="plain")
    client = await in_transaction(labs, lab)
    if way == "DATA":
        assert (await client.ask(b"DATA"))[:3] == b"354"
        client.send(as_data(body))
    else:
        client.send(b"BDAT %d LAST\r\n" % len(body) + body)
    assert (await client.reply())[:3] == b"250"
    assert (await client.ask(b"NOOP"))[:3] == b"250"
    ended = body if way == "BDAT" or not body or body.endswith(b"\r\n") else body + b"\r\n"
    assert lab.inbox.one().content == ended
