"""Where files are, and what they may not say."""

import subprocess

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
