"""A message as a person writes it."""

import pytest

from smtplab.client.settings import Envelope
from smtplab.workbench.composing import Composition, compose
from smtplab.workbench.writing import Letter, letter_of
from tests.fakes import NOON

ENVELOPE = Envelope("a@lab.test", ("b@lab.test", "c@lab.test"))


@pytest.mark.parametrize("body", ["hello\n", "one\n.two\n\nthree\n", "Grüße ☃\n", ""])
def test_what_is_composed_can_be_taken_apart_again(body):
    parts = Composition(
        sender=ENVELOPE.sender, to=ENVELOPE.recipients, subject="A subject", body=body
    )
    content = compose(parts, NOON)
    letter = letter_of(ENVELOPE, content)
    assert letter == Letter("a@lab.test", ENVELOPE.recipients, "A subject", letter.body)
    assert letter.body.rstrip("\n") == body.rstrip("\n")
    assert letter.envelope == ENVELOPE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"\xff\xfe\x00",
        b"Content-Type: text/plain; charset=nix\r\n\r\nx\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n--x--\r\n",
        b"Subject: =?nix?q?x?=\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n",
    ],
)
def test_any_octets_become_something_to_edit(content):
    letter = letter_of(ENVELOPE, content)
    assert isinstance(letter.body, str)
    assert "\r" not in letter.body
