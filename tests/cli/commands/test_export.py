"""`smtplab export`: from a file or stdin, to a file or stdout; one line for what is wrong."""

import asyncio
import json
import subprocess
import sys

import pytest

from smtplab.cli.main import run
from smtplab.export.formats import formats
from smtplab.transcript import files
from tests.export.records import of_events, played
from tests.fakes import settings


@pytest.fixture
def record(tmp_path):
    file = tmp_path / "session.jsonl"
    files.save(asyncio.run(played(settings())), file)
    return file


@pytest.mark.parametrize("name", [one.name for one in formats()])
def test_every_format_goes_to_a_file(capsys, record, name):
    output = record.with_suffix(".out")
    assert run(["export", str(record), "--to", name, "-o", str(output)]) == 0
    assert output.stat().st_size > 100
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_text_is_what_send_prints(capfdbinary, tmp_path):
    file = tmp_path / "session.jsonl"
    run(["send", "scenario:envelope/greylisting", "--record", str(file), "--time-scale", "0.1"])
    sent = capfdbinary.readouterr().out
    assert run(["export", str(file), "--to", "text"]) == 0
    assert capfdbinary.readouterr().out == sent


def test_json_is_what_send_prints_and_more(capfdbinary, tmp_path):
    file = tmp_path / "session.jsonl"
    run(["send", "scenario:honest", "--json", "--record", str(file)])
    sent = json.loads(capfdbinary.readouterr().out)
    run(["export", str(file), "--to", "json"])
    exported = json.loads(capfdbinary.readouterr().out)
    assert exported.items() >= sent.items()
    assert exported["started"].endswith("+00:00")


def test_a_record_comes_through_a_pipe(record):
    done = subprocess.run(
        [sys.executable, "-m", "smtplab", "export", "-", "--to", "text"],
        input=record.read_bytes(), capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert b"== delivered" in done.stdout
    assert done.stderr == b""


def test_the_record_is_never_overwritten(capsys, record, monkeypatch):
    before = record.read_bytes()
    monkeypatch.chdir(record.parent)
    assert run(["export", str(record), "--to", "text", "-o", record.name]) == 64
    assert "is the record itself" in capsys.readouterr().err
    assert record.read_bytes() == before


def test_a_last_line_that_is_cut_off_is_left_out(capsys, record):
    data = record.read_bytes()
    lines = data.count(b"\n")
    record.write_bytes(data[:-20])
    assert run(["export", str(record), "--to", "text"]) == 0
    said = capsys.readouterr()
    assert "-> QUIT" in said.out
    assert said.err == f"smtplab: note: {record}: line {lines} is cut off in the middle: left out\n"


BROKEN = [
    (b"", 65, "line 1: the file is empty"),
    (b"\x89PNG\r\n\x1a\n", 65, "line 1: this is no text"),
    (b"hello\n", 65, "line 1: this is no JSON"),
    (b'{"smtplab": "trans', 65, "line 1: this is no JSON"),
    (b'{"smtplab": "transcript", "format": 1, "started": "noon"}\n', 65, "line 1: 'started'"),
    (b'{"smtplab": "transcript", "format": 1}\n{"event": "Closed"}\n', 65, "line 2: "),
    (b'{"smtplab": "transcript", "format": 1}\n{"ev\n{"event": "Closed"}\n', 65, "line 2: "),
]


@pytest.mark.parametrize(("data", "code", "words"), BROKEN)
def test_a_broken_record_is_one_line_with_its_place(capsys, tmp_path, data, code, words):
    file = tmp_path / "broken"
    file.write_bytes(data)
    assert run(["export", str(file), "--to", "text"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"smtplab: {file}: {words}")
    assert said.err.count("\n") == 1


def test_what_cannot_be_done_has_its_exit_code(capsys, record, tmp_path):
    assert run(["export", str(record), "--to", "wrod"]) == 64
    assert "json" in capsys.readouterr().err
    assert run(["export", str(tmp_path / "none"), "--to", "text"]) == 66
    assert "none" in capsys.readouterr().err
    assert run(["export", str(record), "--to", "text", "-o", str(tmp_path)]) == 73
    assert "cannot write" in capsys.readouterr().err


def test_help_lists_the_formats(capsys):
    with pytest.raises(SystemExit):
        run(["export", "--help"])
    said = capsys.readouterr().out
    assert all(f"  {one.name} " in said for one in formats())


def test_keys_are_recorded_with_a_warning(capsys, tmp_path):
    file = tmp_path / "session.jsonl"
    fast = ("--time-scale", "0.1")
    assert run(["send", "scenario:honest", "--record", str(file), "--with-keys", *fast]) == 0
    assert "can decrypt" in capsys.readouterr().err
    assert '"CLIENT_TRAFFIC_SECRET_0 ' in file.read_text()
    assert run(["send", "scenario:honest", "--record", str(file), *fast]) == 0
    assert capsys.readouterr().err == ""


def test_an_empty_record_exports(tmp_path):
    file = tmp_path / "session.jsonl"
    files.save(of_events([]), file)
    for one in formats():
        assert run(["export", str(file), "--to", one.name, "-o", str(tmp_path / "out")]) == 0
