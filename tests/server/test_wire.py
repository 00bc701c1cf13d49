"""The wire: the traps of owning a connection, and clients that mean no good."""

import asyncio
import socket
import ssl

import pytest

from smtplab.server.intake import LONGEST_LINE
from smtplab.server.tape import Layer, Side
from smtplab.server.wire import HIGH
from tests.server.raw_client import trusting


async def test_a_client_hello_right_behind_the_220_is_not_lost(labs) -> None:
    """It may be here before what stood behind STARTTLS is thrown away."""
    lab = await labs.start(
        'rules: [{at: starttls, do: [{send: "220 go\\r\\n"}, {read: 100}, {tls: good}]}]'
    )
    client = await labs.greeted(lab)
    client.send(b"STARTTLS\r\n")
    await client.reply()
    await client.start_tls(trusting(lab.ca_pem))
    assert (await client.ask(b"EHLO c"))[:3] == b"250"
    tape = lab.sessions[0].tape
    assert tape.at(Side.CLIENT, Layer.PLAIN) == b"STARTTLS\r\n"
    assert tape.at(Side.CLIENT, Layer.CIPHER)[:2] == b"\x16\x03"
    assert tape.at(Side.CLIENT, Layer.TLS) == b"EHLO c\r\n"


async def test_a_client_hello_along_with_starttls_is_taken(labs) -> None:
    lab = await labs.start()
    client = await labs.greeted(lab)
    hello = client.client_hello(trusting(lab.ca_pem))
    client.send_raw(b"STARTTLS\r\n" + hello)
    # The 220 came into the buffer of TLS, where it does not belong.
    await client._wait(lambda: b"\r\n" in client.ciphertext)
    assert bytes(client.ciphertext).startswith(b"220 2.0.0 Ready to start TLS\r\n\x16\x03")


async def test_commands_behind_starttls_are_dropped(labs) -> None:
    lab = await labs.start()
    client = await labs.greeted(lab)
    assert await client.ask(b"STARTTLS\r\nRSET\r\nMAIL FROM:<evil@x>") == (
        b"220 2.0.0 Ready to start TLS\r\n"
    )
    await client.start_tls(trusting(lab.ca_pem))
    assert (await client.ask(b"NOOP"))[:3] == b"250"
    assert client.received == b""
    assert lab.sessions[0].notes == ["26 octets behind STARTTLS were dropped"]
    assert [command.shown for command in lab.sessions[0].commands] == ["STARTTLS", "NOOP"]


async def test_unread_input_does_not_make_a_fin_a_rst(labs) -> None:
    lab = await labs.start("rules: [{at: noop, do: [{reply: 250 last}, {close: fin}]}]")
    client = await labs.greeted(lab)
    client.send(b"NOOP\r\n" + b"RSET\r\n" * 100_000)
    assert await client.ended() == "fin"
    assert client.received == b"250 last\r\n"


async def test_a_client_that_resets_does_no_harm(labs) -> None:
    lab = await labs.start("rules: [{at: noop, do: [{wait: 20s}, {pass: loud}, {close: fin}]}]")
    for number in range(1, 4):
        client = await labs.greeted(lab)
        client.send(b"NOOP\r\n")
        client.reset()
        assert await labs.closed(lab, number) in ("the connection broke", "closed, fin")
    assert (await (await labs.greeted(lab)).ask(b"RSET"))[:3] == b"250"


async def test_a_client_that_closes_only_its_half_gets_its_answers(labs) -> None:
    lab = await labs.start("rules: [{at: noop, do: [{wait: 20s}, {fill: 1000000}]}]")
    client = await labs.greeted(lab)
    client.send(b"NOOP\r\nRSET\r\n")
    client.half_close()
    assert await client.ended() == "fin"
    assert len(client.received) == 1_000_000 + len(b"250 2.0.0 OK\r\n")
    assert await labs.closed(lab) == "the client closed"


@pytest.mark.parametrize("base", ["starttls", "implicit"])
async def test_a_close_notify_is_answered(labs, base: str) -> None:
    lab = await labs.start(base=base)
    client = await labs.hello(lab)
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    client.send_raw(client._out.read())
    assert await client.ended() == "fin"
    assert client._notified
    assert await labs.closed(lab) == "the client closed"


MANY = 1000


def make_room(files: int) -> None:
    """Lets this process have so many open, or skips where nobody may."""
    try:
        import resource
    except ImportError:
        return  # Windows counts sockets in another way
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < files:
        if hard != resource.RLIM_INFINITY and hard < files:
            pytest.skip(f"no more than {hard} files may be open")
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


async def test_a_thousand_connections_at_once_are_accepted(labs) -> None:
    make_room(2 * MANY + 200)
    lab = await labs.start("rules: [{at: greeting, do: [{send: hi}, {close: fin}]}]")
    sockets = []
    try:
        for _ in range(MANY):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex((lab.host, lab.port))
            sockets.append(sock)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(20):
            for sock in sockets:
                assert await loop.sock_recv(sock, 10) == b"hi"
    finally:
        for sock in sockets:
            sock.close()


# Clients that mean no good: memory stays bounded, a note tells, the lab lives.


def kept(lab) -> int:
    """Octets in the buffers of all connections that are there."""
    return max((len(wire._intake) for wire in lab.wires), default=0)


async def lives(labs, lab) -> bool:
    client = await labs.greeted(lab)
    return (await client.ask(b"NOOP"))[:3] == b"250"


async def test_a_line_without_an_end(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.greeted(lab)
    client.send(b"x" * (LONGEST_LINE + 100_000))
    assert await labs.closed(lab) == "the client sent a line without an end"
    assert await lives(labs, lab)


async def test_a_line_that_is_too_long_is_refused_whole(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.greeted(lab)
    assert await client.ask(b"NOOP " + b"x" * 3000) == b"500 5.5.2 The line is too long\r\n"
    assert await client.ask(b"NOOP " + b"x" * 300_000) == b"500 5.5.2 The line is too long\r\n"
    assert (await client.ask(b"NOOP"))[:3] == b"250"
    assert max(len(command.line) for command in lab.sessions[0].commands) < 20_000


async def test_commands_without_end_are_cut_off(labs, monkeypatch) -> None:
    monkeypatch.setattr("smtplab.server.session.MOST_COMMANDS", 50)
    lab = await labs.start(base="plain")
    client = await labs.greeted(lab)
    client.send(b"NOOP\r\n" * 60)
    assert await client.ended() == "fin"
    assert bytes(client.received).count(b"250 2.0.0 OK\r\n") == 50
    assert client.received.endswith(b"421 4.7.0 Too many commands\r\n")
    assert lab.sessions[0].notes == ["more than 50 commands in one connection"]


async def test_a_login_without_end_is_cut_off(labs, monkeypatch) -> None:
    monkeypatch.setattr("smtplab.server.session.MOST_COMMANDS", 50)
    rules = "rules: [{at: auth, do: [{reply: 334 eA==}]}, {at: auth-step, do: [{reply: 334 eA==}]}]"
    lab = await labs.start(rules, base="plain")
    client = await labs.hello(lab)
    client.send(b"AUTH LOGIN\r\n" + b"eA==\r\n" * 60)
    assert await client.ended() == "fin"
    assert client.received.endswith(b"421 4.7.0 Too many commands\r\n")
    client.close()
    assert await labs.closed(lab) == "too many commands"
    assert await lives(labs, lab)


async def test_a_client_that_never_reads_is_held_up(labs) -> None:
    lab = await labs.start("rules: [{at: noop, do: [{fill: 100000000}]}]", base="plain")
    client = await labs.greeted(lab)
    client.pause()
    client.send(b"NOOP\r\n" + b"RSET\r\n" * 2_000_000)
    async with asyncio.timeout(10):
        while not lab.wires[0]._held_up:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert len(lab.wires[0]._intake) < HIGH + 1_000_000


async def test_a_client_that_reads_late_gets_all_answers_in_order(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.greeted(lab)
    client.pause()
    (wire,) = lab.wires
    sock = wire._transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    wire._transport.set_write_buffer_limits(4096)
    client.send(b"EHLO c\r\nHELP\r\n" * 4900 + b"QUIT\r\n")
    async with asyncio.timeout(10):
        while wire.writable:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    client.resume()
    assert await client.ended() == "fin"
    codes = [line[:4] for line in bytes(client.received).splitlines() if line[3:4] == b" "]
    assert codes == [b"250 ", b"214 "] * 4900 + [b"221 "]


@pytest.mark.parametrize("base", ["starttls", "implicit"])
@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.1\r\n\r\n", b"EHLO in.the.clear\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 300,
     b"\x16\x03\x01\x02\x00" + b"\xff" * 512, b"\x80\x2e\x01\x00\x02" + b"\0" * 50],
    ids=["http", "smtp", "too long a record", "no hello", "SSLv2"],
)  # fmt: skip
async def test_garbage_in_place_of_tls(labs, base: str, garbage: bytes) -> None:
    lab = await labs.start(base=base)
    client = await labs.dial(lab)
    if base == "starttls":
        await client.reply()
        await client.ask(b"STARTTLS")
    client.send_raw(garbage + b"\0" * 3_000_000)
    assert await client.ended() == "fin"
    client.close()
    assert (await labs.closed(lab)).startswith("TLS failed: ")
    assert "tls-failed" in [event.kind for event in labs.events]
    assert lab.sessions[0].tape.clear_text(Side.SERVER) in (
        b"", b"220 lab.test ESMTP smtplab\r\n220 2.0.0 Ready to start TLS\r\n",
    )  # fmt: skip
    cipher = lab.sessions[0].tape.at(Side.CLIENT, Layer.CIPHER)
    assert len(cipher) < 1_000_000


async def test_a_client_that_leaves_within_the_handshake(labs) -> None:
    lab = await labs.start(base="implicit")
    client = await labs.dial(lab)
    client.send_raw(client.client_hello(trusting(lab.ca_pem)))
    await client._wait(lambda: bool(client.ciphertext))
    client.half_close()
    assert await client.ended() == "fin"
    assert await labs.closed(lab) == "TLS failed: unexpected eof while reading"


NUL = b"NO\0OP"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (NUL, b"500 5.5.1"),
        (b"NOOP \0", b"500 5.5.2"),
        (b"NOOP a\rRSET", b"500 5.5.2"),
        (b"EHLO \x1b[2J", b"500 5.5.2"),
        (b"NOOP \xff\xfe", b"500 5.5.2 The line is not UTF-8"),
        (b"\xff\xfe", b"500 5.5.2 The line is not UTF-8"),
        (b"", b"500 5.5.1"),
        (b" NOOP", b"500 5.5.1"),
        (b"MAIL FROM:<a\0b@c>", b"500 5.5.2"),
    ],
)
async def test_odd_octets_in_a_command(labs, line: bytes, reply: bytes) -> None:
    client = await labs.hello(await labs.start(base="plain"))
    assert (await client.ask(line)).startswith(reply)
    assert (await client.ask(b"NOOP"))[:3] == b"250"


async def test_a_bare_lf_ends_a_command_and_is_noted(labs) -> None:
    lab = await labs.start(base="plain")
    client = await labs.greeted(lab)
    client.send(b"NOOP\nNOOP\n")
    assert (await client.reply())[:3] == b"250"
    assert (await client.reply())[:3] == b"250"
    assert lab.sessions[0].notes == ["a command line ended with LF alone, not with CR LF"]


async def test_ten_megabytes_without_a_line_end_in_a_message(labs) -> None:
    lab = await labs.start("server: {size: 100000}", base="plain")
    client = await labs.hello(lab)
    for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA"):
        await client.ask(command)
    client.send(b"x" * 10_000_000)
    client.send(b"\r\n.\r\n")
    assert (await client.reply())[:3] == b"552"
    assert (await client.ask(b"NOOP"))[:3] == b"250"
