"""The test message, and what a comparison says when it comes back changed."""

import base64

import pytest

from smtplab.grading.message import Fate, Message, compare

MESSAGE = Message("0001", "alice@lab.test", ("bob@lab.test",))

HEAD, BODY = MESSAGE.crlf.split(b"\r\n\r\n", 1)
ENCODED = base64.encodebytes(BODY)
UNDOTTED = b"\r\n".join(line.removeprefix(b".") for line in BODY.split(b"\r\n"))

CASES = [
    ("as it was", MESSAGE.crlf, Fate.INTACT),
    ("more headers", b"Received: from here\r\n" + MESSAGE.crlf, Fate.INTACT),
    ("blanks at line ends", MESSAGE.crlf.replace(b"line.\r\n", b"line. \r\n"), Fate.INTACT),
    ("no line end at the end", MESSAGE.crlf.rstrip(b"\r\n"), Fate.INTACT),
    ("empty lines at the end", MESSAGE.crlf + b"\r\n\r\n", Fate.INTACT),
    ("base64", HEAD.replace(b": 7bit", b": base64") + b"\r\n\r\n" + ENCODED, Fate.INTACT),
    ("every dot lost", HEAD + b"\r\n\r\n" + UNDOTTED, Fate.DOTS_LOST),
    ("cut at the lone dot", MESSAGE.crlf[: MESSAGE.crlf.index(b"\r\n.\r\n") + 2], Fate.DOTS_LOST),
    ("stuffed twice", MESSAGE.crlf.replace(b"\r\n.", b"\r\n.."), Fate.DOTS_ADDED),
    ("a word changed", MESSAGE.crlf.replace(b"Whoever", b"Whatever"), Fate.CHANGED),
    ("a message of its own", b"Subject: x\r\n\r\nHello\r\n", Fate.NOT_OURS),
    ("nothing", b"", Fate.NOT_OURS),
]


@pytest.mark.parametrize(("content", "fate"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_fate_of_a_message(content, fate):
    assert compare(MESSAGE, content).fate is fate


def test_the_first_line_that_differs_is_shown():
    difference = compare(MESSAGE, MESSAGE.crlf.replace(b"Whoever reads", b"Nobody reads"))
    assert difference.sent.startswith("Whoever")
    assert difference.came.startswith("Nobody")
