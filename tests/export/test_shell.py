"""Words of a shell; tests/real/test_programs.py lets shells read them."""

import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.export.shell import LINES_AT_ONCE, comment, octal, printing, script, word


@given(st.text().filter(str.isprintable))
def test_a_printable_word_is_read_back(value):
    assert shlex.split(word(value)) == [value]


IN_OCTAL = re.compile(
    r"""\"\$\(printf '(?:\\[0-3][0-7]{2}|[^\\'%\x00-\x1f\x7f-\U0010ffff])*'\)\""""
)


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda v: not v.isprintable()))
def test_a_word_that_does_not_print_is_octal(value):
    assert IN_OCTAL.fullmatch(word(value))


def test_octal():
    assert octal(b"a'b\\%\n\xff") == r"'a\047b\134\045\012\377'"


@pytest.mark.parametrize(
    ("data", "commands"),
    [
        (b"", []),
        (b"a\r\n", ["printf '%s\\r\\n' \\\n  'a'"]),
        (b"it's\r\n", ["printf '%s\\r\\n' \\\n  'it'\\''s'"]),
        (
            b"a\r\n\x1b\r\nb",
            ["printf '%s\\r\\n' \\\n  'a'", r"printf '\033\015\012'", "printf 'b'"],
        ),
        (b"a\nb\r\n", [r"printf 'a\012b\015\012'"]),
    ],
)
def test_printing(data, commands):
    assert list(printing(data)) == commands


def test_no_command_has_too_many_words():
    commands = list(printing(b"x\r\n" * (LINES_AT_ONCE * 2 + 1)))
    assert [command.count("'x'") for command in commands] == [LINES_AT_ONCE, LINES_AT_ONCE, 1]


def test_a_script_has_the_octets_of_the_session():
    assert script(["a\udcff", "b"]) == b"a\xff\nb\n"
    assert script(["a\ud800"]) == b"a?\n"
    assert comment(["a", "b"]) == ["# a", "# b"]
