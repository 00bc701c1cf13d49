"""Turns: what a client says, and how long it may take."""

import pytest

from smtplab.server.turns import chunk_in


@pytest.mark.parametrize(
    ("argument", "chunk"),
    [("5", (5, False)), ("5 LAST", (5, True)), ("0  last", (0, True)), ("", None), ("LAST", None),
     ("-1", None), ("5 LAST x", None), ("9" * 13, None)],
)  # fmt: skip
def test_what_bdat_announces(argument: str, chunk: tuple[int, bool] | None) -> None:
    assert chunk_in(argument) == chunk


SLOW = [
    ([], b"421 4.4.2 Nothing came for too long\r\n", "said 421"),
    ([b"NO"], b"421 4.4.2 Nothing came for too long\r\n", "said 421"),
    ([b"AUTH LOGIN\r\n"], b"334 VXNlcm5hbWU6\r\n", "the client was too slow"),
    (
        [b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c@d>\r\n", b"DATA\r\n"],
        b"354",
        "the client was too slow",
    ),
]


@pytest.mark.parametrize(("said", "reply", "how"), SLOW)
async def test_a_client_that_takes_too_long(labs, said: list[bytes], reply: bytes, how) -> None:
    lab = await labs.start("server: {timeout: 100s}", base="plain")
    client = await labs.hello(lab)
    client.send(b"".join(said))
    assert await client.ended() == "fin"
    assert reply in bytes(client.received)
    client.close()
    assert await labs.closed(lab) == how


async def test_a_client_that_never_shakes_hands(labs) -> None:
    lab = await labs.start("server: {timeout: 50s}", base="implicit")
    client = await labs.dial(lab)
    assert await client.ended() == "fin"
    assert await labs.closed(lab) == "the client was too slow"
