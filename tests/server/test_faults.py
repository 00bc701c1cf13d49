"""Each action of a rule, as a client sees it: octets, order, segments, and the end."""

import pytest

from smtplab.server.events import FaultFired, Noted, ReplySaid
from tests.server.raw_client import trusting

BASES = ("plain", "starttls", "implicit")


def at_noop(*actions: str) -> str:
    """The rest of a file with one rule, at NOOP."""
    lines = "".join(f"      - {action}\n" for action in actions)
    return f"rules:\n  - at: noop\n    do:\n{lines}"


SAID = [
    (["reply: 250 fine"], b"250 fine\r\n"),
    (['reply: "250-two\\n250 lines\\n"'], b"250-two\r\n250 lines\r\n"),
    (["reply: [250-two, 250 lines]"], b"250-two\r\n250 lines\r\n"),
    (['send: "250 ok\\n"', "pass: silent"], b"250 ok\n"),
    (['send: "25"', 'send: "0 \\xFF\\0\\r\\n"'], b"250 \xff\0\r\n"),
    (['send: "250 \u20ac\\r\\n"'], "250 \u20ac\r\n".encode()),
    (["pass: loud"], b"250 2.0.0 OK\r\n"),
    (["pass: loud", "pass: loud"], b"250 2.0.0 OK\r\n" * 2),
    (["fill: 5", 'send: "\\r\\n"'], b"01234\r\n"),
    (["fill: 70000", 'send: "\\r\\n"'], b"0123456789abcdef" * 4375 + b"\r\n"),
    (["wait: 5s", "pass: loud"], b"250 2.0.0 OK\r\n"),
    (["note: just so", "pass: loud"], b"250 2.0.0 OK\r\n"),
    (["shape: bare-lf", "reply: [250-a, 250 b]"], b"250-a\n250 b\n"),
    (["shape: bare-cr", "reply: [250-a, 250 b]"], b"250-a\r250 b\r"),
    (["shape: bytes", "reply: 250 a"], b"250 a\r\n"),
    (["shape: drip", "pass: loud"], b"250 2.0.0 OK\r\n"),
    (["shape: [1, 4]", "reply: 250 a"], b"250 a\r\n"),
]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("actions", "octets"), SAID)
async def test_what_is_said(labs, base: str, actions: list[str], octets: bytes) -> None:
    client = await labs.hello(await labs.start(at_noop(*actions), base=base))
    client.send(b"NOOP\r\n")
    assert await client.octets(len(octets)) == octets
    assert (await client.ask(b"RSET"))[:3] == b"250"


SEGMENTS = [
    ("bytes", [b"2", b"5", b"0", b" ", b"a", b"\r", b"\n"]),
    ("drip", [b"2", b"5", b"0", b" ", b"a", b"\r", b"\n"]),
    ("whole", [b"250 a\r\n"]),
    ("[4, 1]", [b"2", b"50 ", b"a\r\n"]),
    ("[6]", [b"250 a\r", b"\n"]),
    ("[0, 7, 100]", [b"250 a\r\n"]),
]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("shape", "segments"), SEGMENTS)
async def test_how_it_is_cut(labs, base: str, shape: str, segments: list[bytes]) -> None:
    lab = await labs.start(at_noop(f"shape: {shape}", "reply: 250 a"), base=base)
    client = await labs.hello(lab)
    client.segments.clear()
    await client.ask(b"NOOP")
    assert client.segments == segments


async def test_wait_lets_others_go_first(labs) -> None:
    rules = "rules: [{at: noop, when: {conn: 1}, do: [{wait: 300ms}, {pass: loud}]}]"
    lab = await labs.start(rules, base="plain", time_scale=1.0)
    first, second = await labs.hello(lab), await labs.hello(lab)
    first.send(b"NOOP\r\n")
    for _ in range(3):
        assert (await second.ask(b"NOOP"))[:3] == b"250"
    assert first.received == b""
    assert (await first.reply())[:3] == b"250"


async def test_read_waits_for_what_the_client_sends(labs) -> None:
    lab = await labs.start(at_noop("read: 8", "reply: 250 seen"), base="plain")
    client = await labs.hello(lab)
    client.send(b"NOOP\r\nRSE")
    client.send(b"T\r\n")
    assert (await client.ask(b"X"))[:8] == b"250 seen"
    assert (await client.reply())[:3] == b"250"
    assert (await client.reply())[:3] == b"500"


async def test_read_ends_with_the_client(labs) -> None:
    lab = await labs.start(at_noop("read: 8"), base="plain")
    client = await labs.hello(lab)
    client.send(b"NOOP\r\nRSE")
    client.half_close()
    assert await client.ended() == "fin"
    assert await labs.closed(lab) == "the client closed"


ENDINGS = [
    ("fin", "plain", "fin"),
    ("fin", "starttls", "fin"),
    ("fin", "implicit", "fin"),
    ("half", "plain", "fin"),
    ("half", "implicit", "fin"),
    ("rst", "plain", "rst"),
    ("rst", "starttls", "rst"),
    ("rst", "implicit", "rst"),
    ("cut", "plain", "fin"),
    ("cut", "starttls", "cut"),
    ("cut", "implicit", "cut"),
]


@pytest.mark.parametrize(("way", "base", "ending"), ENDINGS)
async def test_how_it_ends(labs, way: str, base: str, ending: str) -> None:
    lab = await labs.start(at_noop("reply: 250 last", f"close: {way}"), base=base)
    client = await labs.hello(lab)
    client.send(b"NOOP\r\n")
    assert await client.ended() == ending
    if way != "rst":  # which may overtake the reply
        assert bytes(client.received) == b"250 last\r\n"
    client.close()
    assert await labs.closed(lab) == f"closed, {way}"


async def test_half_still_reads(labs) -> None:
    lab = await labs.start(at_noop("close: half"), base="plain", time_scale=1.0)
    client = await labs.hello(lab)
    client.send(b"NOOP\r\n")
    assert await client.ended() == "fin"
    client.send(b"still here\r\n")
    client.half_close()
    await labs.closed(lab)
    assert lab.sessions[0].tape.pieces[-1].data.endswith(b"still here\r\n")


async def test_quiet_reads_and_says_nothing(labs) -> None:
    lab = await labs.start(at_noop("hang: quiet"), base="plain", time_scale=1.0)
    client = await labs.hello(lab)
    client.send(b"NOOP\r\nRSET\r\n")
    client.half_close()
    assert await labs.closed(lab) == "hung, quiet"
    assert client.received == b""


async def test_deaf_does_not_read_either(labs) -> None:
    lab = await labs.start(at_noop("hang: deaf"), base="plain", time_scale=0.0001)
    client = await labs.hello(lab)
    client.send(b"NOOP\r\n" + b"x" * 20_000_000)
    assert await labs.closed(lab) == "hung, deaf"
    assert sum(len(piece.data) for piece in lab.sessions[0].tape.pieces) < 2_000_000


async def test_tls_shakes_hands_at_any_stage(labs) -> None:
    lab = await labs.start(at_noop('send: "250 now\\r\\n"', "tls: good"), base="plain")
    client = await labs.hello(lab)
    assert await client.ask(b"NOOP") == b"250 now\r\n"
    await client.start_tls(trusting(lab.ca_pem))
    assert (await client.ask(b"EHLO c"))[:3] == b"250"
    assert lab.sessions[0].tls is not None


# What was said moves the state on.

FOLLOWED = [
    # a rule, commands, the codes of the replies
    ("{at: mail, do: [{reply: 250 ok}]}", ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"], "250 250"),
    ("{at: mail, do: [{reply: 451 no}]}", ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"], "451 503"),
    ('{at: mail, do: [{send: "250 ok\\n"}]}', ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"], "250 250"),
    ('{at: mail, do: [{send: "250-x\\r\\n"}, {send: "250 "}, {send: "y\\r\\n"}]}',
     ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"], "250 250"),
    ('{at: mail, do: [{send: "451 no\\r\\n"}]}', ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"], "451 503"),
    ("{at: mail, do: [{pass: silent}, {reply: 550 no}]}",
     ["MAIL FROM:<a@b>", "RCPT TO:<c@d>"], "550 250"),
    ("{at: mail, do: [{reply: 250 ok}]}", ["MAIL FROM:<a@b> X=1", "RCPT TO:<c@d>"], "250 250"),
    ("{at: rcpt, do: [{reply: 250 ok}]}",
     ["MAIL FROM:<a@b>", "RCPT TO:<c@d> X=1", "DATA"], "250 250 354"),
    ('{at: data, do: [{send: "354 go\\r\\n"}]}',
     ["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA", "x\r\n."], "250 250 354 250"),
    ("{at: data, do: [{reply: 250 done}]}",
     ["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "DATA", "x"], "250 250 250 500"),
    ("{at: data, do: [{reply: 354 go}]}", ["DATA", "x\r\n.", "NOOP"], "354 554 250"),
    ("{at: auth, when: {nth: 1}, do: [{reply: 235 in}]}", ["AUTH PLAIN", "AUTH PLAIN"], "235 503"),
    ("{at: auth, do: [{reply: 334 VXNlcg==}]}",
     ["AUTH LOGIN", "YWxpY2U=", "b3Blbi1zZXNhbWU="], "334 334 235"),
    ("{at: auth-step, when: {nth: 2}, do: [{reply: 334 eA==}]}",
     ["AUTH LOGIN", "YWxpY2U=", "b3Blbi1zZXNhbWU=", "eA=="], "334 334 334 535"),
    ("{at: auth-step, do: [{reply: 454 later}]}", ["AUTH PLAIN", "x", "NOOP"], "334 454 250"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "commands", "codes"), FOLLOWED)
async def test_the_session_follows_what_it_said(labs, rule: str, commands, codes: str) -> None:
    client = await labs.hello(await labs.start(f"rules: [{rule}]", base="plain"))
    said = []
    for command in commands:
        client.send(command.encode() + b"\r\n")
        line = await client.until(b"\n")
        while line.splitlines()[-1][3:4] == b"-":
            line = await client.until(b"\n")
        said.append(line[:3].decode())
    assert " ".join(said) == codes


async def test_a_421_closes(labs) -> None:
    client = await labs.hello(await labs.start(at_noop("reply: 421 bye"), base="plain"))
    assert await client.ask(b"NOOP") == b"421 bye\r\n"
    assert await client.ended() == "fin"


async def test_an_accepted_message_is_in_the_inbox_whoever_said_so(labs) -> None:
    lab = await labs.start("rules: [{at: eom, do: [{reply: 250 mine}]}]", base="plain")
    client = await labs.hello(lab)
    client.send(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
    await client.ended()
    assert b"250 mine\r\n" in client.received
    assert lab.inbox.one().content == b"x\r\n"
    assert "message" in [event.kind for event in labs.events]


@pytest.mark.parametrize("end", ["", ", {close: fin}", ", {close: rst}", ", {hang: quiet}"])
async def test_a_message_is_accepted_by_raw_octets_too_however_it_ends(labs, end: str) -> None:
    said = r'{send: "250 OK\r\n"}'
    lab = await labs.start(f"rules: [{{at: eom, do: [{said}{end}]}}]", base="plain")
    client = await labs.hello(lab)
    for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA"):
        await client.ask(command)
    client.send(b"x\r\n.\r\nQUIT\r\n")
    await client.ended()
    assert len(lab.inbox) == 1


async def test_a_354_behind_the_message_does_not_take_it(labs) -> None:
    lab = await labs.start("rules: [{at: eom, do: [{reply: 354 more}]}]", base="plain")
    client = await labs.hello(lab)
    for command in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"DATA"):
        await client.ask(command)
    assert await client.ask(b"x\r\n.") == b"354 more\r\n"
    assert (await client.ask(b"NOOP"))[:3] == b"250"
    assert len(lab.inbox) == 0


async def test_what_happens_is_told(labs) -> None:
    lab = await labs.start(at_noop("note: just so", 'send: "250 raw\\r\\n"'), base="plain")
    client = await labs.hello(lab)
    await client.ask(b"NOOP")
    assert FaultFired(1, "test", 0, "noop", "note, send") in labs.events
    assert Noted(1, "just so") in labs.events
    assert ReplySaid(1, ("250 raw",), encrypted=False) in labs.events
    assert lab.sessions[0].notes == ["just so"]


async def test_idle_speaks_when_the_client_keeps_quiet(labs) -> None:
    rule = (
        'rules: [{at: idle, when: {nth: 1}, do: [{wait: 300s}, {send: "250 hello?\\r\\n"}]},'
        " {at: idle, do: [{wait: 300s}, {reply: 421 4.4.2 bored}]}]"
    )
    client = await labs.hello(await labs.start(rule, base="plain"))
    assert await client.reply() == b"250 hello?\r\n"
    assert await client.reply() == b"421 4.4.2 bored\r\n"
    assert await client.ended() == "fin"


@pytest.mark.parametrize("stage", ["connect", "greeting"])
async def test_nothing_at_all_may_be_said(labs, stage: str) -> None:
    lab = await labs.start(f"rules: [{{at: {stage}, do: [{{close: fin}}]}}]", base="plain")
    client = await labs.dial(lab)
    assert await client.ended() == "fin"
    assert client.received == b""
