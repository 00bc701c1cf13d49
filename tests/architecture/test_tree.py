"""Where files are, and what they may not say."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.shape import ROOT

TOP = {"README.md", "docs", "pyproject.toml", "scenarios", "smtplab", "tests"}


def tracked() -> list[str]:
    """The files that git knows; skips where this is no clone."""
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("this is no clone")
    return done.stdout.splitlines()


def test_the_top_has_only_what_belongs_there():
    visible = {name.partition("/")[0] for name in tracked() if not name.startswith(".")}
    assert visible == TOP


ON_EVERY_MACHINE = (
    "bin", "dev", "etc", "lib", "opt", "proc", "run", "sbin", "sys", "tmp", "usr", "var",
)  # fmt: skip
MADE_UP = ("home", "home/me", "no", "nowhere")
"""How the tests and the documentation begin a path that is nobody's."""

ABSOLUTE_PATH = re.compile(
    r"""(?:^|[\s(=\[,]|(?<!\w)["'`])/((?:home/)?\.?[A-Za-z][\w.-]*)/[\w.-]""", re.MULTILINE
)
WHERE_PACKAGES_COME_FROM = re.compile(
    r"--(extra-)?index-url|--find-links|PIP_\w+_URL|npm_config_registry|GOPROXY", re.IGNORECASE
)
HOST_IN_URL = re.compile(r"\b(?:https?|ftp)://(?:[^\s/@]*@)?([A-Za-z0-9][A-Za-z0-9.-]*)")
OF_ONE_NETWORK = ("internal", "local", "lan", "corp", "intranet", "home")
"""Last labels of names that only one network knows."""


def texts() -> list[tuple[str, str]]:
    """The text files of the repository, but for this one, which has to name what it forbids."""
    found = []
    for name in tracked():
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            found.append((name, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_place_of_one_machine():
    named = [
        f"{name}: /{match[1]}/"
        for name, text in texts()
        for match in ABSOLUTE_PATH.finditer(text)
        if match[1] not in ON_EVERY_MACHINE + MADE_UP
    ]
    assert named == []


def test_no_file_says_where_packages_come_from():
    assert [name for name, text in texts() if WHERE_PACKAGES_COME_FROM.search(text)] == []


def test_no_file_names_a_host_of_one_network():
    named = [
        f"{name}: {host}"
        for name, text in texts()
        for host in HOST_IN_URL.findall(text)
        if host.rstrip(".").rpartition(".")[2] in OF_ONE_NETWORK
    ]
    assert named == []


@pytest.mark.parametrize("text", ["see /srv/x/", 'open("/.hidden/y/z")', "`/home/you/here/`"])
def test_a_place_of_one_machine_is_seen(text: str):
    match = ABSOLUTE_PATH.search(text)
    assert match is not None
    assert match[1] not in ON_EVERY_MACHINE + MADE_UP
