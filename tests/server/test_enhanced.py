"""Enhanced status codes, put in and taken out."""

import pytest

from smtplab.server.enhanced import enhanced, plain

LINES = [
    ("MAIL", "250 OK", "250 2.1.0 OK"), ("RCPT", "250 OK", "250 2.1.5 OK"),
    ("NOOP", "250 OK", "250 2.0.0 OK"), ("DATA", "354 go", "354 go"), ("AUTH", "334 x", "334 x"),
    ("X", "500 what", "500 5.5.2 what"), ("HELP", "214-a", "214-2.0.0 a"),
    ("EHLO", "250 lab.test", "250 lab.test"), ("X", "554 no", "554 no"), ("", "", ""),
    ("X", "550 5.1.1 no", "550 5.1.1 no"), ("X", "250", "250"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "line", "result"), LINES)
def test_put_in(verb: str, line: str, result: str) -> None:
    assert enhanced(verb, line) == result


@pytest.mark.parametrize(
    ("line", "result"),
    [("250 2.1.0 OK", "250 OK"), ("250-2.1.0 OK", "250-OK"), ("250 OK", "250 OK"),
     ("250 1.2.3.4 x", "250 1.2.3.4 x"), ("220 2.0.0 Ready", "220 Ready")],
)  # fmt: skip
def test_taken_out(line: str, result: str) -> None:
    assert plain(line) == result
