import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtplab.protocol.irregularities import KINDS
from smtplab.protocol.replies import (
    LINE_KEPT,
    LINES_KEPT,
    EnhancedStatus,
    Reply,
    ReplyClass,
    ReplyParser,
    parse_enhanced,
    readable,
)


def parse(*pieces: bytes, eof: bool = False) -> list[Reply]:
    parser = ReplyParser()
    replies = [reply for piece in pieces for reply in parser.receive_data(piece)]
    if eof and (last := parser.receive_eof()):
        replies.append(last)
    return replies


def kinds(reply: Reply) -> set[str]:
    return {irregularity.kind for irregularity in reply.irregularities}


GOOD = [
    (b"220 mx.example ESMTP\r\n", 220, (b"mx.example ESMTP",)),
    (b"250\r\n", 250, (b"",)),
    (b"250 \r\n", 250, (b"",)),
    (b"250-mx.example\r\n250-SIZE 10\r\n250 HELP\r\n", 250, (b"mx.example", b"SIZE 10", b"HELP")),
    (b"250-\r\n250 x\r\n", 250, (b"", b"x")),
    (b"354 go\tahead\r\n", 354, (b"go\tahead",)),
    (b"250 " + b"x" * 506 + b"\r\n", 250, (b"x" * 506,)),
]


@pytest.mark.parametrize(("data", "code", "lines"), GOOD)
def test_replies_as_the_standard_writes_them(data, code, lines):
    assert parse(data) == [Reply(code, lines, data)]


ODD = [
    (b"250 ok\n", 250, {"bare-lf"}),
    (b"250 o\rk\r\n", 250, {"bare-cr"}),
    (b"250 ok\r\r\n", 250, {"bare-cr"}),
    (b"HTTP/1.1 400 Bad Request\r\n", None, {"not-a-reply"}),
    (b"SSH-2.0-OpenSSH_9.6\r\n", None, {"not-a-reply"}),
    (b"\r\n250 ok\r\n", 250, {"not-a-reply"}),
    (b"\n\r\n250-one\r\n250 two\r\n", 250, {"not-a-reply", "bare-lf"}),
    (b"\r\nHTTP/1.1 400 Bad Request\r\n", None, {"not-a-reply"}),
    (b"25\r\n", None, {"not-a-reply"}),
    ("٢٥٠ ok\r\n".encode(), None, {"not-a-reply"}),
    (b"\x16\x03\x03\x00\x02\n", None, {"not-a-reply", "bare-lf"}),
    (b"199 early\r\n", 199, {"code-out-of-range"}),
    (b"560 late\r\n", 560, {"code-out-of-range"}),
    (b"999 far\r\n", 999, {"code-out-of-range"}),
    (b"250ok\r\n", 250, {"bad-separator"}),
    (b"250_ok\r\n", 250, {"bad-separator"}),
    (b"2500 ok\r\n", 250, {"bad-separator"}),
    (b"250-one\r\n550 two\r\n", 550, {"codes-differ"}),
    (b"250-one\r\ntwo\r\n250 three\r\n", 250, {"not-a-reply"}),
    (b"250 " + b"x" * 507 + b"\r\n", 250, {"line-too-long"}),
    (b"250 \x1b[2Jok\r\n", 250, {"control-character"}),
    (b"250 a\0b\r\n", 250, {"control-character"}),
    ("250 grüß\r\n".encode(), 250, {"eight-bit"}),
    (b"250 gr\xfc\xdf\r\n", 250, {"eight-bit"}),
]


@pytest.mark.parametrize(("data", "code", "expected"), ODD)
def test_what_a_server_may_not_do_is_named(data, code, expected):
    (reply,) = parse(data)
    assert reply.code == code
    assert kinds(reply) == expected
    assert reply.raw == data


MIXED = [
    ((250, 550), 550),
    ((550, 250), 550),
    ((354, 250), 354),
    ((450, 250), 450),
    ((450, 550), 550),
    ((999, 250), 999),
    ((999, 550), 550),
    ((100, 250), 100),
]


@pytest.mark.parametrize(("codes", "expected"), MIXED)
def test_of_differing_codes_the_worst_counts(codes, expected):
    first, last = codes
    (reply,) = parse(b"%d-one\r\n%d two\r\n" % (first, last))
    assert reply.code == expected
    assert "codes-differ" in kinds(reply)


def test_an_empty_line_is_no_reply_and_the_next_one_answers():
    assert parse(b"\r\n") == []
    first, second = parse(b"\r\n250-a\r\n250 b\r\n354 go\r\n")
    assert (first.code, first.lines) == (250, (b"a", b"b"))
    assert second.code == 354
    (cut,) = parse(b"\r\n", eof=True)
    assert (cut.code, cut.lines, cut.raw) == (None, (), b"\r\n")
    assert kinds(cut) == {"not-a-reply"}


def test_empty_lines_without_end_are_bounded():
    (reply,) = parse(b"\r\n" * LINES_KEPT)
    assert reply.code is None
    assert kinds(reply) == {"not-a-reply", "reply-too-long"}


def test_several_replies_in_one_read():
    replies = parse(b"250 one\r\n250-two\r\n250 three\r\n5")
    assert [reply.lines for reply in replies] == [(b"one",), (b"two", b"three")]


def test_one_reply_over_many_reads():
    assert parse(b"2", b"50", b"-a\r", b"\n250", b" b\r", b"\n")[0].lines == (b"a", b"b")


def test_utf8_is_in_order_where_it_was_agreed():
    parser = ReplyParser()
    parser.allow_utf8 = True
    assert kinds(parser.receive_data("250 grüß\r\n".encode())[0]) == set()


CUT = [
    (b"250 o", 250, {"cut-off"}),
    (b"250-one\r\n", 250, {"cut-off"}),
    (b"250-one\r\n2", 250, {"cut-off", "not-a-reply"}),
    (b"2", None, {"cut-off", "not-a-reply"}),
]


@pytest.mark.parametrize(("data", "code", "expected"), CUT)
def test_an_unfinished_reply_is_cut_off(data, code, expected):
    (reply,) = parse(data, eof=True)
    assert (reply.code, kinds(reply), reply.raw) == (code, expected, data)


def test_nothing_is_left_after_a_whole_reply():
    assert parse(b"250 ok\r\n", eof=True) == parse(b"250 ok\r\n")


@pytest.mark.parametrize("size", [1, 1000, 1 << 20])
def test_a_line_without_end_stays_bounded(size):
    parser = ReplyParser()
    for _ in range((1 << 20) // size if size > 1 else 5000):
        assert parser.receive_data(b"x" * size) == []
        assert len(parser.pending) <= LINE_KEPT
    reply = parser.receive_eof()
    assert reply is not None
    assert len(reply.raw) == LINE_KEPT
    assert kinds(reply) == {"cut-off", "line-too-long", "not-a-reply"}


def test_an_overlong_line_is_finished_when_its_end_comes():
    first, second = parse(b"250 " + b"x" * (1 << 20) + b"\r\n250 next\r\n")
    assert len(first.raw) == LINE_KEPT
    assert first.raw.endswith(b"\n")
    assert kinds(first) == {"line-too-long"}
    assert first.irregularities[0].detail == f"{(1 << 20) + 6} octets"
    assert second == Reply(250, (b"next",), b"250 next\r\n")


def test_a_reply_without_end_is_cut_into_pieces():
    first, *_ = parse(b"250-more\r\n" * (LINES_KEPT + 1) + b"250 end\r\n")
    assert len(first.lines) == LINES_KEPT
    assert kinds(first) == {"reply-too-long"}


def test_a_long_reply_that_ends_in_time_is_in_order():
    (reply,) = parse(b"250-more\r\n" * (LINES_KEPT - 1) + b"250 end\r\n")
    assert kinds(reply) == set()


FRAGMENTS = st.sampled_from(
    [
        b"250 ok\r\n", b"250-a\r\n", b"550 no\r\n", b"421", b"\r", b"\n", b"\r\n", b"-", b" ",
        b"x" * 300, b"y" * 2040, b"\0", b"\xc3\xbc", b"\xff", b"999 ?\r\n", b"HTTP/1.1 400\n",
    ]
)  # fmt: skip
WIRE = st.lists(FRAGMENTS | st.binary(max_size=12), max_size=24).map(b"".join)


@given(WIRE, st.lists(st.integers(0, 6000), max_size=12))
@example(b"220 550 no\r\n", [4])
@example(b"250 " + b"x" * 2043 + b"\r\n", [2048])
@example(b"250 " + b"x" * 2044 + b"\r\n", [2048])
@example(b"250 " + b"x" * 2042 + b"\r\n", [2047])
def test_how_it_is_cut_makes_no_difference(data, cuts):
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(edges)]
    assert parse(*pieces, eof=True) == parse(data, eof=True)


@given(WIRE)
def test_no_octets_raise_and_none_are_lost(data):
    replies = parse(data, eof=True)
    if all("line-too-long" not in kinds(reply) for reply in replies):
        assert b"".join(reply.raw for reply in replies) == data
    for reply in replies:
        assert kinds(reply) <= set(KINDS)
        assert reply.reply_class in ReplyClass
        assert reply.text.replace("\n", "").isprintable()
        assert reply.first_line.isprintable()
        assert (reply.code is None) <= ("not-a-reply" in kinds(reply))
        assert reply.enhanced is None or str(reply.enhanced)


@given(WIRE)
def test_what_is_pending_is_bounded(data):
    parser = ReplyParser()
    for _ in range(3):
        parser.receive_data(data)
    assert len(parser.pending) <= LINE_KEPT * LINES_KEPT


CLASSES = [
    (None, ReplyClass.INVALID),
    (0, ReplyClass.INVALID),
    (199, ReplyClass.INVALID),
    (250, ReplyClass.POSITIVE),
    (334, ReplyClass.INTERMEDIATE),
    (421, ReplyClass.TRANSIENT),
    (599, ReplyClass.PERMANENT),
    (600, ReplyClass.INVALID),
]


@pytest.mark.parametrize(("code", "expected"), CLASSES)
def test_the_first_digit_is_the_class(code, expected):
    assert Reply(code, (), b"").reply_class is expected


ENHANCED = [
    (b"5.7.8 bad", EnhancedStatus(5, 7, 8)),
    (b"2.0.0", EnhancedStatus(2, 0, 0)),
    (b"4.7.1\tlater", EnhancedStatus(4, 7, 1)),
    (b"5.7.139 no", EnhancedStatus(5, 7, 139)),
    (b"5.7.8, bad", None),
    (b"3.1.1 no class", None),
    (b"5.7 short", None),
    (b"5.7.8.9 address", None),
    (b" 5.7.8 late", None),
    (b"5.7.1390 long", None),
    (b"", None),
]


@pytest.mark.parametrize(("text", "expected"), ENHANCED)
def test_enhanced_status_codes(text, expected):
    assert parse_enhanced(text) == expected


def test_the_enhanced_status_may_stand_on_a_later_line():
    (reply,) = parse(b"550-no\r\n550 5.1.1 nobody\r\n")
    assert str(reply.enhanced) == "5.1.1"


READABLE = [
    (b"plain", "plain"),
    (b"\x1b[31mred", "\\x1b[31mred"),
    (b"a\0b\r\n", "a\\x00b\\x0d\\x0a"),
    (b"\xff", "\\xff"),
    ("grüß".encode(), "grüß"),
    ("\u202eevil".encode(), "\\u202eevil"),
    ("\U000e0001".encode(), "\\U000e0001"),
]


@pytest.mark.parametrize(("data", "expected"), READABLE)
def test_no_terminal_acts_on_what_is_readable(data, expected):
    assert readable(data) == expected


@given(st.binary())
def test_readable_prints(data):
    assert readable(data).isprintable()
