"""The arguments of MAIL and RCPT."""

import pytest

from smtplab.server.envelope import FORMS, read_path

TAKEN = [
    ("MAIL", "FROM:<a@b>", "a@b", ()),
    ("MAIL", "from:<A.b+c@D.example>", "A.b+c@D.example", ()),
    ("MAIL", "FROM:<>", "", ()),
    ("MAIL", 'FROM:<"a b\\"<>@"@c.test>', '"a b\\"<>@"@c.test', ()),
    ("MAIL", "FROM:<@one,@two.test:a@b>", "a@b", ()),
    ("MAIL", "FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]", ()),
    ("MAIL", "FROM:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", ()),
    ("MAIL", "FROM:<é@ü.example>", "é@ü.example", ()),
    ("MAIL", "FROM:<a_b@under_score.test>", "a_b@under_score.test", ()),
    ("MAIL", "FROM:<a@b> SIZE=1 body=8bitmime SMTPUTF8", "a@b",
     ("SIZE=1", "body=8bitmime", "SMTPUTF8")),
    ("MAIL", "FROM:<a@b> AUTH=<>", "a@b", ("AUTH=<>",)),
    ("MAIL", "FROM:<a@b> AUTH=e+3Dmc2@example.com", "a@b", ("AUTH=e+3Dmc2@example.com",)),
    ("MAIL", "FROM:<a@b> RET=HDRS ENVID=QQ314159", "a@b", ("RET=HDRS", "ENVID=QQ314159")),
    ("RCPT", "TO:<Postmaster>", "Postmaster", ()),
    ("RCPT", "TO:<a@b> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@c", "a@b",
     ("NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;a+2Bb@c")),
    ("RCPT", "TO:<a@b> NOTIFY=NEVER", "a@b", ("NOTIFY=NEVER",)),
]  # fmt: skip

REFUSED = [
    ("MAIL", "", "501 5.5.4"), ("MAIL", "TO:<a@b>", "501 5.5.4"), ("MAIL", "FROM <a@b>", "501"),
    ("MAIL", "FROM:", "501 5.1.7"), ("MAIL", "FROM:a@b", "501 5.1.7"),
    ("MAIL", "FROM:<a@b", "501 5.1.7"), ("MAIL", "FROM:<a b@c>", "501 5.1.7"),
    ("MAIL", "FROM:<a>", "501 5.1.7"), ("MAIL", "FROM:<a..b@c>", "501 5.1.7"),
    ("MAIL", "FROM:<a@@b>", "501 5.1.7"), ("MAIL", "FROM:<a@-b>", "501 5.1.7"),
    ("MAIL", "FROM:<@b>", "501 5.1.7"), ("MAIL", "FROM:< a@b >", "501 5.1.7"),
    ("MAIL", 'FROM:<"a@b>', "501 5.1.7"), ("MAIL", "FROM:<postmaster>", "501 5.1.7"),
    ("MAIL", f"FROM:<{'a' * 260}@b>", "501 5.1.7"), ("MAIL", "FROM:<a@b>SIZE=1", "501 5.5.4"),
    ("MAIL", "FROM:<a@b> SIZE=x", "501 5.5.4"), ("MAIL", "FROM:<a@b> SIZE", "501 5.5.4"),
    ("MAIL", "FROM:<a@b> SIZE=1 SIZE=1", "501 5.5.4"), ("MAIL", "FROM:<a@b> SMTPUTF8=1", "501"),
    ("MAIL", "FROM:<a@b> BODY=9BIT", "501 5.5.4"), ("MAIL", "FROM:<a@b> RET=ALL", "501 5.5.4"),
    ("MAIL", f"FROM:<a@b> ENVID={'a' * 101}", "501 5.5.4"), ("MAIL", "FROM:<a@b> ENVID=a=b", "501"),
    ("MAIL", "FROM:<a@b> MT-PRIORITY=3", "555 5.5.4"), ("MAIL", "FROM:<a@b> NOTIFY=NEVER", "555"),
    ("RCPT", "TO:<>", "501 5.1.3"), ("RCPT", "TO:<a@b> SIZE=1", "555 5.5.4"),
    ("RCPT", "TO:<a@b> NOTIFY=NEVER,DELAY", "501 5.5.4"), ("RCPT", "TO:<a@b> ORCPT=a", "501 5.5.4"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "argument", "address", "parameters"), TAKEN)
def test_what_is_taken(verb: str, argument: str, address: str, parameters) -> None:
    read = read_path(verb, argument, lambda keyword: True)
    assert (read.refusal, read.parameters) == ("", parameters)
    assert read.for_brain.startswith(f"{FORMS[verb]}<{address}>")
    assert not read.spaced


@pytest.mark.parametrize(("verb", "argument", "refusal"), REFUSED)
def test_what_is_refused(verb: str, argument: str, refusal: str) -> None:
    assert read_path(verb, argument, lambda keyword: True).refusal.startswith(refusal)


@pytest.mark.parametrize("text", ["SIZE=1", "BODY=7BIT", "SMTPUTF8", "RET=FULL", "AUTH=<>"])
def test_what_is_not_offered_is_refused(text: str) -> None:
    read = read_path("MAIL", f"FROM:<a@b> {text}", lambda keyword: False)
    assert read.refusal.startswith("555 5.5.4")


def test_a_space_behind_the_colon_is_seen() -> None:
    read = read_path("RCPT", "TO: <a@b>", lambda keyword: True)
    assert (read.refusal, read.for_brain, read.spaced) == ("", "TO:<a@b>", True)


def test_long_arguments_take_no_time() -> None:
    for argument in (f"FROM:<{'a.' * 900}@b>", f"FROM:<{'a' * 2000}", f'FROM:<"{"a" * 2000}'):
        assert read_path("MAIL", argument, lambda keyword: True).refusal
