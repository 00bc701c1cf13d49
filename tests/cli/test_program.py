"""The program as a user runs it: output, exit codes, and one clear line for what is wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from smtplab.cli import exit_codes
from smtplab.cli.main import COMMANDS, run
from smtplab.client.events import Ended
from smtplab.client.outcome import Outcome, Verdict
from smtplab.client.steps import Stage
from smtplab.transcript import files
from smtplab.version import VERSION

FAST = ("--time-scale", "0.1")


def program(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smtplab", *arguments],
        capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
        **options,
    )  # type: ignore[call-overload]  # fmt: skip


# send


OUTCOMES = [
    ("scenario:honest", (), "delivered", 0),
    ("scenario:honest", ("--base", "implicit"), "delivered", 0),
    ("scenario:honest", ("--base", "plain", "--no-auth"), "delivered", 0),
    ("scenario:envelope/rcpt-451", (), "deferred", 75),
    ("scenario:certificates/expired", (), "refused", 29),
    ("scenario:starttls/stripped", (), "refused", 29),
    ("scenario:data/lost-after-dot", (), "in_doubt", 11),
    ("scenario:data/wrong-code", (), "failed", 25),
]


@pytest.mark.parametrize(("target", "options", "outcome", "code"), OUTCOMES)
def test_send_says_the_outcome_in_json_and_by_its_exit_code(capsys, target, options, outcome, code):
    assert run(["send", target, "--json", *FAST, *options]) == code
    said = capsys.readouterr()
    value = json.loads(said.out)
    assert value["outcome"] == outcome
    assert said.out.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="this system sends no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_send_that_is_interrupted_tells_and_keeps_what_there_is(tmp_path, number):
    record = tmp_path / "session.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = f"127.0.0.1:{silent.getsockname()[1]}"
        options = "--tls", "plain", "--from", "a@lab.test", "--to", "b@lab.test"
        sending = subprocess.Popen(
            [sys.executable, "-m", "smtplab", "send", target, *options, "--record", str(record)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        silent.settimeout(30)
        client, _ = silent.accept()  # from now on it waits for the greeting
        with client:
            client.settimeout(30)
            sending.send_signal(number)
            assert client.recv(100) == b"", "it takes leave of the connection"
        output, errors = sending.communicate(timeout=30)
    assert sending.returncode == exit_codes.INTERRUPTED
    assert errors == "smtplab: interrupted\n"
    assert "stopped" in output
    (ended,) = [event for _, event in files.load(record).of(Ended)]
    assert ended.outcome.verdict is Verdict.STOPPED


@pytest.mark.skipif(os.name == "nt", reason="this system sends no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_so_is_one_with_the_bundled_server(number):
    sending = subprocess.Popen(
        [sys.executable, "-u", "-m", "smtplab", "send", "scenario:greeting/never", "--octets"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert sending.stdout is not None
    assert "connected" in sending.stdout.readline()
    sending.send_signal(number)
    with sending:
        output, errors = sending.stdout.read(), sending.stderr.read()
    assert sending.returncode == exit_codes.INTERRUPTED
    assert errors == "smtplab: interrupted\n"
    assert "stopped" in output


@pytest.mark.parametrize("option", ["--record", "--save-certificates"])
@pytest.mark.parametrize("name", [".", "nowhere/file"])
def test_nothing_is_sent_when_what_comes_of_it_cannot_be_kept(tmp_path, capsys, option, name):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        target = f"127.0.0.1:{server.getsockname()[1]}"
        sender = "--from", "a@lab.test", "--to", "b@lab.test"
        assert run(["send", target, *sender, option, str(tmp_path / name)]) == 73
        with pytest.raises(BlockingIOError):
            server.accept()
    error = capsys.readouterr().err
    assert error.startswith("smtplab: cannot write ")
    assert "Errno" not in error


def test_the_names_that_scripts_rely_on(capsys):
    run(["send", "scenario:certificates/wrong-host", "--json", *FAST])
    value = json.loads(capsys.readouterr().out)
    assert value.keys() >= {"outcome", "stage", "reply", "recipients", "findings", "tls", "timings"}
    finding = value["findings"][0]
    assert finding.keys() >= {"rule", "severity", "cause", "change", "clause", "evidence"}
    assert value["reply"].keys() >= {"code", "enhanced", "text"}
    assert value["tls"]["problems"][0]["code"] == "name-mismatch"


def test_send_as_text_tells_the_dialogue_and_then_the_findings(capsys):
    run(["send", "scenario:envelope/greylisting", *FAST])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("~> RCPT TO:") for line in lines)
    assert any(line.startswith("<~ 451 ") for line in lines)
    assert any(line.startswith("!! deferred") for line in lines)
    assert any(line.startswith("WARNING greylisted: ") for line in lines)


def test_no_password_is_printed(capsys):
    for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
        run(["send", "scenario:honest", "--auth", mechanism, *FAST])
        run(["send", "scenario:honest", "--auth", mechanism, "--json", *FAST])
    said = capsys.readouterr()
    for form in ("open-sesame", "b3Blbi1zZXNhbWU", "Blbi1zZXNhbW", "3Blbi1zZXNhbW"):
        assert form not in said.out + said.err


def test_a_record_is_saved(capsys, tmp_path):
    file = tmp_path / "session.jsonl"
    assert run(["send", "scenario:honest", "--record", str(file), *FAST]) == 0
    assert len(files.load(file)) > 30
    assert run(["send", "scenario:honest", "--record", str(tmp_path), *FAST]) == 73
    assert "cannot write" in capsys.readouterr().err


def test_a_message_is_sent_from_a_file_and_from_stdin(tmp_path):
    message = tmp_path / "message"
    message.write_bytes(b"Subject: file\n\n.dot\n")
    done = program("send", "scenario:honest", "--data", str(message), *FAST)
    assert "~> ..dot" in done.stdout
    done = subprocess.run(
        [sys.executable, "-m", "smtplab", "send", "scenario:honest", "--data", "-", *FAST],
        input="Subject: stdin\n\nx\n", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "~> Subject: stdin" in done.stdout


def test_without_a_terminal_the_session_runs_by_itself():
    done = program(*FAST)
    assert done.returncode == 0
    assert "no terminal" in done.stderr
    assert "== delivered" in done.stdout
    assert "\x1b" not in done.stdout


# What is wrong with the input.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


BAD = [
    (["send"], 64, "TARGET"),
    (["send", "[::1"], 64, "::1"),
    (["send", "host:99999", "--to", "a@b.c"], 64, "65535"),
    (["send", "ftp://x"], 64, "scheme"),
    (["send", "smtp://u:p@h"], 64, "password"),
    (["send", "mail.test"], 64, "--to"),
    (["send", "mail.test", "--to", "a@b.c"], 64, "--from"),
    (["send", "smtp://me@mail.test", "--to", "a@b.c", "-f", "x@y.z"], 64, "--password-file"),
    (["send", "scenario:"], 64, "scenario"),
    (["send", "scenario:honset"], 66, "honest"),
    (["send", "scenario:honest", "--data", "/no/such/file"], 66, "/no/such/file"),
    (["send", "scenario:honest", "--ca-file", "/no/such/file"], 66, "/no/such/file"),
    (["send", "scenario:honest", "--password", "\udcff"], 64, "the password is not UTF-8"),
    (["send", "scenario:honest", "-u", "\udcff"], 64, "the username is not UTF-8"),
    (["send", "scenario:honest", "--data", "."], 66, ".: Is a directory"),
    (["send", "scenario:honest", "--attach", "/no/such/file"], 66, ": No such file"),
    (["send", "scenario:honest", "--body", f"@{sys.executable}"], 66, "is not UTF-8 text"),
    (["send", "scenario:honest", "--password-file", sys.executable], 66, "is not UTF-8 text"),
    (["send", "scenario:honest", "-4", "-6"], 64, "not allowed with"),
    (["send", "scenario:honest", "--raw-data"], 64, "--data FILE"),
    (["send", "scenario:honest", "--data", __file__, "--subject", "x"], 64, "--subject is for"),
    (["send", "scenario:honest", "--data", __file__, "--add-header", "A: b"], 64, "--add-header"),
    (["send", "scenario:honest", "--proxy-source", "192.0.2.1:5"], 64, "--proxy 1"),
    (["send", "scenario:honest", "--password-file", "x", "--ask-password"], 64, "not allowed"),
    (["send", "scenario:honest", "--ca-file", sys.executable], 64, "no certificate"),
    (["probe", "scenario:honest", "--ca-file", sys.executable], 64, "no certificate"),
    (["send", "scenario:honest", "--time-scale", "x"], 64, "no number"),
    (["send", "scenario:honest", "--time-scale", "0"], 64, "above 0"),
    (["send", "scenario:honest", "--nonsense"], 64, "--nonsense"),
    (["serve", "honset"], 66, "honest"),
    (["serve", "--host", "0.0.0.0"], 77, "--expose"),
    (["serve", "--host", "192.0.2.1", "--expose"], 73, "192.0.2.1"),
    (["scenarios", "show", "honset"], 66, "honest"),
    (["scenarios", "check", "/no/such/file"], 66, "/no/such/file"),
    (["scenarios"], 64, "ACTION"),
    (["scenarios", "list", "--tag", "atuh"], 66, "auth"),
    (["scenarios", "list", "--folder", "tsl"], 66, "tls"),
    (["scenarios", "list", "no-such-word"], 66, "no scenario"),
    (["scenarios", "new", "../x"], 64, "../x"),
    (["serve", "certificates/x*"], 66, "certificates/x*"),
    (["serve", "honest", "ehlo/550", "--unix", "/tmp/x"], 64, "--unix"),
    (["serve", "--port", "2525", "--unix", "/tmp/x"], 64, "takes the place of --port"),
    (["--open", __file__], 64, "smtplab export"),
    (["probe", "a[..b"], 64, "names no host"),
    (["probe", "mail.test", "--base", "plain"], 64, "--base is for the bundled server"),
    (["export", "\x1b[31m", "--to", "text"], 66, r"\x1b[31m"),
    (["serve", "--port", "70000"], 64, "65535"),
    (["serve", "--host", ""], 64, "no address"),
    (["serve", sys.executable], 66, "would end with .yaml"),
    (["serve", "--port", "-1"], 64, "65535"),
    (["serve", "honest", "auth/535", "--port", "65535"], 64, "one for each"),
    (["serve", "--maildir", __file__], 73, "cannot keep messages"),
    (["serve", "--unix", "/no/such/folder/socket"], 73, "/no/such/folder/socket"),
    (["shell", "scenario:honset"], 66, "honest"),
    (["learn", "mail-by-hnad"], 66, "mail-by-hand"),
]


@pytest.mark.parametrize(("arguments", "code", "word"), BAD, ids=lambda v: str(v)[:40])
def test_bad_input_is_one_clear_line_with_its_own_exit_code(
    capsys, monkeypatch, arguments, code, word
):
    monkeypatch.delenv("SMTPLAB_PASSWORD", raising=False)
    try:
        found = run(arguments)
    except SystemExit as left:
        found = left.code
    said = capsys.readouterr()
    assert found == code
    assert code in exit_codes.MEANINGS
    assert said.out == ""
    assert said.err.startswith("smtplab: ")
    assert said.err.count("\n") == 1
    assert word in said.err


def test_nobody_listens(capsys):
    port = free_port()
    arguments = ["send", f"127.0.0.1:{port}", "--from", "a@b.c", "--to", "d@e.f", "--tls", "plain"]
    assert run(arguments) == 2
    said = capsys.readouterr().out
    assert "connection refused" in said
    assert "ERROR no-connection" in said


def test_an_unknown_host(capsys):
    assert run(["send", "no-such-host.invalid", "-f", "a@b.c", "-t", "d@e.f"]) == 2
    assert "ERROR host-unknown" in capsys.readouterr().out


def test_a_broken_scenario_file_is_told_with_every_mistake(capsys, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(
        "title: x\nseverity: bad\nstory: y\nrules:\n  - at: mial\n    do: [{reply: 1}]\n"
    )
    assert run(["scenarios", "check", str(file)]) == 65
    said = capsys.readouterr().err
    assert "own.yaml:2:" in said
    assert "own.yaml:5:" in said
    assert run(["send", f"scenario:{file}"]) == 65


def test_octets_that_are_no_text_in_an_argument():
    done = subprocess.run(
        [sys.executable, "-m", "smtplab", "send", b"scenario:\xff\xfe"],
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 66
    assert b"Traceback" not in done.stderr


def test_stdout_that_is_closed_early():
    command = f"{sys.executable} -m smtplab scenarios list | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [["explain", "535"], ["scenarios", "list", "--json"]])
def test_stdout_that_is_full(words):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "smtplab", *words],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 73
    assert done.stderr == "smtplab: cannot write the output: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_stdout_in_another_encoding(encoding):
    words = [sys.executable, "-m", "smtplab", "scenarios", "list", "--json"]
    variables = {**os.environ, "PYTHONIOENCODING": encoding}
    read = subprocess.run(words, env=variables, capture_output=True, check=True).stdout
    assert json.loads(read.decode(encoding)) == json.loads(program(*words[3:]).stdout)
    words[3:] = ["explain", "AGFsaWNlAG9wZW4tc2VzYW1l"]
    done = subprocess.run(words, env=variables, capture_output=True, check=True)
    covered = "\N{BULLET}" * 11
    if encoding in ("ascii", "latin-1"):
        covered = r"\u2022" * 11
    assert covered in done.stdout.decode(encoding)


@pytest.mark.skipif(os.name == "nt", reason="shells there close nothing")
def test_stdout_that_was_closed_before():
    command = f"{sys.executable} -m smtplab explain 535 >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


MISTYPED = [
    ("serv", "serve"), ("gradee", "grade"), ("sned", "send"), ("porbe", "probe"),
    ("scenario", "scenarios"), ("exlpain", "explain"), ("SERVE", "serve"), ("server", "serve"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "meant"), MISTYPED)
@pytest.mark.parametrize("more", [(), ("honest", "--json")], ids=["alone", "with more"])
def test_a_mistyped_command_is_no_host(capsys, word, meant, more):
    assert run([word, *more]) == exit_codes.USAGE
    assert capsys.readouterr().err == (
        f"smtplab: no such command: '{word}'; did you mean '{meant}'? "
        f"To connect to a host of that name, write {word}:587\n"
    )


HOSTS = ["localhost", "mail", "smtp", "mailhost", "relay", "nope", "serve:25", "serve.example.org"]


@pytest.mark.parametrize("word", HOSTS)
def test_a_word_that_resembles_no_command_is_a_host(capsys, word):
    with pytest.raises(SystemExit):
        run([word, "--timeout", "x"])
    assert "--timeout" in capsys.readouterr().err


# serve


def test_serve_says_where_it_listens_and_stops_in_order():
    server = subprocess.Popen(
        [sys.executable, "-m", "smtplab", "serve", "honest", "replies/split", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        events = [json.loads(server.stdout.readline()) for _ in range(2)]
        assert [e["scenario"] for e in events] == ["honest", "replies/split"]
        for event in events:
            assert event.keys() >= {"event", "scenario", "host", "port", "tls", "ca_file"}
            assert event["event"] == "listening"
            assert Path(event["ca_file"]).read_text().startswith("-----BEGIN CERTIFICATE")
        with socket.create_connection(("127.0.0.1", events[0]["port"]), 10) as client:
            assert client.recv(100).startswith(b"220 ")
    finally:
        server.send_signal(signal.SIGTERM if os.name != "nt" else signal.SIGINT)
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 0
    assert "Traceback" not in errors


def test_serve_refuses_a_port_that_is_taken(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run(["serve", "--port", str(taken.getsockname()[1])]) == 73
    assert "cannot listen" in capsys.readouterr().err


def served(*arguments: str, count: int) -> tuple[subprocess.Popen[str], list[dict[str, object]]]:
    """A server, and its first events."""
    server = subprocess.Popen(
        [sys.executable, "-m", "smtplab", "serve", "--json", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    return server, [json.loads(server.stdout.readline()) for _ in range(count)]


def ended(server: subprocess.Popen[str]) -> list[dict[str, object]]:
    """Stops it in order; its last events."""
    server.send_signal(signal.SIGTERM if os.name != "nt" else signal.SIGINT)
    # Not `communicate`, which knows nothing of what was read ahead with the first lines.
    assert server.stdout is not None
    assert server.stderr is not None
    with server:
        output, errors = server.stdout.read(), server.stderr.read()
    assert (server.returncode, errors) == (0, "")
    return [json.loads(line) for line in output.splitlines()]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")
def test_serve_on_a_unix_socket(tmp_path):
    path = tmp_path / "socket"
    server, (event,) = served("--unix", str(path), count=1)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        assert client.recv(100).startswith(b"220 ")
    later = ended(server)
    assert (event["host"], event["port"]) == (str(path), 0)
    assert "closed" in [one["event"] for one in later]
    assert not path.exists()


def test_serve_a_folder_on_localhost_each_event_with_its_scenario():
    server, (first,) = served("--host", "localhost", "greeting/5*", count=1)
    with socket.create_connection(("127.0.0.1", int(str(first["port"]))), 10) as client:
        assert client.recv(100).startswith(b"5")
    events = [first, *ended(server)]
    listening = [event for event in events if event["event"] == "listening"]
    assert {event["scenario"] for event in listening} == {"greeting/521", "greeting/554"}
    assert {event["host"] for event in listening} <= {"127.0.0.1", "::1"}
    replies = [event for event in events if event["event"] == "reply"]
    assert {event["scenario"] for event in replies} == {first["scenario"]}


# scenarios, help, version


def test_scenarios_are_found_by_what_they_are(capsys):
    wanted = ["--folder", "auth", "--tag", "535", "--severity", "annoyance", "user name"]
    assert run(["scenarios", "list", "--json", *wanted]) == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == ["auth/535"]


def test_a_new_scenario_passes_the_check_and_is_never_overwritten(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["scenarios", "new", "mine/first"]) == 0
    assert capsys.readouterr().out == "mine/first.yaml\n"
    assert run(["scenarios", "check", "mine/first.yaml"]) == 0
    assert run(["send", "scenario:mine/first.yaml", *FAST]) == 75
    before = (tmp_path / "mine/first.yaml").read_text()
    capsys.readouterr()
    assert run(["scenarios", "new", "mine/first"]) == 73
    assert "cannot write mine" in capsys.readouterr().err
    assert (tmp_path / "mine/first.yaml").read_text() == before


def test_the_schema_is_json(capsys):
    assert run(["scenarios", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A scenario of smtplab"


def test_scenarios_list_and_show(capsys):
    assert run(["scenarios", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"id", "title", "severity", "tags"} <= listed[0].keys()
    assert listed[0]["id"] == "honest"
    assert run(["scenarios", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(listed)
    assert run(["scenarios", "show", "data/lost-after-dot"]) == 0
    assert "Connection lost after the final dot" in capsys.readouterr().out


@pytest.mark.parametrize("command", [c.name for c in COMMANDS])
def test_every_command_explains_itself(capsys, command):
    with pytest.raises(SystemExit) as left:
        run([command, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: smtplab")
    assert max(map(len, said.splitlines())) <= 110


def test_help_lists_the_commands(capsys):
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"    {command.name} " in said for command in COMMANDS)


def test_help_of_a_command(capsys):
    with pytest.raises(SystemExit):
        run(["help", "serve"])
    assert capsys.readouterr().out.startswith("usage: smtplab serve")
    assert run(["help", "nope"]) == 0
    assert capsys.readouterr().out.startswith("usage: smtplab [TARGET]")


def test_no_text_of_a_scenario_reaches_the_terminal_raw(capsys, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text('title: "\\e[31mT"\nseverity: info\nstory: "S \\e[2J"\nnotice: ["\\x07"]\n')
    assert run(["scenarios", "check", str(file)]) == 0
    assert run(["scenarios", "show", str(file)]) == 0
    assert not set("\x1b\x07") & set(capsys.readouterr().out)


def test_version():
    assert program("--version").stdout == f"smtplab {VERSION}\n"


# exit codes


def test_every_ending_has_a_documented_exit_code():
    for verdict in Verdict:
        for stage in Stage:
            code = exit_codes.of_outcome(Outcome(verdict, stage, "why"))
            assert code in exit_codes.MEANINGS
    assert exit_codes.of_outcome(Outcome(Verdict.DELIVERED, Stage.CONTENT, "")) == 0


# What send shows, and where.


def test_a_session_can_be_told_briefly(capsys):
    assert run(["send", "scenario:honest", *FAST, "--hide", "all"]) == 0
    assert capsys.readouterr().out.startswith("delivered: The server took responsibility")


def test_the_telling_and_the_certificates_go_into_files(capsys, tmp_path):
    told, pem = tmp_path / "told.txt", tmp_path / "chain.pem"
    files_of = ["--output", str(told), "--save-certificates", str(pem)]
    assert run(["send", "scenario:honest", *FAST, *files_of]) == 0
    assert capsys.readouterr().out == ""
    assert "-> EHLO [127.0.0.1]\n" in told.read_text(encoding="utf-8")
    assert pem.read_text().startswith("-----BEGIN CERTIFICATE-----\n")


@pytest.mark.parametrize("option", ["--output", "--save-certificates"])
def test_a_file_that_cannot_be_written_gets_a_line(capsys, tmp_path, option):
    words = ["send", "scenario:honest", *FAST, option, str(tmp_path / "no" / "such")]
    assert run(words) == exit_codes.CANNOT_CREATE
    assert "cannot" in capsys.readouterr().err


def test_the_settings_are_shown_and_nothing_is_sent(capsys):
    words = ["send", "scenario:honest", *FAST, "--dump", "--pipeline", "--to", "x@y.test"]
    assert run(words) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["pipelining"] is True
    assert value["envelope"]["recipients"] == ["x@y.test"]


STOPS = [
    (("--stop-after", "rcpt"), 0, "stopped"),
    (("--drop-after", "ehlo"), 0, "stopped"),
    (("--stop-after", "rcpt", "--base", "plain", "--no-auth", "--tls-min", "1.3"), 0, "stopped"),
]


@pytest.mark.parametrize(("options", "code", "outcome"), STOPS)
def test_a_session_that_was_to_go_no_further_is_a_success(capsys, options, code, outcome):
    assert run(["send", "scenario:honest", "--json", *FAST, *options]) == code
    assert json.loads(capsys.readouterr().out)["outcome"] == outcome


WRONG = [
    (("--ciphers", "NONSENSE"), "no cipher"),
    (("--tls-max", "1.0"), "--tls-max is below"),
    (("--ca-file", __file__), "no certificate"),
    (("--client-cert", __file__), "do not go together"),
    (("--from", "a@b.test\r\nRSET"), "another command"),
    (("--sni", "x" * 300), "no name of a host"),
    (("--server-name", "a..b"), "no name of a host"),
    (("--server-name", ".lab.test"), "no name of a host"),
    (("--charset", "klingon"), "no charset"),
    (("--retry", "1s", "--repeat", "2"), "one message only"),
    (("--proxy", "1", "--proxy-source", "x:1", "--proxy-destination", "y:1"), "no IP address"),
]


@pytest.mark.parametrize(("options", "reason"), WRONG)
def test_options_that_cannot_work_get_a_line(capsys, options, reason):
    assert run(["send", "scenario:honest", *FAST, *options]) == exit_codes.USAGE
    assert reason in capsys.readouterr().err
