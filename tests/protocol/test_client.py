import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.client import UNASKED_KEPT, ClientProtocol
from smtplab.protocol.events import CommandSent, ContentSent, IrregularitySeen, ReplyReceived
from smtplab.protocol.message_data import to_wire
from smtplab.protocol.states import State
from smtplab.protocol.verbs import Verb

GREETING = b"220 mx.example ESMTP\r\n"
EHLO = b"250-mx.example\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"


def odd(client: ClientProtocol) -> list[str]:
    events = client.events_received()
    return [e.irregularity.kind for e in events if isinstance(e, IrregularitySeen)]


def verbs(client: ClientProtocol) -> list[Verb | None]:
    return [e.verb for e in client.events_received() if isinstance(e, ReplyReceived)]


def play(*turns: bytes | tuple[bytes, bytes]) -> ClientProtocol:
    """A client after a greeting and these turns: a command line and what came back."""
    client = ClientProtocol()
    client.receive_data(GREETING)
    for turn in turns:
        line, reply = turn if isinstance(turn, tuple) else (turn, b"250 ok\r\n")
        client.send_command(line)
        client.receive_data(reply)
    return client


HELLO = (b"EHLO me", EHLO)
TO_DATA = (HELLO, b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", (b"DATA", b"354 go\r\n"))

WALKS = [
    ((), State.GREETED),
    ((HELLO,), State.READY),
    (((b"EHLO me", b"502 no\r\n"),), State.GREETED),
    (((b"EHLO me", b"502 no\r\n"), b"HELO me"), State.READY),
    ((HELLO, (b"STARTTLS", b"220 go\r\n")), State.STARTTLS),
    ((HELLO, (b"STARTTLS", b"454 later\r\n")), State.READY),
    ((HELLO, (b"AUTH LOGIN", b"334 \r\n")), State.AUTHENTICATING),
    ((HELLO, (b"AUTH PLAIN AAA=", b"235 ok\r\n")), State.READY),
    ((HELLO, b"MAIL FROM:<a@b>"), State.MAIL),
    (TO_DATA[:3], State.RCPT),
    ((*TO_DATA[:2], (b"RCPT TO:<c@d>", b"550 no\r\n")), State.MAIL),
    (TO_DATA, State.DATA),
    ((*TO_DATA[:3], (b"DATA", b"250 ok\r\n")), State.RCPT),
    ((*TO_DATA[:3], b"RSET"), State.READY),
    ((HELLO, (b"NOOP", b"421 bye\r\n")), State.CLOSED),
    (((b"QUIT", b"221 bye\r\n"),), State.CLOSED),
]


@pytest.mark.parametrize(("turns", "state"), WALKS)
def test_replies_move_the_state(turns, state):
    assert play(*turns).state is state


def test_events_come_in_order_sent_lines_included():
    client = ClientProtocol()
    client.receive_data(GREETING)
    client.send_command(b"AUTH PLAIN AHUAcA==", secrets=((11, 19),))
    assert client.data_to_send() == b"AUTH PLAIN AHUAcA==\r\n"
    assert client.data_to_send() == b""
    client.receive_data(b"235 ok\r\n")
    greeting, sent, reply = client.events_received()
    assert isinstance(greeting, ReplyReceived)
    assert greeting.verb is Verb.GREETING
    assert sent == CommandSent(Verb.AUTH, b"AUTH PLAIN AHUAcA==\r\n", ((11, 19),))
    assert isinstance(reply, ReplyReceived)
    assert reply.verb is Verb.AUTH
    assert client.events_received() == []


def test_pipelined_commands_are_answered_in_their_order():
    client = play(HELLO)
    client.events_received()
    for line in (b"MAIL FROM:<a@b>", b"RCPT TO:<c@d>", b"RCPT TO:<e@f>"):
        client.send_command(line)
    assert list(client.expecting) == [Verb.MAIL, Verb.RCPT, Verb.RCPT]
    client.receive_data(b"250 ok\r\n550 no\r\n250 ok\r\n")
    assert verbs(client) == [Verb.MAIL, Verb.RCPT, Verb.RCPT]
    assert client.state is State.RCPT


def test_a_reply_that_nobody_asked_for():
    client = play(HELLO)
    client.events_received()
    client.receive_data(b"250 surprise\r\n")
    assert odd(client) == ["unasked-reply"]
    assert client.state is State.READY


def test_a_flood_of_replies_that_nobody_asked_for_costs_no_memory():
    client = play(HELLO)
    client.events_received()
    client.receive_data(b"250 x\r\n" * (2 * UNASKED_KEPT))
    events = client.events_received()
    assert sum(isinstance(event, ReplyReceived) for event in events) == UNASKED_KEPT
    assert isinstance(events[-1], IrregularitySeen)
    assert "no more of them" in events[-1].irregularity.detail
    client.receive_data(b"250 x\r\n421 bye\r\n421 bye\r\n")
    (event,) = client.events_received()
    assert event.reply.code == 421
    assert client.state is State.CLOSED


def test_421_may_come_unasked():
    client = play(HELLO)
    client.events_received()
    client.receive_data(b"421 shutting down\r\n")
    assert odd(client) == []
    assert client.state is State.CLOSED


ODD_REPLIES = [
    (b"NOOP", b"220 hello again\r\n", ["unexpected-code"]),
    (b"NOOP", b"250 ok\n", ["bare-lf"]),
    (b"MAIL FROM:<a@b>", b"250 5.1.0 ok\r\n", ["class-mismatch"]),
    (b"MAIL FROM:<a@b>", b"550 4.1.0 no\r\n", ["class-mismatch"]),
    (b"MAIL FROM:<a@b>", b"250-a\r\n550 b\r\n", ["codes-differ"]),
    (b"NOOP", b"gibberish\r\n", ["not-a-reply"]),
    (b"NOOP", b"502 5.5.1 no\r\n", []),
    (b"XYZZY", b"299 nothing happens\r\n", []),
]


@pytest.mark.parametrize(("line", "reply", "expected"), ODD_REPLIES)
def test_irregularities_are_reported(line, reply, expected):
    client = play(HELLO)
    client.events_received()
    client.send_command(line)
    client.receive_data(reply)
    assert odd(client) == expected


def test_capabilities_are_those_of_the_last_ehlo_that_was_accepted():
    client = ClientProtocol()
    assert client.capabilities is None
    client = play(HELLO)
    assert client.capabilities is not None
    assert client.capabilities.has("starttls")
    client.send_command(b"EHLO me")
    client.receive_data(b"421 no\r\n")
    assert client.capabilities.has("starttls")
    client = play(HELLO, (b"EHLO me", b"250 mx.example\r\n"))
    assert client.capabilities is not None
    assert not client.capabilities.has("starttls")


def test_utf8_in_replies_is_odd_until_it_was_offered():
    client = play(HELLO, (b"NOOP", "250 ö\r\n".encode()))
    assert odd(client) == ["eight-bit"]
    client = play((b"EHLO me", b"250-mx\r\n250 SMTPUTF8\r\n"), (b"NOOP", "250 ö\r\n".encode()))
    assert odd(client) == []


INJECTIONS = [
    (b"220 go\r\n250 injected\r\n",),
    (b"220 go\r\n250 injec",),
    (b"220 go\r\n", b"250 injected\r\n"),
    (b"220 go\r\n25", b"0 injected\r\n"),
    tuple(bytes([octet]) for octet in b"220 go\r\n250 injected\r\n"),
]


@pytest.mark.parametrize("pieces", INJECTIONS)
def test_what_follows_the_220_in_the_clear_is_dropped(pieces):
    client = play(HELLO)
    client.send_command(b"STARTTLS")
    client.events_received()
    for piece in pieces:
        client.receive_data(piece)
    client.start_tls()
    assert odd(client) == ["injected-after-starttls"]
    client.tls_up()
    client.send_command(b"EHLO me")
    client.receive_data(EHLO)
    assert verbs(client) == [Verb.EHLO]


def test_what_was_dropped_is_told_of_when_no_handshake_comes():
    client = play(HELLO)
    client.send_command(b"STARTTLS")
    client.receive_data(b"220 go\r\n250 injected\r\n")
    client.receive_eof()
    assert odd(client) == ["injected-after-starttls"]


def test_start_tls_drops_what_was_begun_before_any_220():
    client = play(HELLO)
    client.receive_data(b"25")
    client.start_tls()
    assert odd(client) == ["injected-after-starttls"]


def test_commands_pipelined_behind_starttls_are_not_believed_to_be_answered():
    client = play(HELLO)
    client.send_raw(b"STARTTLS\r\nNOOP\r\n")
    client.receive_data(b"220 go\r\n")
    client.start_tls()
    client.tls_up()
    client.events_received()
    client.receive_data(b"250 obeyed\r\n")
    assert odd(client) == ["unasked-reply"]


def test_tls_makes_all_things_new():
    client = play(HELLO, (b"AUTH PLAIN AAA=", b"235 ok\r\n"), (b"STARTTLS", b"220 go\r\n"))
    assert client.authenticated
    client.start_tls()
    client.tls_up()
    assert odd(client) == []
    assert client.state is State.GREETED
    assert client.capabilities is None
    assert client.capabilities_before_tls is not None
    assert client.capabilities_before_tls.has("STARTTLS")
    assert not client.authenticated
    client.send_command(b"EHLO me")
    client.receive_data(EHLO)
    assert odd(client) == ["starttls-inside-tls"]


def test_authenticated_only_after_235():
    client = play(HELLO, (b"AUTH LOGIN", b"334 VXNlcm5hbWU6\r\n"))
    client.send_command(b"dQ==", verb=Verb.AUTH_RESPONSE)
    client.receive_data(b"334 UGFzc3dvcmQ6\r\n")
    assert not client.authenticated
    client.send_command(b"cA==", verb=Verb.AUTH_RESPONSE)
    client.receive_data(b"235 ok\r\n")
    assert client.authenticated
    assert client.state is State.READY


def test_content_is_answered_once():
    client = play(*TO_DATA)
    client.data_to_send()
    client.events_received()
    client.send_content(b"Subject: x\r\n\r\nhi\r\n.\r\n")
    assert client.data_to_send() == b"Subject: x\r\n\r\nhi\r\n.\r\n"
    assert list(client.expecting) == [Verb.CONTENT]
    client.receive_data(b"250 queued\r\n")
    assert client.state is State.READY
    sent, reply = client.events_received()
    assert isinstance(sent, ContentSent)
    assert isinstance(reply, ReplyReceived)
    assert reply.verb is Verb.CONTENT


RAW = [
    ((), (b"NOOP\r\n",), [Verb.NOOP]),
    ((), (b"NO", b"OP\r\n"), [Verb.NOOP]),
    ((), (b"NOOP",), []),
    ((), (b"noop\nRSET\r\nwhat\r\n",), [Verb.NOOP, Verb.RSET, Verb.UNKNOWN]),
    ((), (b"",), []),
    (((b"AUTH LOGIN", b"334 \r\n"),), (b"dQ==\r\n",), [Verb.AUTH_RESPONSE]),
    (TO_DATA[1:], (b"Subject: x\r\n\r\n", b"NOOP\r\n"), []),
    (TO_DATA[1:], (b"Subject: x\r\n\r\n", b".\r\n"), [Verb.CONTENT]),
    (TO_DATA[1:], (b".\r\n",), [Verb.CONTENT]),
    (TO_DATA[1:], (b"x\r\n", b".", b"\r", b"\n"), [Verb.CONTENT]),
    (TO_DATA[1:], (b"x\r\n..\r\n", b"x.\r\n"), []),
    (TO_DATA[1:], (b"x\r\n.\r\nRSET\r\nQU", b"IT\r\n"), [Verb.CONTENT, Verb.RSET, Verb.QUIT]),
]


@pytest.mark.parametrize(("turns", "pieces", "expected"), RAW)
def test_raw_octets_are_read_as_the_server_reads_them(turns, pieces, expected):
    client = play(HELLO, *turns)
    client.data_to_send()
    for piece in pieces:
        client.send_raw(piece)
    assert list(client.expecting) == expected
    assert client.data_to_send() == b"".join(pieces)


def test_lines_typed_into_a_message_are_no_commands():
    client = play(*TO_DATA)
    client.events_received()
    client.send_command(b"QUIT")
    assert list(client.expecting) == []
    client.send_command(b".")
    assert list(client.expecting) == [Verb.CONTENT]
    assert {e.verb for e in client.events_received() if isinstance(e, CommandSent)} == {
        Verb.CONTENT
    }
    client.receive_data(b"250 queued\r\n")
    assert client.state is State.READY


def test_a_line_finishes_octets_that_had_no_end():
    client = play(HELLO)
    client.send_raw(b"RS")
    client.send_command(b"ET")
    assert list(client.expecting) == [Verb.RSET]


def test_eof_in_the_middle_of_a_reply_answers_nothing():
    client = play(HELLO)
    client.send_command(b"NOOP")
    client.events_received()
    client.receive_data(b"250 o")
    client.receive_eof()
    reply, irregularity = client.events_received()
    assert isinstance(reply, ReplyReceived)
    assert reply.verb is None
    assert isinstance(irregularity, IrregularitySeen)
    assert irregularity.irregularity.kind == "cut-off"
    assert list(client.expecting) == [Verb.NOOP]
    assert client.state is State.CLOSED


def test_eof_after_a_whole_reply_is_silent():
    client = play()
    client.events_received()
    client.receive_eof()
    assert client.events_received() == []


ACTIONS = st.one_of(
    st.tuples(st.just("send_command"), st.sampled_from([b"EHLO x", b"STARTTLS", b"DATA", b"\xff"])),
    st.tuples(st.just("send_raw"), st.binary(max_size=20)),
    st.tuples(st.just("send_content"), st.sampled_from([b".\r\n", b"x\r\n.\r\n", b"x"])),
    st.tuples(
        st.just("receive_data"),
        st.sampled_from([GREETING, EHLO, b"354 go\r\n", b"220 go\r\n", b"334 \r\n", b"421 x\n"])
        | st.binary(max_size=40),
    ),
    st.tuples(st.sampled_from(["start_tls", "tls_up", "receive_eof"]), st.none()),
)


@given(st.lists(ACTIONS, max_size=30))
def test_nothing_raises(actions):
    client = ClientProtocol()
    sent = b""
    for name, octets in actions:
        if octets is None:
            getattr(client, name)()
        else:
            getattr(client, name)(octets)
        if octets is not None and name.startswith("send"):
            sent += octets + (b"\r\n" if name == "send_command" else b"")
    assert client.data_to_send() == sent
    for event in client.events_received():
        if isinstance(event, IrregularitySeen):
            assert event.irregularity.meaning


@given(st.lists(st.sampled_from([b"a", b".", b"\r", b"\n", b"\r\n", b"\r\n.\r\n"])).map(b"".join))
def test_a_whole_message_need_not_be_searched(content):
    wire = to_wire(content).data
    clients = [play(*TO_DATA) for _ in range(2)]
    for client, whole in zip(clients, (True, False), strict=True):
        client.send_content(wire, whole=whole)
        client.send_command(b"NOOP")
        assert list(client.expecting) == [Verb.CONTENT, Verb.NOOP]


def test_octets_put_into_a_message_may_take_its_end_away():
    client = play(*TO_DATA)
    client.send_raw(b"x")
    client.send_content(to_wire(b"").data, whole=True)
    assert list(client.expecting) == []


# LMTP, and messages in pieces.


def test_lmtp_expects_one_reply_for_each_recipient_taken():
    client = play((b"LHLO me", b"250 mx\r\n"), b"MAIL FROM:<>", b"RCPT TO:<a@b>")
    client.send_command(b"RCPT TO:<c@d>")
    client.receive_data(b"550 no\r\n")
    client.send_command(b"RCPT TO:<e@f>")
    client.receive_data(b"250 ok\r\n")
    client.send_command(b"DATA")
    client.receive_data(b"354 go\r\n")
    client.send_content(b".\r\n")
    assert list(client.expecting) == [Verb.CONTENT, Verb.CONTENT]
    client.receive_data(b"250 ok\r\n550 no\r\n")
    assert odd(client) == []
    assert client.state is State.READY
    client.send_command(b"MAIL FROM:<>")
    client.receive_data(b"250 ok\r\n")
    assert client.accepted == 0


TO_RCPT = TO_DATA[:3]

CHUNKS = [
    # pieces of octets as they are written -> what replies are due
    ([b"BDAT 4\r\nabcd"], [Verb.BDAT]),
    ([b"BDAT 4 LAST\r\nabcdQUIT\r\n"], [Verb.BDAT_LAST, Verb.QUIT]),
    ([b"BDAT 6\r\nab", b"\r\ncd", b"NOOP\r\n"], [Verb.BDAT, Verb.NOOP]),
    ([b"BDAT 0 LAST\r\nQUIT\r\n"], [Verb.BDAT_LAST, Verb.QUIT]),
    ([b"BDAT x\r\nQUIT\r\n"], [Verb.BDAT, Verb.QUIT]),
    ([b"bd", b"at 2\r\nxx", b"RSET\r\n"], [Verb.BDAT, Verb.RSET]),
    ([b"BDAT " + b"9" * 5000 + b"\r\nQUIT\r\n"], [Verb.BDAT, Verb.QUIT]),
]


@pytest.mark.parametrize(("written", "due"), CHUNKS)
def test_octets_that_bdat_counts_are_no_commands(written, due):
    client = play(*TO_RCPT)
    for octets in written:
        client.send_raw(octets)
    assert list(client.expecting) == due


def test_a_chunk_is_recorded_as_a_command_and_its_octets():
    client = play(*TO_RCPT)
    client.events_received()
    client.data_to_send()
    client.send_chunk(b"BDAT 6 LAST", b"QUIT\r\n")
    command, content = client.events_received()
    assert isinstance(command, CommandSent)
    assert isinstance(content, ContentSent)
    assert (command.raw, content.raw) == (b"BDAT 6 LAST\r\n", b"QUIT\r\n")
    assert client.data_to_send() == command.raw + content.raw
    assert list(client.expecting) == [Verb.BDAT_LAST]
    client.receive_data(b"250 ok\r\n")
    assert client.state is State.READY


def test_a_preamble_asks_for_no_reply():
    client = ClientProtocol()
    client.send_preamble(b"PROXY UNKNOWN\r\n")
    assert list(client.expecting) == [Verb.GREETING]
    (event,) = client.events_received()
    assert isinstance(event, CommandSent)
    assert event.verb is Verb.PROXY


def test_after_xclient_the_session_begins_anew():
    client = play(HELLO, (b"XCLIENT ADDR=192.0.2.1", b"220 again\r\n"))
    assert client.state is State.GREETED
    assert client.capabilities is None
