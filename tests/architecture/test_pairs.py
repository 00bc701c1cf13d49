"""Tests mirror the package: smtplab/x/y.py is tested by tests/x/test_y.py."""

import ast
from pathlib import Path

import pytest

from tests.architecture.shape import PACKAGE, ROOT, modules

EXCEPTIONS: dict[str, str] = {
    "cli/commands/": "tests/cli/test_program.py runs each command as a user does",
    "diagnosis/rules/": "tests/diagnosis/test_rules.py has a table over all rules",
    "grading/recipes/programs/": "tests/real/test_grade.py runs them",
    "grading/rules/": "tests/grading/rules/test_table.py has a table over all rules",
    "tui/render/": "tests/tui holds the whole screens to pictures",
    "tui/screens/": "tests/tui drives the screens by keys",
    "tui/sessions": "tests/tui/test_app.py begins, begins again, and opens what was saved",
    "tui/widgets/": "tests/tui drives the widgets inside their screens",
    "__main__": "tests/architecture/test_imports.py runs it, tests/cli/test_program.py too",
}
"""Modules, or folders ending in a slash, that are tested elsewhere: where, and so why."""

PENDING: tuple[str, ...] = (
    "cli/exit_codes",
    "cli/main",
    "cli/options",
    "cli/session",
    "grading/cases",
    "grading/dialogue",
    "grading/values",
    "lessons/diary",
    "lessons/library",
    "lessons/progress",
    "shell/teaching",
    "tls/alerts",
    "tls/certificates",
    "tls/engine",
    "tls/extensions",
    "tls/fields",
    "tls/handshake",
    "tls/keys",
    "tls/names",
    "tls/records",
    "tls/settings",
    "transcript/arrows",
    "transcript/files",
    "transcript/wording",
    "tui/glyphs",
    "tui/opening",
    "workbench/bench",
    "workbench/questions",
)
"""Modules that still have to get their own tests. This list only ever becomes shorter."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def file_of_tests(path: Path) -> Path:
    inner = path.relative_to(PACKAGE)
    return ROOT / "tests" / inner.parent / f"test_{inner.name}"


def has_behaviour(path: Path) -> bool:
    """Whether a module has a function; constants and records of fields have nothing to test."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return any(isinstance(node, kinds) for node in ast.walk(tree))


def is_exception(name: str) -> bool:
    return any(name == one or (one.endswith("/") and name.startswith(one)) for one in EXCEPTIONS)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_every_module_has_its_tests(path: Path):
    name = name_of(path)
    if path.name == "__init__.py":
        assert not has_behaviour(path), "a package's own file holds words only"
        return
    if has_behaviour(path) and not is_exception(name) and name not in PENDING:
        assert file_of_tests(path).exists()


@pytest.mark.parametrize("name", PENDING)
def test_what_is_pending_is_so_still(name: str):
    path = PACKAGE / f"{name}.py"
    assert path.exists(), "the module is gone: take it off the list"
    assert not file_of_tests(path).exists(), "the tests are there: take it off the list"
    assert has_behaviour(path)
    assert not is_exception(name)


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_exceptions_are_about_something(name: str):
    path = PACKAGE / name
    assert path.is_dir() if name.endswith("/") else path.with_suffix(".py").exists()
    if not name.endswith("/"):
        assert not file_of_tests(path.with_suffix(".py")).exists()
