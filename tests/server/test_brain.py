"""The brain: aiosmtpd without a socket."""

import pytest

from smtplab.server.brain import MOST_TAKEN, Brain, Mould


@pytest.fixture
async def brain() -> Brain:
    return Mould("lab.test", 1000).brain()


async def test_a_transaction(brain: Brain) -> None:
    assert brain.ask("MAIL", "FROM:<a@b>") == ["503 Error: send HELO first"]
    assert brain.ask("EHLO", "client.test")[0] == "250-lab.test"
    assert (brain.hello, brain.extended) == ("client.test", True)
    assert brain.sender is None
    assert brain.ask("MAIL", "FROM:<a@b> SIZE=9") == ["250 OK"]
    brain.keep("MAIL", ("SIZE=9",))
    assert brain.ask("RCPT", "TO:<c@d>") == ["250 OK"]
    brain.keep("RCPT", ())
    brain.assume("RCPT", "e@f")
    assert brain.ask("RCPT", 'TO:<"g h"@i>') == ["250 OK"]
    brain.keep("RCPT", ("NOTIFY=NEVER",))
    assert (brain.sender, brain.recipients) == ("a@b", ("c@d", "e@f", '"g h"@i'))
    assert brain.parameters == (("SIZE=9",), ((), (), ("NOTIFY=NEVER",)))
    brain.ask("RCPT", "TO:<j@k>")
    assert brain.parameters[1] == ((), (), ("NOTIFY=NEVER",), ())
    brain.forget_transaction()
    assert (brain.sender, brain.recipients, brain.parameters) == (None, (), ((), ()))


async def test_sessions_do_not_make_each_other_s_limits_grow(brain: Brain) -> None:
    for _ in range(50):
        brain.ask("EHLO", "c")
    assert brain._smtp.command_size_limits["MAIL"] == 512 + 50 * 36
    assert Mould("lab.test", 1000).brain()._smtp.command_size_limits["MAIL"] == 512


async def test_brains_of_one_mould_share_nothing() -> None:
    mould = Mould("lab.test", 1000)
    one, other = mould.brain(), mould.brain()
    for _ in range(3):
        one.ask("EHLO", "one")
    one.ask("MAIL", "FROM:<a@b>")
    one.ask("RCPT", "TO:<c@d>")
    third = mould.brain()
    for brain in (other, third):
        assert (brain.hello, brain.extended, brain.sender, brain.recipients) == (
            "", False, None, (),
        )  # fmt: skip
        assert brain._smtp.command_size_limits["MAIL"] == 512
    other.ask("EHLO", "other")
    assert (one.hello, other.hello) == ("one", "other")
    assert one.recipients == ("c@d",)


@pytest.mark.parametrize("argument", ['FROM:<"\\"@b>', "FROM:<(@b>", "FROM:<[@]>", "FROM:<a@b"])
async def test_strange_addresses_raise_nothing(brain: Brain, argument: str) -> None:
    brain.ask("EHLO", "c")
    (line,) = brain.ask("MAIL", argument)
    assert line[:3] in ("250", "501", "553")


async def test_assume_is_for_what_was_said(brain: Brain) -> None:
    brain.assume("MAIL", "")
    assert brain.sender == ""
    brain.assume("MAIL", "x@y")
    assert brain.sender == ""


async def test_what_was_said_before_means_the_same_in_its_place_only() -> None:
    mould = Mould("lab.test", 1000)
    mail, rcpt = ("MAIL", "FROM:<ü@b> SMTPUTF8"), ("RCPT", "TO:<c@d>")
    for _ in range(2):
        brain = mould.brain()
        assert brain.ask(*mail) == ["503 Error: send HELO first"]
        brain.ask("EHLO", "c")
        assert brain.ask(*rcpt) == ["503 Error: need MAIL command"]
        assert brain.ask(*mail) == ["250 OK"]
        assert brain.ask(*mail) == ["503 Error: nested MAIL command"]
        assert brain.ask(*rcpt) == brain.ask(*rcpt) == ["250 OK"]
        assert (brain.sender, brain.recipients, brain.utf8) == ("ü@b", ("c@d", "c@d"), True)
        brain.forget_transaction()
        brain.ask("HELO", "c")
        assert brain.ask(*mail)[0][:3] == "501"
        assert brain.ask("MAIL", "FROM:<>") == ["250 OK"]
        assert (brain.sender, brain.utf8) == ("", False)


async def test_what_is_remembered_is_bounded(brain: Brain) -> None:
    brain.ask("EHLO", "c")
    brain.ask("MAIL", "FROM:<a@b>")
    for number in range(2 * MOST_TAKEN):
        assert brain.ask("RCPT", f"TO:<{number}@d>") == ["250 OK"]
        assert brain.recipients[-1] == f"{number}@d"
        assert len(brain._taken) <= MOST_TAKEN
