"""What the event loop's streams do besides the contracts of streams and networks."""

from smtplab.wire.tcp import resolve


async def test_a_name_that_cannot_be_encoded_is_a_reason_and_no_error() -> None:
    assert isinstance(await resolve("a" * 70 + ".test", 25), str)
    assert isinstance(await resolve("a..b", 25), str)


async def test_a_number_is_its_own_address() -> None:
    found = await resolve("127.0.0.1", 25)
    assert [(address.text, address.sockaddr[1]) for address in found] == [("127.0.0.1", 25)]
