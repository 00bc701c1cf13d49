import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtplab.protocol.message_data import LOOK, from_wire, inspect, to_chunks, to_wire

WIRE = [
    (b"a\r\nb\r\n", b"a\r\nb\r\n.\r\n", ()),
    (b"", b".\r\n", ()),
    (b"a", b"a\r\n.\r\n", ("a line end added at the end",)),
    (b"a\nb\r\n", b"a\r\nb\r\n.\r\n", ("1 line end LF made CR LF",)),
    (b"a\rb\rc\r\n", b"a\r\nb\r\nc\r\n.\r\n", ("2 line ends CR made CR LF",)),
    (b"a\r\r\n", b"a\r\n\r\n.\r\n", ("1 line end CR made CR LF",)),
    (b"a\n\r", b"a\r\n\r\n.\r\n", ("1 line end LF made CR LF", "1 line end CR made CR LF")),
    (b".\r\n", b"..\r\n.\r\n", ("1 leading dot doubled (RFC 5321 §4.5.2)",)),
    (b"..a\r\n.b\r\nc.\r\n", b"...a\r\n..b\r\nc.\r\n.\r\n",
     ("2 leading dots doubled (RFC 5321 §4.5.2)",)),
    (b"a\n.\nb", b"a\r\n..\r\nb\r\n.\r\n",
     ("2 line ends LF made CR LF", "a line end added at the end",
      "1 leading dot doubled (RFC 5321 §4.5.2)")),
]  # fmt: skip


@pytest.mark.parametrize(("content", "data", "changes"), WIRE)
def test_the_wire_form_and_what_was_done_for_it(content, data, changes):
    wire = to_wire(content)
    assert (wire.data, wire.changes) == (data, changes)


def test_raw_content_is_not_touched():
    wire = to_wire(b".\na", raw=True)
    assert wire.data == b".\na"
    assert wire.size == 3
    assert "sent as it is" in wire.changes[0]


@pytest.mark.parametrize(("content", "size"), [(b"", 0), (b"a\n", 3), (b".a\r\n", 4), (b"a", 3)])
def test_the_declared_size_is_without_stuffing(content, size):
    assert to_wire(content).size == size


TEXT = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"a", b"\xff", b"\0"])).map(b"".join)


@given(TEXT)
@example(b"\r\n.\r\n.\r\n")
@example(b"\r\r\n.")
def test_the_wire_form_holds_the_message(content):
    wire = to_wire(content)
    lines = re.split(rb"\r\n|\r|\n", content)
    meant = b"".join(line + b"\r\n" for line in (lines if lines[-1] else lines[:-1]))
    assert from_wire(wire.data) == meant
    assert len(meant) == wire.size
    assert not wire.changes or wire.data != content + b".\r\n"
    assert (wire.data == content + b".\r\n") == (not wire.changes)
    assert wire.ascii == to_chunks(content).ascii == to_wire(content, raw=True).ascii
    assert wire.ascii == content.isascii()


@pytest.mark.parametrize("before", [LOOK - 1, LOOK, LOOK + 1])
@pytest.mark.parametrize("odd", [b"\r", b"\n", b"\r\n.", b"\r\n", b"\xff"])
def test_what_is_odd_is_seen_wherever_a_large_message_is_cut(odd, before):
    content = b"x" * (before - len(odd) + 1) + odd + b"x" * LOOK + b"\r\n"
    wire = to_wire(content)
    assert bool(wire.changes) is (odd in (b"\r", b"\n", b"\r\n."))
    assert wire.ascii is (odd != b"\xff")


@given(TEXT)
def test_only_the_end_looks_like_the_end(content):
    wire = b"\r\n" + to_wire(content).data
    assert wire.find(b"\r\n.\r\n") == len(wire) - 5
    assert len(re.findall(rb"(?<!\r)\n|\r(?!\n)", wire)) == 0


FACTS = [
    (b"", {"eight_bit": 0, "nul": 0, "long_lines": 0}),
    (b"\xc3\xbc\0\0", {"eight_bit": 2, "nul": 2}),
    (b"x" * 998 + b"\r\n" + b"x" * 999 + b"\n" + b"x" * 1000, {"long_lines": 2}),
]


@pytest.mark.parametrize(("content", "expected"), FACTS)
def test_facts(content, expected):
    facts = inspect(content)
    assert {name: getattr(facts, name) for name in expected} == expected


def test_a_large_message_is_mended_whole():
    content = (b"." + b"x" * 68 + b"\n") * 300_000
    wire = to_wire(content)
    assert wire.size == len(content) + 300_000
    assert len(wire.data) == wire.size + 300_000 + 3
