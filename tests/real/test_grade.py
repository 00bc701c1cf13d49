"""`smtplab grade` with clients that others wrote: right ones are blamed for nothing."""

import json
import shutil

import pytest

from smtplab.cli.main import run
from tests.servers.fixtures import missing

PROGRAMS = {
    "swaks": "swaks",
    "swaks-default": "swaks",
    "curl": "curl",
    "msmtp": "msmtp",
    "s-nail": "s-nail",
    "net-smtp": "perl",
    "git-send-email": "git",
    "smtplib": "",
    "smtplab": "",
}
"""Recipe -> the program that it needs."""

SCENARIOS = (
    "honest", "greeting/multiline", "greeting/split", "auth/535", "data/eom-554", "data/451",
    "envelope/rcpt-550", "certificates/expired", "starttls/454", "starttls/stripped",
)  # fmt: skip


def grade(capsys: pytest.CaptureFixture[str], recipe: str, *words: str) -> list[dict]:
    program = PROGRAMS[recipe]
    if program and shutil.which(program) is None:
        missing(f"the program {program}")
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
