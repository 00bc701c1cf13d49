"""How octets are cut and paced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.server.shaping import BLOCK, DRIP_PAUSE, SEGMENT_PAUSE, shaped

CASES = [
    ("whole", b"ab\r\n", [(b"ab\r\n", 0.0)]),
    ("bare-lf", b"a\r\nb\r\n", [(b"a\nb\n", 0.0)]),
    ("bare-cr", b"a\r\nb\r\n", [(b"a\rb\r", 0.0)]),
    ("bytes", b"ab", [(b"a", SEGMENT_PAUSE), (b"b", SEGMENT_PAUSE)]),
    ("drip", b"ab", [(b"a", DRIP_PAUSE), (b"b", DRIP_PAUSE)]),
    ([1], b"abc", [(b"a", SEGMENT_PAUSE), (b"bc", 0.0)]),
    ([2, 1, 2, 0, 9], b"abc", [(b"a", SEGMENT_PAUSE), (b"b", SEGMENT_PAUSE), (b"c", 0.0)]),
    ([], b"abc", [(b"abc", 0.0)]),
    ("whole", b"", []),
    ([1], b"", []),
]


@pytest.mark.parametrize(("shape", "data", "pieces"), CASES)
def test_the_pieces(shape, data: bytes, pieces) -> None:
    assert list(shaped(data, shape, 1.0)) == pieces


@given(st.binary(), st.lists(st.integers(-5, 50)))
def test_nothing_is_lost_or_empty(data: bytes, places: list[int]) -> None:
    pieces = [piece for piece, _ in shaped(data, places, 1.0)]
    assert b"".join(pieces) == data
    assert all(pieces)


def test_much_goes_out_in_blocks() -> None:
    assert [len(p) for p, _ in shaped(b"x" * (BLOCK + 1), "whole", 1.0)] == [BLOCK, 1]


def test_a_drip_is_scaled_but_never_glued() -> None:
    assert list(shaped(b"a", "drip", 2.0)) == [(b"a", 2 * DRIP_PAUSE)]
    assert list(shaped(b"a", "drip", 0.0)) == [(b"a", SEGMENT_PAUSE)]
