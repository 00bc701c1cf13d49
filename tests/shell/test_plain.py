"""The shell in a pipe: script in, transcript out, exit code by outcome."""

import subprocess
import sys

import pytest

from smtplab.verbs.table import SHELL, commands_of

SCRIPT = """\
EHLO me.test
MAIL FROM:<alice@lab.test>
RCPT TO:<bob@lab.test>
DATA
Subject: hi

text
.
QUIT
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smtplab", "shell", *arguments],
        input=script, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_script_delivers():
    done = run(SCRIPT, "scenario:honest", "--base", "plain", "--no-auth")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("== delivered")
    assert "-> Subject: hi" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("scenario", "code"),
    [("envelope/rcpt-451", 75), ("connection/421-at-mail", 75), ("data/lost-after-dot", 11)],
)
def test_the_exit_code_tells_the_outcome(scenario: str, code: int):
    done = run("\n" * 14, f"scenario:{scenario}", "--base", "plain", "--no-auth")
    assert done.returncode == code, done.stdout


def test_a_script_that_ends_early_was_stopped():
    done = run("EHLO me.test\n", "scenario:honest", "--base", "plain", "--no-auth")
    assert done.returncode == 12


def test_bad_input_is_one_clear_line():
    done = run("", "scenario:honset")
    assert done.returncode == 66
    assert done.stderr.count("\n") == 1
    assert "honest" in done.stderr


EVERYTHING = """\
:help
:breaks
:break mail
:break reply 4xx
:break reply 4xx
:breaks
:into
:step
?
:explain 451
EHLO me.test
:predict
2
:predict
:inject NOOP
:delay 1ms
:c
:send {message}
:forge 250 2.1.0 as good as any
:step
:skip
:auto
:rewind rcpt
:auth PLAIN
:starttls
:c
:abort
:save {record}
:scenario envelope/rcpt-451
:c
:nonsense
:forge
:delay soon
:quit
"""


def test_every_command_in_one_script(tmp_path):
    message, record = tmp_path / "message", tmp_path / "record.jsonl"
    message.write_text("Subject: x\n\n.text\n")
    script = EVERYTHING.format(message=message, record=record)
    used = {line[1:].split()[0] for line in script.splitlines() if line.startswith(":")}
    assert used >= {command.name for command in commands_of(SHELL)}
    done = run(script, "scenario:honest", "--time-scale", "0.1")
    told = done.stdout + done.stderr
    assert "Traceback" not in told
    assert "\x1b" not in told
    assert "open-sesame" not in told
    assert "stopped: breakpoint mail" in told
    assert "right" in told
    assert "forged by you" in told
    assert "A new connection; TCP cannot go back." in told
    assert "No command :nonsense" in told
    assert "no length of time" in told
    assert record.exists()
