"""Octets that are kept as they came."""

from hypothesis import given
from hypothesis import strategies as st

from smtplab.server.blocks import LARGE, Blocks

parts = st.lists(st.binary(max_size=20) | st.binary(max_size=9).map(lambda b: b.ljust(LARGE, b"x")))


@given(parts, st.integers(0, 3 * LARGE))
def test_what_is_added_is_there_and_what_is_cut_is_not(added: list[bytes], cut: int) -> None:
    blocks = Blocks()
    for data in added:
        blocks.add(data)
    whole = b"".join(added)
    assert blocks.joined() == whole
    blocks.cut(cut)
    assert blocks.joined() == whole[: max(0, len(whole) - cut)]
    assert len(blocks) == len(blocks.joined())
    blocks.add(b"more")
    assert blocks.joined().endswith(b"more")
    blocks.clear()
    assert blocks.joined() == b""


def test_many_tiny_blocks_do_not_pile_up() -> None:
    blocks = Blocks()
    for _ in range(10_000):
        blocks.add(b"x")
    assert blocks._done is None


def test_a_large_block_is_not_copied() -> None:
    blocks, large = Blocks(), bytes(LARGE)
    blocks.add(large)
    assert blocks.joined() is large
