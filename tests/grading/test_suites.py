"""Suites: files that are tests."""

from pathlib import Path

import pytest

from smtplab.grading import suites
from smtplab.grading.suites import SuiteError


def read(folder: Path, text: str) -> suites.Suite:
    path = folder / "mine.smtplab.yaml"
    path.write_text(text)
    return suites.read(path)


def test_a_suite_is_a_client_and_cases(tmp_path: Path):
    suite = read(tmp_path, """
command: "send {host}"
scenarios: ["data/eom-55?"]
bases: [plain, starttls]
ok_exits: [0, 3]
time_limit: 5
known:
  data/eom-554 on plain: [dots]
""")  # fmt: skip
    client = suite.client("mine")
    assert (client.name, client.ok_exits) == ("mine", {0, 3})
    assert len(suite.cases()) == 4
    assert suite.pace.time_limit == 5
    assert suite.baseline.known == {"data/eom-554 on plain": ("dots",)}


def test_a_recipe_will_do(tmp_path: Path):
    assert read(tmp_path, "recipe: curl").client("mine").name == "curl"


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Expected `object`"), ("command: x\nrecipe: y", "either"), ("x: 1", "unknown field"),
     ("command: x\nbases: [tls]", "'tls' is no base"), ("command: [", "no suite"),
     ("command: x\ntime_limit: 0", "> 0"), ("command: x\ntime_scale: -1", "> 0"),
     ("command: x\nok_output: '('", "no regular expression"),
     ("recipe: curl\nok_exits: [3]", "leave out `ok_exits`"),
     ("recipe: curl\nconfig_template: x", "leave out `config_template`")],
)  # fmt: skip
def test_what_is_no_suite_is_told_in_one_line(tmp_path: Path, text: str, told: str):
    with pytest.raises(SuiteError, match=r"mine\.smtplab\.yaml") as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
