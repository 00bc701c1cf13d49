"""The tape: every octet of both sides, as far as its budget reaches."""

from smtplab.server.tape import PIECE_OVERHEAD, Budget, Layer, Side, Tape


def test_octets_in_order_joined_by_side_and_layer() -> None:
    tape = Tape(Budget(10_000))
    for side, layer, data in (
        (Side.SERVER, Layer.PLAIN, b"220\r\n"),
        (Side.CLIENT, Layer.PLAIN, b"EH"),
        (Side.CLIENT, Layer.PLAIN, b"LO\r\n"),
        (Side.CLIENT, Layer.CIPHER, b"\x16"),
        (Side.CLIENT, Layer.TLS, b"NOOP\r\n"),
    ):
        tape.add(side, layer, data)
    assert [bytes(piece.data) for piece in tape.pieces] == [
        b"220\r\n", b"EHLO\r\n", b"\x16", b"NOOP\r\n",
    ]  # fmt: skip
    assert tape.clear_text(Side.CLIENT) == b"EHLO\r\nNOOP\r\n"
    assert tape.at(Side.CLIENT, Layer.CIPHER) == b"\x16"
    assert not tape.truncated


def test_what_it_shows_of_itself_holds_no_octets() -> None:
    tape = Tape(Budget(1000))
    tape.add(Side.CLIENT, Layer.PLAIN, b"secret")
    assert "secret" not in repr(tape.pieces)


def test_the_budget_is_shared_and_leaves_no_gaps() -> None:
    budget = Budget(2 * PIECE_OVERHEAD + 10)
    one, other = Tape(budget), Tape(budget)
    one.add(Side.CLIENT, Layer.PLAIN, b"12345")
    other.add(Side.CLIENT, Layer.PLAIN, b"123")
    other.add(Side.CLIENT, Layer.PLAIN, b"4567")
    other.add(Side.CLIENT, Layer.PLAIN, b"8")
    assert other.truncated
    assert not one.truncated
    assert other.clear_text(Side.CLIENT) == b"123"
    one.add(Side.CLIENT, Layer.PLAIN, b"67")
    assert one.clear_text(Side.CLIENT) == b"1234567"


def test_many_tiny_pieces_are_bounded() -> None:
    tape = Tape(Budget(100 * PIECE_OVERHEAD))
    for _ in range(1000):
        tape.add(Side.CLIENT, Layer.PLAIN, b"x")
        tape.add(Side.SERVER, Layer.PLAIN, b"y")
    assert len(tape.pieces) < 100


def test_what_is_released_can_be_used_again() -> None:
    budget = Budget(1000)
    tape = Tape(budget)
    tape.add(Side.CLIENT, Layer.PLAIN, b"x" * 500)
    assert tape.charge(100)
    assert not tape.charge(10_000)
    tape.release()
    assert budget.left == 1000
    assert tape.pieces == []


def test_what_was_taken_for_clear_text_turns_to_cipher() -> None:
    tape = Tape(Budget(10_000))
    tape.add(Side.CLIENT, Layer.PLAIN, b"STARTTLS\r\n\x16\x03")
    tape.add(Side.SERVER, Layer.PLAIN, b"220\r\n")
    tape.add(Side.CLIENT, Layer.PLAIN, b"\x01\x02")
    tape.turn_to_cipher(4)
    assert tape.at(Side.CLIENT, Layer.PLAIN) == b"STARTTLS\r\n"
    assert tape.at(Side.CLIENT, Layer.CIPHER) == b"\x16\x03\x01\x02"
