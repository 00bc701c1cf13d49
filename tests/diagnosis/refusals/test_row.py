"""A reply on one line, and the first row that fits it."""

import pytest

from smtplab.diagnosis.refusals.row import ANY, LOGIN, Refusal, first_fitting, fits, said, status_of
from smtplab.protocol.replies import Reply, ReplyParser
from smtplab.protocol.verbs import Verb


def reply(octets: bytes) -> Reply:
    return ReplyParser().receive_data(octets)[0]


SAID = [
    (b"550 user unknown\r\n", "550 - user unknown"),
    (b"550 5.1.1 user unknown\r\n", "550 5.1.1 user unknown"),
    (b"534-5.7.9 Use an app\r\n534 5.7.9 password.\r\n", "534 5.7.9 Use an app password."),
    (b"553 not in my rcpthosts (#5.7.1)\r\n", "553 5.7.1 not in my rcpthosts (#5.7.1)"),
    (b"550  a \x1b[2J  b\r\n", "550 - a \\x1b[2J b"),
]


@pytest.mark.parametrize(("octets", "words"), SAID)
def test_a_reply_on_one_line(octets, words):
    assert said(reply(octets)) == words


def test_a_long_reply_is_cut():
    assert len(said(reply(b"550-" + b"x" * 400 + b"\r\n550 " + b"y" * 400 + b"\r\n"))) == 400


def test_no_enhanced_code():
    assert status_of(reply(b"550 no (#5)\r\n")) is None


def row(rule: str, signs: str, verbs: frozenset[Verb] = ANY) -> Refusal:
    return Refusal(rule, verbs, signs, "", "", "", "")


def test_the_first_row_that_fits_counts():
    table = (row("login", "password", LOGIN), row("first", "pass"), row("second", "password"))
    found = [first_fitting(table, verb, "535 - bad PASSWORD") for verb in (Verb.AUTH, Verb.MAIL)]
    assert [one.rule if one else None for one in found] == ["login", "first"]
    assert first_fitting(table, Verb.MAIL, "550 - no") is None


def test_case_does_not_matter():
    assert fits("spamhaus", "554 - See SpamHaus.org")
