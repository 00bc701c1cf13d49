"""Who may import whom (the contracts of pyproject.toml), and what starting costs."""

import subprocess
import sys
import tomllib

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.shape import PACKAGE, ROOT

FACES = {"cli", "tui", "shell", "pytest_plugin", "__main__"}
"""What a user sees, and so may load a toolkit for showing."""

HEAVY = (
    "aiosmtpd", "argparse", "asyncio", "cryptography", "importlib.metadata", "msgspec",
    "prompt_toolkit", "pytest", "rich", "ssl", "textual", "trustme", "yaml",
)  # fmt: skip


def test_every_layer_imports_only_from_below():
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def contract(start_of_name: str) -> dict:
    """A contract of pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    every = settings["tool"]["importlinter"]["contracts"]
    return next(one for one in every if one["name"].startswith(start_of_name))


def test_everything_below_the_faces_is_under_the_contract_on_toolkits():
    below = {
        f"smtplab.{path.stem}"
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    below -= {"smtplab.__init__"} | {f"smtplab.{face}" for face in FACES}
    assert set(contract("Nothing below the faces")["source_modules"]) == below


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after this code."""
    program = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, '.')\n{program}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import smtplab",
        "sys.argv = ['smtplab', '--version']\nfrom smtplab.__main__ import main\nmain()",
    ],
    ids=["import", "--version"],
)
def test_starting_loads_nothing_heavy(code: str):
    loaded = loaded_by(code)
    assert "smtplab" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", ["send", "serve", "scenarios", "shell", "learn", "console"])
def test_a_command_does_not_load_a_toolkit_that_it_does_not_show(command: str):
    loaded = loaded_by(f"import smtplab.cli.commands.{command}")
    assert loaded.isdisjoint({"textual", "rich", "prompt_toolkit", "pytest"})
