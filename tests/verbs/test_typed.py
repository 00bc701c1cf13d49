r"""What is typed, as octets: escapes, placeholders for secrets, and what sending it would be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.client.steps import Stage, Step
from smtplab.protocol.verbs import Verb
from smtplab.verbs.typed import Kind, kind_of, may_be_kept, planned_text, read, to_text

MAIL = Step(Stage.MAIL, Verb.MAIL, b"MAIL FROM:<a@b>")
PLAIN = Step(Stage.AUTH, Verb.AUTH, b"AUTH PLAIN AGFsaWNlAG9wZW4=", ((11, 27),))
RESPONSE = Step(Stage.AUTH, Verb.AUTH_RESPONSE, b"b3Blbg==", ((0, 8),))
CONNECT = Step(Stage.CONNECT, None)

OCTETS = [
    ("QUIT", b"QUIT", True),
    (r"a\r\nb", b"a\r\nb", True),
    (r"\t\x1b\x00\xFF", b"\t\x1b\0\xff", True),
    (r"back\\slash", b"back\\slash", True),
    (r"\\x1b", b"\\x1b", True),
    (r"\q\x1", rb"\q\x1", True),
    ("QU\\", b"QU", False),
    ("QU\\\\", b"QU\\", True),
    ("\\", b"", False),
    ("", b"", True),
    ("grüße", "grüße".encode(), True),
    ("\udcff", b"?", True),
]


@pytest.mark.parametrize(("text", "line", "crlf"), OCTETS)
def test_text_becomes_octets(text, line, crlf):
    typed = read(text)
    assert (typed.line, typed.crlf) == (line, crlf)


@given(st.binary(max_size=60))
def test_octets_survive_being_shown_and_read(line):
    assert read(to_text(line)).line == line
    assert to_text(line).isprintable()


def test_a_secret_stands_as_a_placeholder_and_becomes_itself_when_sent():
    assert planned_text(PLAIN) == "AUTH PLAIN {secret}"
    assert planned_text(PLAIN, reveal=True) == "AUTH PLAIN AGFsaWNlAG9wZW4="
    assert read("AUTH PLAIN {secret}", PLAIN).line == PLAIN.line
    assert read("AUTH {secret} {secret}", PLAIN).line == b"AUTH AGFsaWNlAG9wZW4= {secret}"
    assert read("x{secret}", MAIL).line == b"x{secret}"
    assert planned_text(None) == ""


KINDS = [
    ("MAIL FROM:<a@b>", MAIL, Kind.PLANNED),
    ("MAIL FROM:<x@y>", MAIL, Kind.EDITED),
    ("mail from:<x@y>", MAIL, Kind.EDITED),
    ("MAIL FROM:<a@b>\\", MAIL, Kind.INJECTED),
    ("NOOP", MAIL, Kind.INJECTED),
    ("", MAIL, Kind.INJECTED),
    (":c", MAIL, Kind.COMMAND),
    ("AUTH PLAIN {secret}", PLAIN, Kind.PLANNED),
    ("AUTH PLAIN AAAA", PLAIN, Kind.EDITED),
    ("{secret}", RESPONSE, Kind.PLANNED),
    ("anything", RESPONSE, Kind.EDITED),
    ("", CONNECT, Kind.PLANNED),
    ("EHLO me", CONNECT, Kind.INJECTED),
    ("", None, Kind.PLANNED),
    ("NOOP", None, Kind.INJECTED),
]


@pytest.mark.parametrize(("text", "step", "kind"), KINDS)
def test_what_sending_would_be(text, step, kind):
    assert kind_of(text, step) is kind


KEPT = [
    ("NOOP", MAIL, True),
    ("MAIL FROM:<x@y>", MAIL, True),
    ("MAIL FROM:<a@b>", MAIL, False),
    ("AUTH PLAIN AHNlY3JldA==", PLAIN, False),
    ("auth login", MAIL, False),
    ("aHVudGVyMg==", RESPONSE, False),
    ("NOOP", RESPONSE, False),
    (":inject AUTH PLAIN AA==", MAIL, False),
    (":inject  AUTH PLAIN AA==", MAIL, False),
    (": inject AUTH PLAIN AA==", MAIL, False),
    (":inject aHVudGVyMg==", RESPONSE, False),
    (r"\x41UTH PLAIN AA==", MAIL, False),
    ("aHVudGVyMg==", MAIL, False),
    ("XYZZY and more", MAIL, True),
    (":inject NOOP", MAIL, True),
    (":break data", MAIL, True),
]


@pytest.mark.parametrize(("text", "step", "kept"), KEPT)
def test_nothing_that_may_hold_a_password_is_kept(text, step, kept):
    assert may_be_kept(text, step, kind_of(text, step)) is kept
