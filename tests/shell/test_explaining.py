"""What `?` says."""

import pytest

from smtplab.shell.explaining import WIDTH, explain_word


@pytest.mark.parametrize(
    ("word", "has"),
    [
        ("451", "RFC 5321"),
        ("5.7.8", "RFC 4954"),
        ("mail", "MAIL FROM"),
        ("QUIT", "good-bye"),
        ("starttls", "STARTTLS"),
        ("pipelining", "RFC 2920"),
        ("nonsense\x1b[31m", "Nothing is known"),
    ],
)
def test_words(word, has):
    lines = explain_word(word)
    assert has in "\n".join(lines)
    assert all(len(line) <= WIDTH + 12 for line in lines)
    assert "\x1b" not in "".join(lines)
