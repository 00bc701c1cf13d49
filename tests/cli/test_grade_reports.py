"""What `smtplab grade` writes, and its exit code; from saved results, so that nothing is run."""

import json
from pathlib import Path

import pytest

from smtplab.cli import exit_codes
from smtplab.cli.main import run
from smtplab.grading import results
from tests.grading.results import ALL, BAD, GOOD
from tests.grading.results import run as made


@pytest.fixture
def saved(tmp_path: Path) -> str:
    path = tmp_path / "all.json"
    path.write_bytes(results.encode(ALL))
    return str(path)


def test_an_error_makes_the_exit_code_1(capsys, saved, tmp_path):
    assert run(["grade", "--merge", saved]) == exit_codes.NOT_KEPT
    out = capsys.readouterr().out
    assert "ERROR     auth/535 on auth" in out
    assert "\x1b" not in out
    good = tmp_path / "good.json"
    good.write_bytes(results.encode(made(GOOD)))
    assert run(["grade", "--merge", str(good)]) == exit_codes.OK


def test_a_baseline_round_trip(capsys, saved, tmp_path):
    known = str(tmp_path / "known.yaml")
    run(["grade", "--merge", saved, "--write-baseline", known])
    assert run(["grade", "--merge", saved, "--baseline", known]) == exit_codes.OK
    assert run(["grade", "--merge", saved, "--baseline", known, "--strict"]) == exit_codes.NOT_KEPT
    assert "1 new" in capsys.readouterr().out


def test_all_reports_at_once(capsys, saved, tmp_path):
    files = {name: tmp_path / name for name in ("junit", "markdown", "html", "save")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    assert run(["grade", "--merge", saved, *options]) == exit_codes.NOT_KEPT
    assert files["junit"].read_text().startswith("<?xml")
    assert files["html"].read_text().startswith("<!doctype html>")
    assert "| mailer |" in files["markdown"].read_text()
    assert results.read(files["save"]) == ALL
    assert capsys.readouterr().err.count("wrote") == 4


def test_several_clients_side_by_side(capsys, saved, tmp_path):
    other = tmp_path / "other.json"
    other.write_bytes(results.encode(made(BAD, client="other")))
    run(["grade", "--merge", saved, str(other), "--json"])
    value = json.loads(capsys.readouterr().out)
    assert [one["client"] for one in value["clients"]] == ["mailer", "other"]


def test_the_schema_is_printed_alone(capsys):
    assert run(["grade", "--schema"]) == exit_codes.OK
    assert "summary" in json.loads(capsys.readouterr().out)["$defs"]["Saved"]["properties"]


def test_a_report_that_cannot_be_written(capsys, saved, tmp_path):
    assert run(["grade", "--merge", saved, "--html", str(tmp_path)]) == exit_codes.CANNOT_CREATE
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_broken_file_of_results(capsys, tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    assert run(["grade", "--merge", str(path)]) == exit_codes.BAD_DATA
    assert capsys.readouterr().err.count("\n") == 1


def test_a_broken_baseline(capsys, saved, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("[1]")
    assert run(["grade", "--merge", saved, "--baseline", str(path)]) == exit_codes.BAD_DATA
    assert "is no baseline" in capsys.readouterr().err
