"""How octets are cut and paced on their way out."""

import itertools
from collections.abc import Iterator

Shape = str | list[int]
"""whole, bytes, drip, bare-lf, bare-cr, or the places at which to cut."""

WHOLE = "whole"

SEGMENT_PAUSE = 0.001
"""Seconds between segments. Without a pause the reader's kernel glues them together again."""

DRIP_PAUSE = 0.25
"""Seconds between the octets of a drip, before the time scale."""

BLOCK = 1 << 16

LINE_ENDS = {"bare-lf": b"\n", "bare-cr": b"\r"}


def code_of(line: str) -> int | None:
    """The reply code of a line; None when it does not begin with one."""
    head = line[:3]
    return int(head) if len(head) == 3 and head.isascii() and head.isdigit() else None


def shaped(data: bytes, shape: Shape, time_scale: float) -> Iterator[tuple[bytes, float]]:
    """The pieces to write, each with the seconds to wait after it."""
    if isinstance(shape, list):
        yield from _cut(data, shape)
    elif shape == "bytes":
        yield from ((data[i : i + 1], SEGMENT_PAUSE) for i in range(len(data)))
    elif shape == "drip":
        pause = max(SEGMENT_PAUSE, DRIP_PAUSE * time_scale)
        yield from ((data[i : i + 1], pause) for i in range(len(data)))
    else:
        data = data.replace(b"\r\n", LINE_ENDS.get(shape, b"\r\n"))
        yield from ((data[i : i + BLOCK], 0.0) for i in range(0, len(data), BLOCK))


def _cut(data: bytes, places: list[int]) -> Iterator[tuple[bytes, float]]:
    inside = sorted({place for place in places if 0 < place < len(data)})
    edges = [0, *inside, len(data)]
    for start, end in itertools.pairwise(edges):
        if end > start:
            yield data[start:end], SEGMENT_PAUSE if end < len(data) else 0.0
