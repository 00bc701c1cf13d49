"""Each fault of a message, with the least that has it and the most that has it not."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.scenarios.model import MessageFault
from smtplab.server.message_faults import MESSAGE_FAULTS, header_of

GOOD = (
    b"From: a@b.test\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@b.test>\r\n"
    b"Subject: one\r\n\ttwo\r\n\r\ntext\r\n"
)


def without(name: bytes) -> bytes:
    return b"".join(x for x in GOOD.splitlines(keepends=True) if not x.startswith(name))


CASES = [
    ("bare-lf", b"a\nb\r\n"),
    ("bare-lf", b"\n"),
    ("bare-cr", b"a\rb\r\n"),
    ("bare-cr", b"a\r\r\n"),
    ("nul", GOOD + b"\0"),
    ("8bit", GOOD + b"\xe4"),
    ("8bit-header", b"Subject: \xc3\xa4\r\n" + GOOD),
    ("long-line", GOOD + b"x" * 999 + b"\r\n"),
    ("no-from", without(b"From")),
    ("no-from", b"Fromage: x\r\n" + without(b"From")),
    ("no-from", without(b"From") + b"From: a@b.test\r\n"),
    ("no-date", without(b"Date")),
    ("no-message-id", without(b"Message-ID")),
    ("no-blank-line", b"Subject: x\r\nHello there\r\n"),
    ("no-blank-line", GOOD.replace(b"\r\n\r\n", b"\r\n")),
    ("no-date", b""),
]


def test_every_fault_may_be_named_in_a_file_and_has_a_case() -> None:
    assert list(MESSAGE_FAULTS) == list(get_args(MessageFault))
    assert {fault for fault, _ in CASES} == set(MESSAGE_FAULTS)


@pytest.mark.parametrize(("fault", "message"), CASES)
def test_there(fault: str, message: bytes) -> None:
    assert MESSAGE_FAULTS[fault](message)


@pytest.mark.parametrize("fault", MESSAGE_FAULTS)
def test_not_there(fault: str) -> None:
    assert not MESSAGE_FAULTS[fault](GOOD)
    assert not MESSAGE_FAULTS[fault](GOOD + b"x" * 998 + b"\r\n")


@pytest.mark.parametrize("name", [b"from", b"FROM", b"From"])
def test_names_of_fields_in_any_case(name: bytes) -> None:
    assert not MESSAGE_FAULTS["no-from"](name + b" : a@b.test\r\n\r\n")


@given(st.binary())
def test_any_octets(message: bytes) -> None:
    for fault in MESSAGE_FAULTS.values():
        assert fault(message) in (True, False)
    assert all(line for line in header_of(message))
