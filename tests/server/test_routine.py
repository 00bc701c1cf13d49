"""What is answered by heart: the same as without, in replies, tape, log, events and inbox."""

import pytest

from smtplab.server.inbox import Inbox

MAIL, RCPT, DATA = b"MAIL FROM:<a@lab.test>\r\n", b"RCPT TO:<b@lab.test>\r\n", b"DATA\r\n"
TEXT = b"Subject: x\r\n\r\n1.5 is a number\r\n.\r\n"
ONE = [MAIL, RCPT, DATA, TEXT]

PLAYS = {
    "a message": ONE,
    "several recipients": [MAIL, RCPT, b"rcpt to:<C@lab.test>\r\n", RCPT, DATA, TEXT],
    "out of place": [
        RCPT, DATA, MAIL, MAIL, DATA, RCPT, MAIL, DATA, TEXT, DATA, RCPT, b"RSET\r\n", *ONE,
    ],
    "before EHLO again": [MAIL, b"EHLO again.test\r\n", RCPT, *ONE, b"HELO h\r\n", *ONE],
    "parameters": [
        MAIL, b"RSET\r\n", b"MAIL FROM:<a@lab.test> SIZE=5 RET=HDRS\r\n",
        b"RCPT TO:<b@lab.test> NOTIFY=NEVER\r\n", RCPT, DATA, TEXT, *ONE,
    ],
    "a space behind the colon": [b"MAIL FROM: <a@lab.test>\r\n", RCPT, DATA, TEXT],
    "addresses that are none": [b"MAIL FROM:<a@-x>\r\n", MAIL, b"RCPT TO:<b@x..y>\r\n", RCPT],
    "addresses of all forms": [
        block
        for address in (
            b"a-b.c_d+e@x", b"-@1.2", b"a..b@x", b".a@x", b"a.@x", b"a@x-y.z--w", b"a@x-",
            b"a@-x.y", b"a@x_y", b"a@x.", b"a@[127.0.0.1]", b'"a b"@x', b"a", b"a@b@c",
            b"@x:a@b", b"a%b@c", b"A@LAB.TEST", b"a" * 100 + b"@x", b"a@" + b"x" * 237,
            b"a@" + b"x" * 238, b"", b"a@" + b"x" * 260, b"open-sesame@lab.test", b"a\0@x",
        )
        for block in (b"MAIL FROM:<%b>\r\n" % address, b"rcpt to:<%b>\r\n" % address, b"RSET\r\n")
    ],
    "the null path": [b"MAIL FROM:<>\r\n", b"RCPT TO:<postmaster>\r\n", DATA, TEXT],
    "SMTPUTF8": [
        b"MAIL FROM:<\xc3\xbc@lab.test> SMTPUTF8\r\n", b"RCPT TO:<\xc3\xbc@lab.test>\r\n", RCPT,
        b"RSET\r\n", MAIL, b"RCPT TO:<\xc3\xbc@lab.test>\r\n", *ONE[1:],
    ],
    "line ends": [MAIL[:-2] + b"\n", RCPT, DATA, TEXT],
    "odd messages": [
        *ONE[:3], b".\r\n", *ONE[:3], b"..x\r\n.\r\n", *ONE[:3], b"x\r\n..\r\n.\r\n",
        *ONE[:3], b"x\ny\r\n.\r\n", *ONE[:3], b"x\ry\r\n.\r\n", *ONE[:3], b"\0\r\n.\r\n",
        *ONE[:3], b"\r\n.\r\n", *ONE[:3], b"\xff\r\n\r\n.\r\n",
    ],
    "a message and what is behind it": [*ONE[:3], TEXT + MAIL + RCPT, DATA, TEXT],
    "too large": [*ONE[:3], b"x" * 1001 + b"\r\n.\r\n", *ONE[:3], b"x" * 998 + b"\r\n.\r\n"],
    "BDAT": [MAIL, RCPT, b"BDAT 3\r\nabc", DATA, b"BDAT 3 LAST\r\nabc", *ONE],
    "a login": [MAIL, b"RSET\r\n", b"AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l\r\n", *ONE],
}  # fmt: skip

SERVER = "server: {size: 1000}"
NEVER = "\nrules: [{at: help, do: [{reply: 214 No}]}]"
"""A scenario with rules has no routine."""


async def played(labs, said: list[bytes], rest: str = "", server: str = SERVER) -> list[object]:
    """What is known of two sessions that say the same."""
    lab = await labs.start(server + rest, base="plain")
    labs.events.clear()
    heard = []
    for number in (1, 2):
        client = await labs.greeted(lab)
        await client.ask(b"EHLO client.test")
        for _ in range(3):
            for block in said:
                client.send(block)
                replies = 3 if block.endswith(MAIL + RCPT) else 1
                heard += [await client.reply() for _ in range(replies)]
        await client.ask(b"QUIT")
        await client.ended()
        client.close()
        await labs.closed(lab, number)
    pieces = [[(p.side, p.layer, p.data) for p in log.tape.pieces] for log in lab.sessions]
    logs = [(log.commands, log.replies, log.notes, log.user, log.closed) for log in lab.sessions]
    return [heard, pieces, logs, list(lab.inbox), list(labs.events)]


@pytest.mark.parametrize("name", PLAYS)
async def test_the_same_as_without(labs, name: str) -> None:
    assert await played(labs, PLAYS[name]) == await played(labs, PLAYS[name], NEVER)


@pytest.mark.parametrize(
    "server",
    ["server: {auth: {required: true}}", "server: {protocol: lmtp}", "server: {end_of_data: any}",
     "server: {tls: {mode: starttls, required: true}}"],
)  # fmt: skip
async def test_the_same_with_other_servers(labs, server: str) -> None:
    said = [MAIL, RCPT, b"RSET\r\n"]
    assert await played(labs, said, server=server) == await played(labs, said, NEVER, server)


async def test_a_full_inbox_says_so(labs) -> None:
    lab = await labs.start(base="plain", inbox=Inbox(3000))
    client = await labs.hello(lab)
    codes = []
    for _ in range(4):
        for block in ONE:
            client.send(block)
            reply = await client.reply()
        codes.append(reply[:3])
    assert codes == [b"250", b"250", b"452", b"452"]
    assert len(lab.inbox) == 2


async def test_what_is_kept_in_mind(labs, monkeypatch) -> None:
    monkeypatch.setattr("smtplab.server.routine.MOST_LINES", 4)
    lab = await labs.start(base="plain")
    lines = lab._shared.routines.lines
    client = await labs.hello(lab)
    for _ in range(2):
        for block in (*ONE, b"MAIL FROM:<a@lab.test> SIZE=5\r\n", b"RSET\r\n", b"NOOP\r\n"):
            client.send(block)
            await client.reply()
    assert list(lines) == ONE[:3]
    for number in range(8):
        assert (await client.ask(b"MAIL FROM:<%d@lab.test>" % number))[:3] == b"250"
        assert len(lines) <= 4
        await client.ask(b"RSET")


async def test_inside_tls_there_is_no_routine(labs) -> None:
    lab = await labs.start(base="starttls")
    client = await labs.hello(lab)
    for _ in range(3):
        await client.ask(MAIL[:-2])
        await client.ask(b"RSET")
    assert not lab._shared.routines.lines


async def test_a_routine_ends_with_too_many_commands(labs, monkeypatch) -> None:
    monkeypatch.setattr("smtplab.server.session.MOST_COMMANDS", 9)
    lab = await labs.start(base="plain")
    client = await labs.hello(lab)
    codes = []
    for block in (ONE * 3)[:11]:
        client.send(block)
        codes.append((await client.reply())[:3])
    assert codes == [b"250", b"250", b"354", b"250"] * 2 + [b"250", b"250", b"421"]
    assert await client.ended() == "fin"
