"""What `smtplab grade` understands of its command line, and what it says when it does not."""

import argparse
import json
import signal
import subprocess
import sys

import pytest

from smtplab.cli import exit_codes
from smtplab.cli.commands.grade import add_arguments
from smtplab.cli.grade_request import exit_codes_in, read_request, shard_in
from smtplab.cli.main import run
from tests.architecture.shape import ROOT

MISTAKES = [
    (["grade"], exit_codes.USAGE, "what shall be graded?"),
    (["grade", "--recipe", "swak"], exit_codes.NO_INPUT, "there is swaks"),
    (["grade", "--recipe", "curl", "--stdin"], exit_codes.USAGE, "leave out --stdin"),
    (["grade", "--recipe", "curl", "--ok-exit", "3"], exit_codes.USAGE, "leave out --ok-exit"),
    (["grade", "--recipe", "curl", "--", "x"], exit_codes.USAGE, "`x` was read as the client's"),
    (["grade", "--scenario", "nix/*", "--", "x"], exit_codes.NO_INPUT, "no scenario matches"),
    (["grade", "--", "x", "{hots}"], exit_codes.USAGE, "did you mean 'host'?"),
    (["grade", "--scenario", "honest", "--", "no-such-program"], exit_codes.NO_INPUT,
     "there is no no-such-program"),
    (["grade", "--baseline", "gone.yaml", "--", "x"], exit_codes.NO_INPUT, "gone.yaml"),
    (["grade", "--html", "gone/x.html", "--", "x"], exit_codes.CANNOT_CREATE, "no folder gone"),
    (["grade", "--junit", ".", "--", "x"], exit_codes.CANNOT_CREATE, "is a folder"),
    (["grade", "--resume", "gone/x.json", "--", "x"], exit_codes.CANNOT_CREATE, "no folder gone"),
    (["grade", "--merge", "x", "--recipe", "curl"], exit_codes.USAGE, "leave out --recipe"),
    (["grade", "--merge", "x", "--scenario", "honest"], exit_codes.USAGE, "leave out --scenario"),
    (["grade", "--merge", "."], exit_codes.NO_INPUT, ".: Is a directory"),
    (["grade", "--scenario", "honest", "--", "./tests"], exit_codes.NO_INPUT, "Permission denied"),
    (["grade", "--scenario", "honest", "--", "pyproject.toml"], exit_codes.NO_INPUT,
     "to run the file here, write ./pyproject.toml"),
    (["grade", "--merge", "gone.json"], exit_codes.NO_INPUT, "gone.json"),
    (["grade", "--scenario", "honest", "--shard", "2/2", "--", "x"], exit_codes.USAGE,
     "no case is left"),
    (["grade", "--base", "plain", "--scenario", "honest", "--", "x", "{password}"],
     exit_codes.USAGE, "{password} has no value without AUTH"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "told"), MISTAKES)
def test_a_mistake_is_told_in_a_line(capsys, monkeypatch, words, code, told):
    monkeypatch.chdir(ROOT)
    assert run(words) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "words",
    [["--shard", "3/2"], ["--shard", "x"], ["--ok-exit", "a"], ["--ok-output", "("],
     ["--jobs", "-1"], ["--base", "tls"], ["--time-limit", "0"]],
)  # fmt: skip
def test_a_bad_option_is_told_by_the_parser(capsys, words):
    with pytest.raises(SystemExit) as caught:
        run(["grade", *words, "--", "x"])
    assert caught.value.code == exit_codes.USAGE
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["{python}", "tools/send.py", "{host}"], "send.py"),
        (["{python} tools/send.py {host}"], "send.py"),
        (["{python}", "-m", "mailer"], "python"),
        (["./send-mail", "{host}"], "send-mail"),
        (["curl -s {host}"], "curl"),
        (["{here}/send-mail"], "send-mail"),
    ],
)
def test_a_client_without_a_name_is_called_by_its_program(words, name):
    arguments = argparse.ArgumentParser()
    add_arguments(arguments)
    request = read_request(arguments.parse_args(["--scenario", "honest", "--", *words]))
    assert request.client.name == name


def test_sets_and_shards():
    assert exit_codes_in("0,75") == {0, 75}
    assert shard_in("2/5") == (2, 5)


def grade(capsys, *words: str) -> tuple[int, dict[str, object]]:
    code = run([
        "grade", "--recipe", "smtplib", "--json", "--scenario", "honest", "--scenario", "auth/5*",
        "--base", "plain", *words,
    ])  # fmt: skip
    return code, json.loads(capsys.readouterr().out)


def test_the_json_that_scripts_rely_on(capsys):
    code, value = grade(capsys, "--name", "mine")
    assert code == 0
    assert value["client"] == "mine"
    assert value["summary"]["error"] == 0
    first = value["cases"][0]
    assert (first["scenario"], first["base"]) == ("honest", "plain")
    assert {v["level"] for v in value["cases"][1]["verdicts"]} >= {"not_applicable"}


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupted_run_keeps_what_it_has(tmp_path, name):
    kept = tmp_path / "kept.json"
    words = ["--recipe", "smtplib", "--base", "plain", "--json", "--resume", str(kept)]
    names = ["--scenario", "honest", "--scenario", "greeting/never"]
    with subprocess.Popen(
        [sys.executable, "-m", "smtplab", "grade", *words, *names],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert "honest on plain: pass" in process.stderr.readline()
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=30)
    assert process.returncode == exit_codes.INTERRUPTED
    assert "1 of 2 cases were done" in err
    value = json.loads(out)
    assert [case["scenario"] for case in value["cases"]] == ["honest"]
    assert not value["complete"]
    assert json.loads(kept.read_text()) == value


@pytest.mark.skipif(sys.platform == "win32", reason="a script for sh")
def test_a_program_with_a_relative_path_counts_from_here(capsys, tmp_path, monkeypatch):
    program = tmp_path / "sender"
    program.write_text('#!/bin/sh\necho "in $1 with $2"\nexit 7\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list").touch()
    words = ["--scenario", "honest", "--json", "--na-exit", "7", "--", "./sender", "{here}", "list"]
    assert run(["grade", *words]) == 0
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    assert case["exit_code"] == 7
    assert case["output"] == f"in {tmp_path} with {tmp_path}/list\n"


def test_what_was_done_is_not_done_again(capsys, tmp_path):
    kept = tmp_path / "kept.json"
    _, first = grade(capsys, "--shard", "1/2", "--resume", str(kept))
    done = len(json.loads(kept.read_text())["cases"])
    assert 0 < done == len(first["cases"])
    _, whole = grade(capsys, "--resume", str(kept))
    assert len(whole["cases"]) > done
    assert whole["cases"][0] == first["cases"][0]


def test_two_shards_merged_are_one_run(capsys, tmp_path):
    files = [str(tmp_path / f"{part}.json") for part in (1, 2)]
    for part, file in enumerate(files, 1):
        grade(capsys, "--shard", f"{part}/2", "--save", file)
    _, whole = grade(capsys)
    assert run(["grade", "--merge", *files, "--json"]) == 0
    merged = json.loads(capsys.readouterr().out)
    names = ("scenario", "base", "level")
    assert [[c[n] for n in names] for c in merged["cases"]] == [
        [c[n] for n in names] for c in whole["cases"]
    ]
    assert merged["complete"]
