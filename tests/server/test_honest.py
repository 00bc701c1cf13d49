"""The honest server, octet for octet."""

import base64
import hashlib
import hmac

import pytest

from tests.server.raw_client import trusting

BASES = ("plain", "starttls", "implicit")

EHLO = (
    "250-lab.test", "250-PIPELINING", "250-SIZE 33554432", "250-8BITMIME", "250-SMTPUTF8",
    "250-DSN", "250-CHUNKING", "250-ENHANCEDSTATUSCODES",
)  # fmt: skip
AUTH = "250-AUTH PLAIN LOGIN CRAM-MD5"


def b64(octets: bytes) -> bytes:
    return base64.b64encode(octets)


def ehlo_reply(*words: str) -> bytes:
    lines = [*EHLO, "250-HELP", *words]
    lines[-1] = lines[-1].replace("-", " ", 1)
    return "".join(f"{line}\r\n" for line in lines).encode()


async def log_in(client, mechanism: str, password: bytes = b"open-sesame") -> bytes:
    if mechanism == "PLAIN":
        return await client.ask(b"AUTH PLAIN " + b64(b"\0alice\0" + password))
    if mechanism == "LOGIN":
        assert await client.ask(b"AUTH LOGIN") == b"334 VXNlcm5hbWU6\r\n"
        assert await client.ask(b64(b"alice")) == b"334 UGFzc3dvcmQ6\r\n"
        return await client.ask(b64(password))
    challenge = base64.b64decode((await client.ask(b"AUTH CRAM-MD5"))[4:])
    assert challenge.startswith(b"<")
    assert challenge.endswith(b"@lab.test>")
    digest = hmac.new(password, challenge, hashlib.md5).hexdigest()
    return await client.ask(b64(b"alice " + digest.encode()))


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
@pytest.mark.parametrize("base", BASES)
async def test_a_whole_session(labs, base: str, mechanism: str) -> None:
    lab = await labs.start("honest", base=base)
    client = await labs.dial(lab)
    if base == "implicit":
        await client.start_tls(trusting(lab.ca_pem))
    assert await client.reply() == b"220 lab.test ESMTP smtplab\r\n"
    if base == "starttls":
        assert await client.ask(b"EHLO c.test") == ehlo_reply("250-STARTTLS")
        assert await client.ask(b"STARTTLS") == b"220 2.0.0 Ready to start TLS\r\n"
        await client.start_tls(trusting(lab.ca_pem))
    assert await client.ask(b"EHLO c.test") == ehlo_reply(AUTH)
    assert await log_in(client, mechanism) == b"235 2.7.0 Authentication successful\r\n"
    assert await client.ask(b"MAIL FROM:<a@c.test> SIZE=30") == b"250 2.1.0 OK\r\n"
    assert await client.ask(b"RCPT TO:<b@lab.test>") == b"250 2.1.5 OK\r\n"
    assert await client.ask(b"DATA") == b"354 End data with <CR><LF>.<CR><LF>\r\n"
    client.send(b"Subject: hi\r\n\r\n..dot\r\n..\r\n.\r\n")
    assert await client.reply() == b"250 2.0.0 Message accepted\r\n"
    assert await client.ask(b"QUIT") == b"221 2.0.0 Bye\r\n"
    assert await client.ended() == "fin"
    mail = lab.inbox.one()
    assert mail.content == b"Subject: hi\r\n\r\n.dot\r\n.\r\n"
    assert (mail.sender, mail.recipients, mail.user) == ("a@c.test", ("b@lab.test",), "alice")
    assert mail.tls is (base != "plain")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
async def test_a_wrong_password_is_refused_and_can_be_mended(labs, mechanism: str) -> None:
    client = await labs.hello(await labs.start())
    refused = b"535 5.7.8 Authentication credentials invalid\r\n"
    assert await log_in(client, mechanism, b"wrong") == refused
    assert (await log_in(client, mechanism))[:3] == b"235"
    assert (await client.ask(b"AUTH PLAIN"))[:9] == b"503 5.5.1"


REFUSED = [
    # what the server is, what is asked in turn, the reply to the last
    ("plain", "", ["EHLO c", "STARTTLS"], "502 5.5.1 Command not implemented"),
    ("plain", "", ["STARTTLS"], "502 5.5.1 Command not implemented"),
    ("starttls", "server: {ehlo: [-STARTTLS]}", ["EHLO c", "STARTTLS"], "502 5.5.1"),
    ("starttls", "", ["STARTTLS now"], "501 5.5.4 STARTTLS has no argument"),
    ("implicit", "", ["EHLO c", "STARTTLS"], "503 5.5.1 This is TLS already"),
    ("starttls", "", ["EHLO c", "AUTH PLAIN"], "538 5.7.11 AUTH needs TLS"),
    ("plain", "", ["AUTH PLAIN"], "503 5.5.1 Send EHLO first"),
    ("plain", "", ["HELO c", "AUTH PLAIN"], "503 5.5.1 Send EHLO first"),
    ("plain", "server: {ehlo: [-AUTH]}", ["EHLO c", "AUTH PLAIN"], "502 5.5.1"),
    ("plain", "server: {auth: {mechs: [LOGIN]}}", ["EHLO c", "AUTH PLAIN"], "504 5.5.4"),
    ("plain", "server: {ehlo: ['-AUTH', '+AUTH GSSAPI']}", ["EHLO c", "AUTH GSSAPI"], "504 5.5.4"),
    ("plain", "server: {ehlo: ['+AUTH LOGIN']}", ["EHLO c", "AUTH PLAIN"], "504 5.5.4"),
    ("plain", "", ["EHLO c", "AUTH"], "501 5.5.4 AUTH mechanism [initial response]"),
    ("plain", "", ["EHLO c", "AUTH PLAIN a b"], "501 5.5.4 AUTH mechanism [initial response]"),
    ("plain", "", ["EHLO c", "AUTH PLAIN !!"], "501 5.5.2 This is no base64"),
    ("plain", "", ["EHLO c", "AUTH PLAIN eA=="], "501 5.5.2 PLAIN wants three parts"),
    ("plain", "", ["EHLO c", "AUTH PLAIN", "*"], "501 5.7.0 Authentication cancelled"),
    ("plain", "", ["EHLO c", "AUTH CRAM-MD5 eA=="], "501 5.7.0 CRAM-MD5 has no initial response"),
    ("plain", "", ["MAIL FROM:<a@b>"], "503 5.5.1"),
    ("plain", "", ["EHLO c", "RCPT TO:<a@b>"], "503 5.5.1"),
    ("plain", "", ["EHLO c", "DATA"], "503 5.5.1 Send MAIL first"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b>", "DATA"], "503 5.5.1 Send RCPT first"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b>", "MAIL FROM:<a@b>"], "503 5.5.1"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b> X=1"], "555 5.5.4"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b> SIZE=33554433"], "552 5.3.4"),
    ("plain", "", ["EHLO c", "MAIL FROM:<\u00e9@b>"], "553 5.6.7"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b>", "RCPT TO:<\u00e9@b>"], "553 5.6.7"),
    ("plain", "", ["EHLO c", "MAIL TO:<a@b>"], "501 5.5.4"),
    ("plain", "", ["EHLO c", "MAIL FROM:a@b"], "501 5.1.7"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b>x"], "501 5.5.4"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a b@c>"], "501 5.1.7"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b>", "RCPT TO:c@d"], "501 5.1.3"),
    ("plain", "", ["EHLO c", "MAIL FROM:<a@b>", "RCPT TO:<>"], "501 5.1.3"),
    ("plain", "", ["EHLO"], "501 Syntax: EHLO hostname"),
    ("plain", "", ["WHAT"], "500 5.5.1 Command not recognized"),
    ("plain", "", ["EXPN list"], "502 5.5.1 Command not implemented"),
    ("plain", "", ["QUIT now"], "501 5.5.4 QUIT has no argument"),
    ("plain", "server: {tls: {required: true}}", ["EHLO c", "MAIL FROM:<a@b>"], "530 5.7.0"),
    ("starttls", "server: {tls: {required: true}}", ["EHLO c", "AUTH PLAIN"], "530 5.7.0"),
    ("plain", "server: {auth: {required: true}}", ["EHLO c", "MAIL FROM:<a@b>"], "530 5.7.0"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "server", "commands", "reply"), REFUSED)
async def test_what_is_refused(labs, base: str, server: str, commands, reply: str) -> None:
    client = await labs.greeted(await labs.start(server or "tags: []", base=base))
    for command in commands[:-1]:
        await client.ask(command.encode())
    said = await client.ask(commands[-1].encode())
    assert said.decode().startswith(reply)
    assert (await client.ask(b"NOOP"))[:3] == b"250"


async def test_smtputf8_is_taken_when_it_was_asked_for(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.hello(lab)
    assert (await client.ask("MAIL FROM:<é@b> SMTPUTF8".encode()))[:3] == b"250"
    assert (await client.ask("RCPT TO:<ü@b>".encode()))[:3] == b"250"
    assert (await client.ask(b"DATA"))[:3] == b"354"
    client.send("Subject: ö\r\n".encode() + b"\xff\xfe\r\n.\r\n")
    assert (await client.reply())[:3] == b"250"
    mail = lab.inbox.one()
    assert (mail.sender, mail.recipients) == ("é@b", ("ü@b",))
    assert mail.content == "Subject: ö\r\n".encode() + b"\xff\xfe\r\n"


async def test_the_null_path_is_a_sender(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.hello(lab)
    assert (await client.ask(b"MAIL FROM:<>"))[:3] == b"250"
    assert (await client.ask(b"RCPT TO:<b@c>"))[:3] == b"250"
    await client.ask(b"DATA")
    assert (await client.ask(b"\r\n."))[:3] == b"250"
    assert lab.inbox.one().sender == ""


async def test_mail_knows_the_auth_parameter(labs) -> None:
    client = await labs.hello(await labs.start(base="plain"))
    assert (await client.ask(b"MAIL FROM:<a@b> AUTH=<> SIZE=1"))[:3] == b"250"


async def test_pipelined_commands_are_answered_in_order(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.hello(lab)
    client.send(
        b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:e@f\r\nDATA\r\n"
        b"one\r\n.\r\nNOOP\r\nQUIT\r\nNOOP\r\n"
    )
    assert await client.ended() == "fin"
    codes = [line[:3] for line in bytes(client.received).splitlines()]
    assert codes == [b"250", b"250", b"501", b"354", b"250", b"250", b"221"]
    assert lab.inbox.one().content == b"one\r\n"


async def test_rset_and_ehlo_end_a_transaction(labs) -> None:
    client = await labs.hello(await labs.start(base="plain"))
    for way in (b"RSET", b"EHLO again.test", b"HELO again.test"):
        assert (await client.ask(b"MAIL FROM:<a@b>"))[:3] == b"250"
        assert (await client.ask(way))[:3] == b"250"
        assert (await client.ask(b"RCPT TO:<a@b>"))[:3] == b"503"


async def test_everything_before_tls_is_forgotten(labs) -> None:
    lab = await labs.start(base="starttls")
    client = await labs.greeted(lab)
    await client.ask(b"EHLO c.test")
    await client.ask(b"MAIL FROM:<a@b>")
    await client.ask(b"STARTTLS")
    await client.start_tls(trusting(lab.ca_pem))
    assert (await client.ask(b"MAIL FROM:<a@b>"))[:3] == b"503"
    assert (await client.ask(b"EHLO c.test"))[:3] == b"250"
    assert (await client.ask(b"RCPT TO:<a@b>"))[:3] == b"503"


async def test_too_many_recipients_are_refused_for_now(labs) -> None:
    client = await labs.hello(await labs.start(base="plain"))
    await client.ask(b"MAIL FROM:<a@b>")
    client.send(b"RCPT TO:<a@b>\r\n" * 1001)
    replies = [await client.reply() for _ in range(1001)]
    assert {reply[:3] for reply in replies[:1000]} == {b"250"}
    assert replies[-1] == b"452 4.5.3 Too many recipients\r\n"


async def test_a_message_beyond_the_limit_is_refused_and_the_session_goes_on(labs) -> None:
    lab = await labs.start("server: {size: 1000}", base="plain")
    client = await labs.hello(lab)
    await client.ask(b"MAIL FROM:<a@b>")
    await client.ask(b"RCPT TO:<c@d>")
    await client.ask(b"DATA")
    client.send(b"x" * 70 + b"\r\n" + b"y" * 3_000_000 + b"\r\n.\r\n")
    assert await client.reply() == b"552 5.3.4 The message is too large\r\n"
    assert (await client.ask(b"MAIL FROM:<a@b>"))[:3] == b"250"
    assert len(lab.inbox) == 0


async def test_after_a_5xx_greeting_there_is_only_quit(labs) -> None:
    lab = await labs.start("rules: [{at: greeting, do: [{reply: 554 no}]}]", base="plain")
    client = await labs.dial(lab)
    assert await client.reply() == b"554 no\r\n"
    assert (await client.ask(b"EHLO c"))[:3] == b"503"
    assert (await client.ask(b"QUIT"))[:3] == b"221"
    assert await client.ended() == "fin"


async def test_edits_of_the_offer(labs) -> None:
    edits = "server: {ehlo: [-SIZE, '+SIZE 5', '-8bitmime', +X-NEW], ehlo_tls: ['ONE', 'TWO 2']}"
    lab = await labs.start(edits, base="starttls")
    client = await labs.greeted(lab)
    reply = await client.ask(b"EHLO c")
    assert b"250-SIZE 5\r\n250 X-NEW\r\n" in reply
    assert b"8BITMIME" not in reply
    await client.ask(b"STARTTLS")
    await client.start_tls(trusting(lab.ca_pem))
    assert await client.ask(b"EHLO c") == b"250-lab.test\r\n250-ONE\r\n250 TWO 2\r\n"
    assert (await client.ask(b"AUTH PLAIN"))[:3] == b"502"


async def test_the_first_line_of_the_reply_to_ehlo(labs) -> None:
    lab = await labs.start("server: {hello: 'mail Hello [127.0.0.1]', ehlo: [Ok]}", base="plain")
    client = await labs.greeted(lab)
    assert await client.ask(b"EHLO c") == b"250-mail Hello [127.0.0.1]\r\n250 Ok\r\n"
