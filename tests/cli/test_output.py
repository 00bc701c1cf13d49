"""Rows of tables: a line each, and folded on a terminal."""

import pytest

from smtplab.cli.output import say_row

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
