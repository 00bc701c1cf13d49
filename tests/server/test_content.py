"""Where a message ends, and what it was before its dots were stuffed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.server.content import ContentReader, whole_message

WHOLE = [
    ("strict", b"a\r\n.\r\n", b"a\r\n"),
    ("strict", b".\r\n", b""),
    ("strict", b"\r\n.\r\n", b"\r\n"),
    ("strict", b"..\r\n...b\r\n.\r\n", b".\r\n..b\r\n"),
    ("strict", b".a\r\n.\r\n", b"a\r\n"),
    ("strict", b"a\n.\n.\r\n\r\n.\r\n", b"a\n.\n.\r\n\r\n"),
    ("strict", b"a\r\n.\nb\r\n.\r\n", b"a\r\n\nb\r\n"),
    ("strict", b"a\n.\r\nb\r\n.\r\n", b"a\n.\r\nb\r\n"),
    ("strict", b"a\r.\rb\r\n.\r\n", b"a\r.\rb\r\n"),
    ("lf", b"a\n.\n", b"a\n"),
    ("lf", b"a\n.\r\n", b"a\n"),
    ("lf", b"a\r\n.\n", b"a\r\n"),
    ("lf", b"a\n..b\n.\n", b"a\n.b\n"),
    ("lf", b"a\r.\rb\r\n.\r\n", b"a\r.\rb\r\n"),
    ("any", b"a\r.\r", b"a\r"),
    ("any", b"a\r.\n", b"a\r"),
    ("any", b"a\n.\n", b"a\n"),
    ("any", b"a\r\n.\r\n", b"a\r\n"),
]


@pytest.mark.parametrize(("mode", "wire", "content"), WHOLE)
@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_a_message_at_any_cut(mode: str, wire: bytes, content: bytes, step: int) -> None:
    reader = ContentReader(mode, 1000)
    rest = None
    left = wire
    while rest is None:
        assert left, "it did not end"
        rest = reader.feed(left[:step])
        left = left[step:]
    assert rest + left == (b"\n" if reader.owes_lf and left else b"")
    assert reader.content() == content
    assert not reader.too_large


def test_what_comes_behind_is_given_back() -> None:
    assert ContentReader("strict", 100).feed(b"a\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"


lines = st.lists(st.binary(max_size=5).filter(lambda b: b"\n" not in b and b"\r" not in b))


@given(lines, st.integers(1, 9))
def test_stuffed_and_read_again_it_is_the_same(parts: list[bytes], step: int) -> None:
    message = b"".join(line + b"\r\n" for line in parts)
    stuffed = b"".join((b"." if x.startswith(b".") else b"") + x + b"\r\n" for x in parts)
    reader = ContentReader("strict", 10_000)
    wire = stuffed + b".\r\nNEXT"
    rest = None
    for start in range(0, len(wire), step):
        if rest is None:
            rest = reader.feed(wire[start : start + step])
        else:
            rest += wire[start : start + step]
    assert rest == b"NEXT"
    assert reader.content() == message
    assert reader.size == len(stuffed)


@pytest.mark.parametrize("step", [1, 7, 64, 5000])
def test_beyond_the_limit_it_is_counted_and_not_kept(step: int) -> None:
    reader = ContentReader("strict", 100)
    wire = b"x" * 4000 + b"\r\n.\r\n"
    largest = 0
    for start in range(0, len(wire), step):
        rest = reader.feed(wire[start : start + step])
        largest = max(largest, len(reader._kept))
    assert rest == b""
    assert reader.too_large
    assert reader.size == 4002
    assert largest <= 120 + step


def test_exactly_the_limit_fits() -> None:
    reader = ContentReader("strict", 5)
    assert reader.feed(b"abc\r\n.\r\n") == b""
    assert not reader.too_large
    reader = ContentReader("strict", 4)
    assert reader.feed(b"abc\r\n.\r\n") == b""
    assert reader.too_large


@pytest.mark.parametrize(
    ("wire", "signs"),
    [
        (b"a\r\n.\r\n", ""),
        (b"a\n\r\n.\r\n", "LF without CR"),
        (b"a\rb\r\n.\r\n", "CR without LF"),
        (b"\0\r\n.\r\n", "NUL"),
    ],
)
def test_oddities(wire: bytes, signs: str) -> None:
    reader = ContentReader("strict", 100)
    reader.feed(wire)
    assert len(reader.oddities()) == (1 if signs else 0)
    assert signs in " ".join(reader.oddities())


octets = st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b".", b"\0", b"\r\n.."]))


@given(octets, st.integers(1, 9), st.sampled_from(["strict", "lf", "any"]))
def test_oddities_are_the_same_however_it_comes(parts: list[bytes], step: int, mode: str) -> None:
    reader = ContentReader(mode, 10_000)
    wire = b"".join(parts) + b"\r\n.\r\n"
    for start in range(0, len(wire), step):
        if reader.feed(wire[start : start + step]) is not None:
            break
    kept = b"\r\n" + wire[: reader.size]
    pairs = kept.count(b"\r\n")
    signs = [(b"\n", "LF without"), (b"\r", "CR without"), (b"\0", "NUL")]
    expected = [what for sign, what in signs if kept.count(sign) > (pairs if sign != b"\0" else 0)]
    found = reader.oddities()
    assert len(found) == len(expected)
    assert all(what in text for what, text in zip(expected, found, strict=True))


@given(st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b".", b"a", b"\0", b"\xff"]), max_size=9))
def test_a_message_in_one_block_is_what_the_reader_makes_of_it(parts: list[bytes]) -> None:
    block = b"".join(parts) + b"\r\n.\r\n"
    found = whole_message(block)
    reader = ContentReader("strict", 1000)
    plain = reader.feed(block) == b"" and not reader.oddities() and b"\r\n." not in block[:-5]
    assert (found is not None) == (plain and block[0] != ord("."))
    if found is not None:
        assert (found, len(found)) == (reader.content(), reader.size)


@pytest.mark.parametrize("block", [b"", b".", b".\r\n", b"a\r\n.\r", b"a\r\n.\r\nNOOP\r\n"])
def test_what_is_no_message_in_one_block(block: bytes) -> None:
    assert whole_message(block) is None
