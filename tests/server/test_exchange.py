"""What is kept once for all times shows no secrets."""

from smtplab.server.exchange import Command
from smtplab.server.replies import reply_of
from smtplab.server.session_log import exchanged


def test_what_it_shows_of_itself() -> None:
    exchange = exchanged(
        b"NOOP secret\r\n", Command("NOOP secret", "********", False), reply_of(())
    )
    assert "secret" not in repr(exchange)
