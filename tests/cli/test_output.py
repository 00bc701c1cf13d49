"""Rows of tables: a line each, and folded on a terminal."""

import io
import json

import pytest

from smtplab.cli.output import escape_what_stdout_has_not, say, say_row

TITLE = "A title of several words that is rather long for what is left of the line"


def test_a_row_is_a_line(capsys):
    say_row("id  ", TITLE)
    assert capsys.readouterr().out == f"id  {TITLE}\n"


@pytest.mark.parametrize("columns", ["40", "80", "1"])
def test_a_row_is_folded_on_a_terminal(capsys, monkeypatch, columns):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", columns)
    say_row("id  ", TITLE)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= max(int(columns), 24)
    assert [line[:4] for line in lines] == ["id  ", *["    "] * (len(lines) - 1)]
    assert " ".join(line[4:] for line in lines) == TITLE


@pytest.mark.parametrize("text", ["a", "§ 4 →", "\N{GRINNING FACE}", "\udcff"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_an_encoding_has_not_is_an_escape_of_json(monkeypatch, text, encoding):
    stdout = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr("sys.stdout", stdout)
    escape_what_stdout_has_not()
    say(json.dumps(text, ensure_ascii=False))
    assert json.loads(stdout.buffer.getvalue().decode(encoding)) == text
