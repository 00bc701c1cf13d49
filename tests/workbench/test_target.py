import pytest

from smtplab.client.settings import Security
from smtplab.workbench.target import Target, TargetError, parse_target

STARTTLS, IMPLICIT = Security.STARTTLS, Security.IMPLICIT

GOOD = [
    ("mail.test", ("mail.test", 587, STARTTLS, None)),
    ("mail.test:25", ("mail.test", 25, STARTTLS, None)),
    ("mail.test:465", ("mail.test", 465, IMPLICIT, None)),
    ("[::1]:2525", ("::1", 2525, STARTTLS, None)),
    ("[::1]", ("::1", 587, STARTTLS, None)),
    ("smtp://mail.test", ("mail.test", 587, STARTTLS, None)),
    ("smtp://anna%40x.test@mail.test:2525", ("mail.test", 2525, STARTTLS, "anna@x.test")),
    ("smtps://mail.test", ("mail.test", 465, IMPLICIT, None)),
    ("smtps://mail.test:2465", ("mail.test", 2465, IMPLICIT, None)),
    ("smtp://[::1]:26", ("::1", 26, STARTTLS, None)),
    ("smtp://mail.test/", ("mail.test", 587, STARTTLS, None)),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_what_names_a_server(text: str, expected: tuple[str, int, Security, str | None]) -> None:
    host, port, security, username = expected
    assert parse_target(text) == Target(text, host, port, security, username)


def test_a_scenario() -> None:
    assert parse_target("scenario:data/wrong-code").scenario == "data/wrong-code"


@pytest.mark.parametrize(
    ("text", "domain", "port"),
    [("mx:mail.test", "mail.test", 25), ("mx:mail.test:2525", "mail.test", 2525)],
)
def test_a_domain(text: str, domain: str, port: int) -> None:
    assert parse_target(text) == Target(text, domain, port, STARTTLS, by_mx=True)


BAD = [
    ("mx:", "name of a domain"),
    ("mx:a b", "names no host"),
    ("mx:mail.test:x", "port"),
    ("", "names no host"),
    (":25", "names no host"),
    ("a[..b", "names no host"),
    ("a\x1b[31m:25", "names no host"),
    ("mail.test:", "port"),
    ("mail.test:smtp", "port"),
    ("mail.test:70000", "port"),
    ("::1", "brackets"),
    ("http://mail.test", "scheme"),
    ("smtp://", "names no host"),
    ("smtp://a:b@mail.test", "password"),
    ("[::1", r"brackets: \[::1]:587"),
    ("smtp://mail.test:x", "'smtp://mail.test:x': the port must be"),
    ("smtp://mail.test:0", "the port must be"),
    ("smtp://mail.test:70000", "the port must be"),
    ("smtp://mail.test/inbox", "nothing may follow"),
    ("smtp://mail.test?x=y", "nothing may follow"),
    ("scenario:", "name of a scenario"),
    ("a b", "names no host"),
]


@pytest.mark.parametrize(("text", "says"), BAD)
def test_what_does_not(text: str, says: str) -> None:
    with pytest.raises(TargetError, match=says):
        parse_target(text)
