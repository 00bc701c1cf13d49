"""Replies as octets, and what they say."""

import pytest

from smtplab.server.replies import SHORT, Reply, reply_of

REPLIES = [
    (("250 ok",), b"250 ok\r\n", 250, 6),
    (("250-a", "250 b"), b"250-a\r\n250 b\r\n", 250, 10),
    (("250 ü",), "250 ü\r\n".encode(), 250, 5),
    (("250 \udcff",), b"250 ?\r\n", 250, 5),
    (("nonsense",), b"nonsense\r\n", None, 8),
    ((), b"", None, 0),
    (("250 x",) * (SHORT + 1), b"250 x\r\n" * (SHORT + 1), 250, 5 * (SHORT + 1)),
]


@pytest.mark.parametrize(("lines", "octets", "code", "size"), REPLIES)
def test_what_lines_make(
    lines: tuple[str, ...], octets: bytes, code: int | None, size: int
) -> None:
    for _ in range(2):
        assert reply_of(lines) == Reply(lines, octets, code, size)
