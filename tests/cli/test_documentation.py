"""The documentation says what the program does."""

import re

from smtplab.cli.documentation import page
from smtplab.cli.main import COMMANDS
from tests.architecture.shape import ROOT


def test_every_command_is_documented():
    text = page().read_text(encoding="utf-8")
    assert all(f"`smtplab {command.name}" in text for command in COMMANDS)


def test_every_option_in_the_documentation_exists():
    from tests.cli.test_help import options_of

    known = set().union(*(options_of(command.name) for command in COMMANDS))
    said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page().read_text(encoding="utf-8")))
    assert said - {"--version", "--help"} <= known


def test_links_lead_somewhere():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for path in pages:
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
