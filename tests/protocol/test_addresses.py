import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.addresses import (
    check_path,
    is_address_literal,
    needs_smtputf8,
    split_path,
)

FINE = [
    "", "a@b.example", "a.b+c@b.example", '"a b"@b.example', '"a@b"@c.example', "Postmaster",
    "x" * 64 + "@b.example", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "a@xn--bcher-kva.example",
    "a@" + "x" * 63 + ".example",
]  # fmt: skip


@pytest.mark.parametrize("path", FINE)
def test_paths_without_a_doubt(path):
    assert check_path(path) == ()


DOUBTFUL = [
    ("a b@c.example", "in quotes"),
    ("a..b@c.example", "in quotes"),
    (".a@c.example", "in quotes"),
    ("@c.example", "in quotes"),
    ("<a@b.example>", "brackets"),
    ("a@b.example\r\nDATA", "another command"),
    ("a\0@b.example", "another command"),
    ("x" * 65 + "@b.example", "65 octets; 64 is the limit"),
    ("ö" * 33 + "@b.example", "66 octets; 64 is the limit"),
    ("a@" + "x." * 127 + "xx", "256 octets; 255 is the limit"),
    ("a" * 60 + "@" + "x." * 96 + "xx", "257 octets; 256 is the limit"),
    ("ö@b.example", "SMTPUTF8"),
    ("a@bücher.example", "SMTPUTF8"),
    ("nobody", "no domain"),
    ("a@", "no domain"),
    ("a@-b.example", "no name"),
    ("a@b..example", "no name"),
    ("a@b_c.example", "no name"),
    ("a@" + "x" * 64 + ".example", "longer than 63"),
    ("a@localhost", "no dot"),
    ("a@[mx.example]", "no IP address"),
    ("a@[192.0.2.1", "no IP address"),
]


@pytest.mark.parametrize(("path", "word"), DOUBTFUL)
def test_doubts_are_said(path, word):
    assert any(word in doubt for doubt in check_path(path))


SPLIT = [("a@b", ("a", "b")), ('"a@b"@c', ('"a@b"', "c")), ("a", ("a", "")), ("a@", ("a", ""))]


@pytest.mark.parametrize(("path", "expected"), SPLIT)
def test_the_last_at_divides(path, expected):
    assert split_path(path) == expected


@given(st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", codec="utf-8")))
def test_a_quoted_local_part_is_not_doubted(text):
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
    assert not any("quotes" in doubt for doubt in check_path(f"{quoted}@b.example"))


LITERALS = [
    ("[192.0.2.1]", True),
    ("[IPv6:::1]", True),
    ("[ipv6:fe80::1]", True),
    ("[IPv6:fe80::1%eth0]", False),
    ("[::1]", False),
    ("[256.1.1.1]", False),
    ("[]", False),
    ("192.0.2.1", False),
]


@pytest.mark.parametrize(("domain", "expected"), LITERALS)
def test_address_literals(domain, expected):
    assert is_address_literal(domain) is expected


@given(st.text())
def test_any_text_can_be_checked(path):
    doubts = check_path(path)
    assert all(doubt.endswith(".") for doubt in doubts)
    assert needs_smtputf8(path) <= any("SMTPUTF8" in doubt for doubt in doubts)
    split_path(path)
