"""The shell in a pipe: script in, transcript out, exit code by outcome."""

import subprocess
import sys

import pytest

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
