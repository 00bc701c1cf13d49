"""What may be shown of a client's lines."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.server.exchange import Command
from smtplab.server.replies import reply_of
from smtplab.server.session_log import HIDDEN, Hider, SessionLog, exchanged
from smtplab.server.tape import Budget, Layer, Side, Tape

PASSWORD = "open-sesame"

SHOWN = [
    ("NOOP", False, "NOOP"),
    ("AUTH PLAIN", False, "AUTH PLAIN"),
    ("auth plain AGE=", False, f"auth plain {HIDDEN}"),
    ("AUTH PLAIN a b c", False, f"AUTH PLAIN {HIDDEN}"),
    ("NOOP open-sesame", False, HIDDEN),
    ("MAIL FROM:<alice@lab.test>", True, "MAIL FROM:<alice@lab.test>"),
    ("c2VjcmV0", True, HIDDEN),
    ("c2VjcmV0", False, "c2VjcmV0"),
    ("short", True, "short"),
    ("two words-here", True, "two words-here"),
]


@pytest.mark.parametrize(("line", "tried", "shown"), SHOWN)
def test_what_is_shown(line: str, tried: bool, shown: str) -> None:
    assert Hider([PASSWORD]).hide(line, may_be_secret=tried) == shown


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_a_password_in_base64_at_any_alignment(before: bytes, behind: bytes) -> None:
    encoded = base64.b64encode(before + PASSWORD.encode() + behind).decode()
    shown = Hider([PASSWORD]).hide(f"NOOP {encoded}", may_be_secret=False)
    assert shown == HIDDEN


def test_an_empty_password_hides_nothing() -> None:
    assert Hider([""]).hide("NOOP", may_be_secret=False) == "NOOP"


def test_the_log_is_bounded_by_the_tape_s_budget() -> None:
    log = SessionLog(1, "", Tape(Budget(2000)))
    for number in range(100):
        log.add_command(Command("x" * 100, "x" * 100, encrypted=False))
        log.add_reply(("250 ok",), 6)
        log.add_note(f"note {number}")
    assert 1 <= len(log.commands) < 6
    assert len(log.commands) + len(log.replies) + len(log.notes) < 10
    assert log.tape.truncated


def test_a_note_is_kept_once() -> None:
    log = SessionLog(1, "", Tape(Budget(2000)))
    log.add_note("odd")
    log.add_note("odd")
    assert log.notes == ["odd"]


HEARD = Command("NOOP", "NOOP", encrypted=False)
AGAIN = exchanged(b"NOOP\r\n", HEARD, reply_of(("250 ok",)))
MESSAGE = exchanged(b"", None, reply_of(("250 taken", "250 twice")))


def written(budget: Budget, *, in_parts: bool) -> list[object]:
    """What a log holds of two exchanges, and what that costs."""
    log = SessionLog(1, "", Tape(budget))
    log.tape.add(Side.SERVER, Layer.PLAIN, b"220 x\r\n")
    for exchange, message in ((AGAIN, b""), (MESSAGE, b"x\r\n.\r\n"), (AGAIN, b"")):
        if not in_parts:
            log.keep(exchange, message)
            continue
        log.tape.add(Side.CLIENT, Layer.PLAIN, message or exchange.heard)
        if exchange.command is not None:
            log.add_command(exchange.command)
        log.add_reply(exchange.reply.lines, exchange.reply.size)
        log.tape.add(Side.SERVER, Layer.PLAIN, exchange.reply.octets)
    log.tape.add(Side.SERVER, Layer.PLAIN, b"421 x\r\n")
    log.add_command(HEARD)
    pieces = [(piece.side, piece.layer, piece.data) for piece in log.tape.pieces]
    return [pieces, log.commands, log.replies, log.tape.truncated, budget.left, repr(log)]


def test_an_exchange_is_kept_as_its_parts_are() -> None:
    for octets in range(3200):
        whole = written(Budget(octets), in_parts=False)
        assert whole == written(Budget(octets), in_parts=True)
    assert not whole[3]


def test_an_exchange_that_is_not_behind_a_reply() -> None:
    tape = Tape(Budget(10_000))
    tape.add(Side.CLIENT, Layer.PLAIN, b"NO")
    assert not tape.exchange(AGAIN)
    log = SessionLog(1, "", tape)
    log.keep(AGAIN)
    assert tape.clear_text(Side.CLIENT) == b"NONOOP\r\n"
    assert log.commands == [HEARD]
