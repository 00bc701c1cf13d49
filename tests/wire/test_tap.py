from smtplab.wire.memory import memory_pair
from smtplab.wire.tap import TapStream


async def test_every_octet_is_reported_with_its_direction() -> None:
    seen: list[tuple[bool, bytes]] = []
    one, other = memory_pair()
    tap = TapStream(one, lambda sent, data: seen.append((sent, data)))
    await tap.send(b"NOOP\r\n")
    await tap.send(b"")
    await other.send(b"250 ok\r\n")
    assert await tap.receive() == b"250 ok\r\n"
    assert tap.receive_nowait() == b""
    assert seen == [(True, b"NOOP\r\n"), (False, b"250 ok\r\n")]
