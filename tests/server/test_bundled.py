"""The bundled scenarios as a client on the wire sees them: octets, order, segments, the end."""

import asyncio
import ssl

import pytest

from smtplab.server.events import FaultFired
from tests.server.raw_client import trusting

BASES = ("plain", "starttls", "implicit")
ENVELOPE = (b"MAIL FROM:<a@c.test>", b"RCPT TO:<b@lab.test>")


@pytest.mark.parametrize("base", BASES)
async def test_wrong_code(labs, base: str) -> None:
    client = await labs.hello(await labs.start("data/wrong-code", base=base))
    for command in ENVELOPE:
        assert (await client.ask(command))[:3] == b"250"
    assert await client.ask(b"DATA") == b"250 2.0.0 OK\r\n"
    assert (await client.ask(b"Subject: hi"))[:3] == b"500"
    assert (await client.ask(b"QUIT"))[:3] == b"221"


@pytest.mark.parametrize("base", BASES)
async def test_lost_after_dot(labs, base: str) -> None:
    lab = await labs.start("data/lost-after-dot", base=base)
    client = await labs.hello(lab)
    for command in (*ENVELOPE, b"DATA"):
        await client.ask(command)
    client.send(b"one\r\n.\r\n")
    assert await client.ended() == "rst"
    assert client.received == b""
    assert lab.inbox.one().content == b"one\r\n"
    again = await labs.hello(lab)
    for command in (*ENVELOPE, b"DATA"):
        await again.ask(command)
    assert await again.ask(b"two\r\n.") == b"250 2.0.0 Message accepted\r\n"
    assert [mail.session for mail in lab.inbox] == [1, 2]


@pytest.mark.parametrize("base", BASES)
async def test_rcpt_451(labs, base: str) -> None:
    client = await labs.hello(await labs.start("envelope/rcpt-451", base=base))
    await client.ask(ENVELOPE[0])
    expected = b"451 4.3.0 Requested action aborted, local error in processing\r\n"
    assert await client.ask(ENVELOPE[1]) == expected
    assert (await client.ask(b"DATA"))[:3] == b"503"


@pytest.mark.parametrize("base", BASES)
async def test_greylisting(labs, base: str) -> None:
    lab = await labs.start("envelope/greylisting", base=base, time_scale=0.01)
    client = await labs.hello(lab)
    await client.ask(ENVELOPE[0])
    expected = b"451 4.7.1 Greylisted, please try again in 5 seconds\r\n"
    assert await client.ask(ENVELOPE[1]) == expected
    reply = expected
    async with asyncio.timeout(10):
        while reply == expected:
            reply = await client.ask(ENVELOPE[1])
    assert reply == b"250 2.1.5 OK\r\n"
    assert await client.ask(b"RCPT TO:<other@lab.test>") == expected


@pytest.mark.parametrize("base", BASES)
async def test_421_at_mail(labs, base: str) -> None:
    client = await labs.hello(await labs.start("connection/421-at-mail", base=base))
    expected = b"421 4.3.2 lab.test is closing the connection\r\n"
    assert await client.ask(ENVELOPE[0]) == expected
    assert await client.ended() == "fin"


@pytest.mark.parametrize("base", BASES)
async def test_split(labs, base: str) -> None:
    lab = await labs.start("replies/split", base=base)
    client = await labs.hello(lab)
    for command in (*ENVELOPE, b"DATA"):
        client.segments.clear()
        reply = await client.ask(command)
        assert client.segments == [bytes([octet]) for octet in reply]
    assert (await client.ask(b"x\r\n."))[:3] == b"250"
    assert len(lab.inbox) == 1


CERTIFICATES = [
    ("certificates/expired", "localhost", "certificate has expired", "expired"),
    ("certificates/self-signed", "localhost", "self-signed certificate", "unknown ca"),
    ("certificates/wrong-host", "localhost", "certificate is not valid for 'localhost'", "bad"),
]


@pytest.mark.parametrize("base", ["starttls", "implicit"])
@pytest.mark.parametrize(("name", "host", "complaint", "alert"), CERTIFICATES)
async def test_certificates(
    labs, base: str, name: str, host: str, complaint: str, alert: str
) -> None:
    lab = await labs.start(name, base=base)
    client = await (labs.dial(lab) if base == "implicit" else labs.greeted(lab))
    if base == "starttls":
        await client.ask(b"EHLO c.test")
        assert await client.ask(b"STARTTLS") == b"220 2.0.0 Ready to start TLS\r\n"
    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        await client.start_tls(trusting(lab.ca_pem), host)
    assert complaint.replace("-", " ") in caught.value.verify_message.replace("-", " ")
    assert await client.ended() == "fin"
    client.close()
    assert (await labs.closed(lab)).startswith("TLS failed: ")
    assert alert in await labs.closed(lab)


async def test_certificates_are_not_shown_on_a_plain_base(labs) -> None:
    client = await labs.hello(await labs.start("certificates/expired", base="plain"))
    assert (await client.ask(b"STARTTLS"))[:3] == b"502"


async def test_stripped(labs) -> None:
    client = await labs.greeted(await labs.start("starttls/stripped"))
    reply = await client.ask(b"EHLO c.test")
    assert b"STARTTLS" not in reply
    assert reply.endswith(b"\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n")
    assert (await client.ask(b"STARTTLS"))[:3] == b"502"
    assert (await client.ask(b"AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l"))[:3] == b"235"


async def test_injection(labs) -> None:
    lab = await labs.start("starttls/injection")
    client = await labs.greeted(lab)
    await client.ask(b"EHLO c.test")
    client.segments.clear()
    client.send(b"STARTTLS\r\n")
    expected = b"220 2.0.0 Ready to start TLS\r\n250 2.0.0 Injected by somebody on the way\r\n"
    assert await client.octets(len(expected)) == expected
    assert client.segments == [expected]
    await client.start_tls(trusting(lab.ca_pem))
    assert (await client.ask(b"EHLO c.test"))[:3] == b"250"
    assert (await client.ask(b"MAIL FROM:<a@b>"))[:3] == b"250"
    assert [e.stage for e in labs.events if isinstance(e, FaultFired)] == ["starttls"]
