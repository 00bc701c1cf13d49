import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol import commands
from smtplab.protocol.verbs import Verb, verb_of

LINES = [
    (commands.ehlo("me.example"), b"EHLO me.example"),
    (commands.helo("me.example"), b"HELO me.example"),
    (commands.starttls(), b"STARTTLS"),
    (commands.auth("LOGIN"), b"AUTH LOGIN"),
    (commands.auth("PLAIN", b"\0u\0p"), b"AUTH PLAIN AHUAcA=="),
    (commands.auth("EXTERNAL", b""), b"AUTH EXTERNAL ="),
    (commands.mail(""), b"MAIL FROM:<>"),
    (
        commands.mail("a@b.example", [("SIZE", "10"), ("SMTPUTF8", None)]),
        b"MAIL FROM:<a@b.example> SIZE=10 SMTPUTF8",
    ),
    (commands.rcpt("ö@b.example"), "RCPT TO:<ö@b.example>".encode()),
    (commands.rcpt("c@d", [("NOTIFY", "NEVER")]), b"RCPT TO:<c@d> NOTIFY=NEVER"),
    (commands.data(), b"DATA"),
    (commands.lhlo("me.example"), b"LHLO me.example"),
    (commands.bdat(10, last=False), b"BDAT 10"),
    (commands.bdat(0, last=True), b"BDAT 0 LAST"),
    (commands.xclient(["ADDR=192.0.2.1", "NAME=x"]), b"XCLIENT ADDR=192.0.2.1 NAME=x"),
    (commands.rset(), b"RSET"),
    (commands.quit_(), b"QUIT"),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_commands(line, expected):
    assert line == expected
    assert verb_of(line) is not Verb.UNKNOWN


TYPED = [
    ("NOOP", b"NOOP", True),
    ("NOOP\\", b"NOOP", False),
    ("NOOP\\\\", b"NOOP\\", True),
    ("NOOP\\\\\\", b"NOOP\\", False),
    (r"NOOP\r\nRSET", b"NOOP\r\nRSET", True),
    (r"\0\t\x7f\xFF", b"\0\t\x7f\xff", True),
    (r"\q\x4", rb"\q\x4", True),
    ("grüß", "grüß".encode(), True),
    ("", b"", True),
    ("\\", b"", False),
]


@pytest.mark.parametrize(("text", "octets", "crlf"), TYPED)
def test_lines_as_typed(text, octets, crlf):
    assert commands.unescape(text) == (octets, crlf)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_be_typed(text):
    octets, crlf = commands.unescape(text)
    if "\\" not in text:
        assert (octets, crlf) == (text.encode(), True)


@given(st.binary())
def test_any_octets_can_be_typed(octets):
    assert commands.unescape("".join(f"\\x{octet:02x}" for octet in octets)) == (octets, True)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_xtext_is_ascii_without_what_would_end_it_and_can_be_read_back(text):
    written = commands.xtext(text)
    assert written.isascii()
    assert not set(written) & set(" =\r\n\0")
    read = re.sub(rb"\+([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), written.encode("ascii"))
    assert read.decode() == text
