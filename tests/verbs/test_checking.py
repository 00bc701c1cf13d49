"""Doubts about lines."""

import pytest

from smtplab.protocol.states import State
from smtplab.verbs.checking import ANYWAY, doubt


@pytest.mark.parametrize(
    ("line", "state", "has"),
    [
        (b"RCPT TO:<a@b.test>", State.READY, "MAIL FROM"),
        (b"DATA", State.MAIL, "RCPT TO"),
        (b"MAIL FROM:<a@b.test>", State.GREETED, "EHLO"),
        (b"MAIL FROM:a@b.test", State.READY, "angle brackets"),
        (b"MAIL FROM:<" + b"a" * 65 + b"@b.test>", State.READY, "64"),
        (b"MAIL FROM:<\xc3\xbc@b.test>", State.READY, "SMTPUTF8"),
        (b"XYZZY", State.READY, "no such command"),
        (b"NOOP " + b"x" * 600, State.READY, "512"),
        (b"AUTH PLAIN AGEAYg==", State.READY, "way could read"),
    ],
)
def test_doubts(line, state, has):
    found = doubt(line, state, encrypted=False)
    assert has in found
    assert found.endswith(ANYWAY)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (b"EHLO me.test", State.GREETED),
        (b"mail from:<> SIZE=1", State.READY),
        (b"QUIT", State.RCPT),
        (b"NOOP", State.GREETED),
        (b"anything at all", State.DATA),
        (b"AGEAYg==", State.AUTHENTICATING),
        (b"AUTH LOGIN", State.READY),
    ],
)
def test_no_doubt(line, state):
    assert doubt(line, state, encrypted=False) == ""


def test_a_login_inside_tls_and_an_address_that_was_offered_are_fine():
    assert doubt(b"AUTH PLAIN AGEAYg==", State.READY, encrypted=True) == ""
    line = b"MAIL FROM:<\xc3\xbc@b.test> SMTPUTF8"
    assert doubt(line, State.READY, encrypted=True, offers_smtputf8=True) == ""
