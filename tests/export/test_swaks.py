"""The command of swaks: what it looks like, and that no value becomes an option or a command."""

import shlex

import pytest

from smtplab.export import swaks
from smtplab.protocol.events import CommandSent
from smtplab.protocol.verbs import Verb
from smtplab.version import VERSION
from smtplab.wire.events import Opened
from tests.export.golden import holds
from tests.export.records import inside_tls, of_events, played, recorded
from tests.fakes import settings


def command(data: bytes) -> list[str]:
    """The words of the swaks command."""
    text = data.decode()
    return shlex.split("swaks" + text.rpartition("swaks \\\n")[2].join([" ", ""]))


def test_a_whole_session():
    data = swaks.export(inside_tls()).replace(VERSION.encode(), b"VERSION")
    assert holds("inside-tls.swaks.sh", data)


async def test_a_session_without_tls_and_login():
    data = swaks.export(await played(settings())).replace(VERSION.encode(), b"VERSION")
    assert holds("plain.swaks.sh", data)


@pytest.mark.parametrize(
    ("verb", "reply", "stop"),
    [
        ("greeting", b"554 no\r\n", "BANNER"),
        ("EHLO", b"421 no\r\n", "FIRST-EHLO"),
        ("MAIL", b"550 no\r\n", "MAIL"),
        ("RCPT", b"550 no\r\n", "RCPT"),
        ("DATA", b"550 no\r\n", "RCPT"),
    ],
)
async def test_it_stops_where_the_session_stopped(verb, reply, stop):
    words = command(swaks.export(await played(settings(), **{verb: reply})))
    assert words[words.index("--quit-after") + 1] == stop
    assert "--data" not in words


async def test_it_stops_behind_tls():
    words = command(swaks.export(await recorded("scenario:certificates/expired")))
    assert words[words.index("--quit-after") + 1] == "TLS"
    assert "--tls-verify" in words


HOSTILE = ["$(touch x)", "`x`", "'; touch x; '", '"x"', "a b", "*", "\\"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_a_value(value):
    lines = [f"EHLO {value}", f"MAIL FROM:<{value}@a>", f"RCPT TO:<{value}@b>"]
    sent = [CommandSent(Verb(line[:4]), line.encode() + b"\r\n") for line in lines]
    words = command(swaks.export(of_events([Opened(value, 25, "192.0.2.7", 0.0), *sent])))
    for option, expected in (("--server", value), ("--ehlo", value), ("--to", f"{value}@b")):
        assert words[words.index(option) + 1] == expected


def test_what_swaks_would_take_for_an_option_is_left_out():
    lines = ["EHLO --pipe=x", "MAIL FROM:<-f@a>", "RCPT TO:<--pipe=x@b>", "RCPT TO:<c,d@e>"]
    sent = [CommandSent(Verb(line[:4]), line.encode() + b"\r\n") for line in lines]
    data = swaks.export(of_events([Opened("mail.test", 25, "192.0.2.7", 0.0), *sent]))
    assert not any("pipe" in w or w in ("--from", "--to", "--ehlo") for w in command(data))
    comments = [line for line in data.decode().splitlines() if line.startswith("# Left out")]
    assert len(comments) == 3


def test_a_host_that_is_an_option_is_refused():
    data = swaks.export(of_events([Opened("--pipe=x", 25, "192.0.2.7", 0.0)]))
    assert b"swaks \\" not in data
    assert data.endswith(b"exit 1\n")


def test_a_user_without_a_name_is_asked_for():
    typed = CommandSent(Verb.AUTH, b"AUTH PLAIN ****\r\n")
    words = command(swaks.export(of_events([Opened("m.test", 25, "192.0.2.7", 0.0), typed])))
    assert words[words.index("--auth-user") + 1] == "${SMTPLAB_USERNAME:?is not set}"
