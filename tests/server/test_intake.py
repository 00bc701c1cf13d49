"""What a client has sent and nobody has taken yet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.server.intake import LONGEST_LINE, EndlessLineError, Intake

LIMIT = 10


@given(st.lists(st.binary(max_size=30)), st.data())
def test_what_goes_in_comes_out(blocks: list[bytes], data: st.DataObject) -> None:
    intake, out = Intake(), b""
    for block in blocks:
        intake.add(block)
        taken = intake.take(data.draw(st.integers(0, 40)))
        if taken and data.draw(st.booleans()):
            kept = data.draw(st.integers(0, len(taken)))
            intake.put_back(taken[kept:])
            taken = taken[:kept]
        out += taken
        assert intake.came - len(intake) == len(out)
    assert out + intake.take_all() == b"".join(blocks)
    assert not intake


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"bc" * 4, b"d\ne"]), max_size=40))
def test_lines_are_the_same_however_they_come(blocks: list[bytes]) -> None:
    intake = Intake()
    lines = []
    for block in blocks:
        intake.add(block)
        while (line := intake.take_line(LIMIT)) is not None:
            lines.append(line)
    *whole, rest = b"".join(blocks).split(b"\n")
    assert [too_long for _, too_long in lines] == [len(line) + 1 > LIMIT for line in whole]
    for (line, too_long), expected in zip(lines, whole, strict=True):
        assert too_long or line == expected + b"\n"
    assert intake.take_all() in rest + b"\n"


def test_a_line_without_an_end_is_not_kept() -> None:
    intake = Intake()
    block = b"x" * 65536
    for _ in range(LONGEST_LINE // len(block)):
        intake.add(block)
        assert intake.take_line(LIMIT) is None
        assert len(intake) <= LIMIT
    intake.add(block)
    with pytest.raises(EndlessLineError):
        intake.take_line(LIMIT)
