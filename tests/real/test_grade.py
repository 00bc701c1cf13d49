"""`smtplab grade` with clients that others wrote: right ones are blamed for nothing."""

import json
import os
import shutil
from pathlib import Path

import pytest

from smtplab.cli.main import run
from tests.servers.fixtures import missing
from tests.servers.node import find_node
from tests.servers.running import Unavailable

JARS = [Path("/usr/share/java", name) for name in ("jakarta-mail.jar", "jakarta-activation.jar")]
PHPMAILER = Path("/usr/share/php/libphp-phpmailer/autoload.php")

PROGRAMS = {
    "swaks": "swaks",
    "swaks-default": "swaks",
    "curl": "curl",
    "msmtp": "msmtp",
    "s-nail": "s-nail",
    "net-smtp": "perl",
    "git-send-email": "git",
    "nodemailer": "node",
    "phpmailer": "php",
    "javamail": "javac",
    "smtplib": "",
    "smtplab": "",
}
"""Recipe -> the program that it needs."""

LIBRARIES = {"phpmailer": [PHPMAILER], "javamail": JARS}
"""Recipe -> the files of its library, where Debian has them."""

SCENARIOS = (
    "honest", "greeting/multiline", "greeting/split", "auth/535", "data/eom-554", "data/451",
    "envelope/rcpt-550", "certificates/expired", "starttls/454", "starttls/stripped",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the clients that are libraries find them."""
    monkeypatch.setenv("CLASSPATH", os.pathsep.join(map(str, JARS)))
    monkeypatch.setenv("NODE_PATH", os.environ.get("SMTPLAB_NODE", ""))


def find(recipe: str) -> None:
    """Skips, or fails, without what a recipe needs."""
    program = PROGRAMS[recipe]
    if program and shutil.which(program) is None:
        missing(f"the program {program}")
    for file in LIBRARIES.get(recipe, ()):
        if not file.exists():
            missing(f"the library {file}")
    if recipe == "nodemailer":
        try:
            find_node("nodemailer")
        except Unavailable as reason:
            missing(str(reason))


def grade(capsys: pytest.CaptureFixture[str], recipe: str, *words: str) -> list[dict]:
    find(recipe)
    run(["grade", "--recipe", recipe, "--json", *words])
    return json.loads(capsys.readouterr().out)["cases"]


def broken(case: dict) -> list[tuple[str, str]]:
    return [(v["rule"], v["seen"]) for v in case["verdicts"] if v["level"] == "error"]


@pytest.mark.parametrize("recipe", [r for r in PROGRAMS if not r.endswith("-default")])
def test_a_right_client_has_no_errors(capsys, recipe):
    words = [word for name in SCENARIOS for word in ("--scenario", name)]
    cases = grade(capsys, recipe, *words)
    assert {case["scenario"]: broken(case) for case in cases if broken(case)} == {}
    assert sum(case["level"] == "not_applicable" for case in cases) == 0
    assert sum(case["level"] == "undecided" for case in cases) == 0


@pytest.mark.parametrize("base", ["plain", "implicit+auth"])
@pytest.mark.parametrize("recipe", [r for r in PROGRAMS if not r.endswith("-default")])
def test_every_recipe_delivers_on_other_bases(capsys, recipe, base):
    (case,) = grade(capsys, recipe, "--scenario", "honest", "--base", base)
    assert broken(case) == []
    assert case["delivered"] == 1


def test_a_client_that_trusts_everybody_is_found_out(capsys):
    (case,) = grade(capsys, "swaks-default", "--scenario", "certificates/wrong-host")
    assert [rule for rule, _ in broken(case)] == ["expect-1", "expect-2"]
    assert "MAIL FROM:" in broken(case)[1][1]
