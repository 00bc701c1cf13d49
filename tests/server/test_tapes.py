"""Every bundled scenario says what it said: octets, their order, and how the connection ends."""

import asyncio

import pytest

from smtplab.wire.loop import faster_loop
from tests.server.tapes import (
    FOLDER,
    FOLDERS,
    HONEST,
    SILENCE,
    end_of_reply,
    names_of,
    play_folder,
    read,
    shortened,
    shown,
    silences,
)


def certain(tape: list[str]) -> list[str]:
    """Without what a RST overtakes at times, and at times does not."""
    if "end: rst" not in tape:
        return tape
    at = end = tape.index("end: rst")
    while at and tape[at - 1].startswith("S: "):
        at -= 1
    return tape[:at] + tape[end:]


@pytest.mark.parametrize("folder", FOLDERS)
async def test_tapes(folder: str) -> None:
    held, now = read(folder), await play_folder(folder)
    check(folder, held, now)


@pytest.mark.parametrize("folder", ["connection", "replies", "starttls", "tls"])
def test_tapes_are_the_same_on_the_faster_loop(folder: str) -> None:
    factory = faster_loop()
    if factory is None:
        pytest.skip("uvloop is not installed")
    with asyncio.Runner(loop_factory=factory) as runner:
        check(folder, read(folder), runner.run(play_folder(folder)))


def check(folder: str, held: dict[str, list[str]], now: dict[str, list[str]]) -> None:
    for name, tape in now.items():
        assert certain(tape) == certain(held.get(name, [])), (
            f"{name}: when that is meant, run: python -m tests.server.tapes {folder}"
        )
    assert list(held) == names_of(folder)


def test_no_tape_is_left_over() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == FOLDERS


@pytest.mark.parametrize(
    ("octets", "end"),
    [(b"", 0), (b"250 a\r\n", 7), (b"250 a\r\nx", 7), (b"250-a\r\n", 0), (b"250 a\r", 0),
     (b"250-a\r\n250 b\r\n", 14), (b"250-a\n250 b\n", 12), (b"\r\n250 a\r\n", 2), (b"250\r\n", 5)],
)  # fmt: skip
def test_where_a_reply_ends(octets: bytes, end: int) -> None:
    assert end_of_reply(octets) == end


def test_octets_as_lines() -> None:
    assert list(shown(b"")) == []
    assert list(shown(b"a\r\n\xff\0\nb")) == [r"S: a\r\n", r"S: \xff\x00\n", "S: b"]
    assert list(shown(b"x" * 200)) == [f"S: {'x' * 160} ... 200 octets"]
    assert list(shown(b"\n" * 20))[-1] == "S: ... 8 lines more"


@pytest.mark.parametrize(
    ("tape", "silent"),
    [([], set()), ([SILENCE], {0}), (["S: a", "C: b", "S: c", SILENCE], {1}),
     (["C: a", "C: b", "end: fin"], set())],
)  # fmt: skip
def test_where_silence_is(tape: list[str], silent: set[int]) -> None:
    assert silences(tape) == silent


def test_what_the_honest_server_says_is_left_out() -> None:
    honest = ["S: 220 hi", "C: EHLO", "S: 250-a", "S: 250 b", "C: QUIT", "S: 221 bye", "end: fin"]
    assert shortened(honest, honest) == [
        HONEST, f"C: EHLO  {HONEST}", f"C: QUIT  {HONEST}", "end: fin"
    ]  # fmt: skip
    other = ["S: 554 no", "C: EHLO", "S: 250-a", "C: QUIT", "S: 221 bye", "end: rst"]
    assert shortened(other, honest) == [
        "S: 554 no", "C: EHLO", "S: 250-a", f"C: QUIT  {HONEST}", "end: rst"
    ]  # fmt: skip


def test_what_a_reset_overtakes() -> None:
    assert certain(["C: x", "S: a", "S: b", "end: rst"]) == ["C: x", "end: rst"]
    assert certain(["S: a", "end: fin"]) == ["S: a", "end: fin"]
