from smtplab.wire.events import Ending
from smtplab.wire.memory import memory_pair


async def test_a_reset_loses_what_was_not_read() -> None:
    one, other = memory_pair()
    await one.send(b"354 go")
    one.reset()
    assert await other.receive() == b""
    assert other.ending is Ending.RESET


async def test_octets_sent_after_the_end_are_dropped() -> None:
    one, other = memory_pair()
    await other.close()
    await one.send(b"late")
    assert other.receive_nowait() == b""
