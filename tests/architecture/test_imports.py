"""Who may import whom (the contracts of pyproject.toml), and what starting costs."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.shape import PACKAGE, ROOT, modules

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


def test_a_session_without_tls_loads_neither_tls_nor_an_event_loop():
    words = "send", "127.0.0.1:1", "--tls", "plain", "--from", "a@lab.test", "--to", "b@lab.test"
    loaded = loaded_by(f"from smtplab.cli.main import run\nrun({words!r})")
    assert "smtplab.client.performer" in loaded
    assert loaded.isdisjoint({"asyncio", "cryptography", "msgspec", "ssl", "yaml"})


NOT_IMPORTED: dict[str, str] = {
    "smtplab.__main__": "python -m smtplab and the command begin here",
    "smtplab.pytest_plugin": "pytest loads it by its entry point",
    "smtplab.cli.documentation": "documents.py writes docs/ from it",
    "smtplab.diagnosis.documentation": "documents.py writes docs/ from it",
    "smtplab.wire.memory": "a stream for tests, its contract held to that of the others",
}
"""Modules that no other imports, and what they are there for."""


def test_no_module_is_forgotten():
    named: set[str | None] = set()
    for path in modules():
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                named |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)  # those that are loaded when they are asked for
    every = {name_of(path) for path in modules() if path.name != "__init__.py"}
    programs = {name for name in every if name.startswith("smtplab.grading.recipes.programs.")}
    assert every - named - programs == set(NOT_IMPORTED)


def name_of(path: Path) -> str:
    """The name under which a module is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)
