"""Who takes mail for a domain, asked of a name server on loopback."""

import pytest

from smtplab.wire.exchangers import exchangers
from tests.wire.name_server import name_server, without_dnspython


@pytest.mark.parametrize(
    ("domain", "hosts"),
    [
        ("one.test", ("mx.one.test",)),
        ("one.test.", ("mx.one.test",)),
        ("many.test", ("first.test", "second.test")),
        ("alone.test", ("alone.test",)),
    ],
)
async def test_the_best_one_comes_first(domain, hosts):
    async with name_server():
        assert await exchangers(domain, 5) == hosts


@pytest.mark.parametrize(
    ("domain", "reason"),
    [
        ("nowhere.test", "there is no domain 'nowhere.test'"),
        ("null.test", "takes no mail"),
        ("servfail.test", "cannot be looked up"),
        ("a..b", "cannot be looked up"),
        ("x" * 64 + ".test", "cannot be looked up"),
    ],
)
async def test_why_there_is_none(domain, reason):
    async with name_server():
        found = await exchangers(domain, 5)
    assert isinstance(found, str)
    assert reason in found


async def test_without_the_library_it_says_what_to_install():
    with without_dnspython():
        found = await exchangers("one.test", 5)
    assert isinstance(found, str)
    assert "pip install 'smtplab[mx]'" in found
