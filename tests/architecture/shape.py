"""Measures the shape of the package from its source alone: nothing is imported or run."""

import ast
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "smtplab"


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(p for p in PACKAGE.rglob("*.py") if "__pycache__" not in p.parts)


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method: where it is, its lines of code, what lacks an annotation."""

    where: str
    lines: int
    missing: tuple[str, ...]


def functions(path: Path) -> Iterator[Function]:
    """The functions of a module, inner ones included."""
    text = path.read_text(encoding="utf-8")
    code = _code_lines(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lines = sum(node.lineno <= line <= node.end_lineno for line in code)
            yield Function(
                f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines, _bare(node)
            )


def _code_lines(text: str) -> set[int]:
    """The numbers of the lines that hold code: not blank, no comment alone, no docstring."""
    tree = ast.parse(text)
    prose: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
            and node.end_lineno is not None
        ):
            prose |= set(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(text.splitlines(), 1)
    filled = {n for n, line in lines if line.strip() and not line.lstrip().startswith("#")}
    return filled - prose


def _bare(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
    missing = [a.arg for a in every if a.annotation is None and a.arg not in ("self", "cls")]
    if node.returns is None:
        missing.append("return")
    return tuple(missing)


def undocumented(path: Path) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if ast.get_docstring(tree) is None:
        yield f"{path.relative_to(ROOT)}: the module"
    yield from _undocumented(tree, str(path.relative_to(ROOT)))


def _undocumented(node: ast.AST, where: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if child.name.startswith("_"):
            continue
        if ast.get_docstring(child) is None and not _documented_elsewhere(child):
            yield f"{where}:{child.lineno} {child.name}"
        if isinstance(child, ast.ClassDef):
            yield from _undocumented(child, where)


FRAMEWORK = ("connection_made", "data_received", "eof_received", "connection_lost",
             "pause_writing", "resume_writing")  # fmt: skip
"""Methods whose meaning asyncio's own documentation tells."""


def _documented_elsewhere(node: ast.AST) -> bool:
    named = getattr(node, "name", "")
    decorators = [ast.unparse(d) for d in getattr(node, "decorator_list", [])]
    return named in FRAMEWORK or "overload" in decorators


# Who needs whom to be loaded: imports for types only, and those inside functions, do not count.


def import_graph() -> dict[str, set[str]]:
    """Module -> the modules of the package that are loaded before it is."""
    names = {_module_name(path): path for path in modules()}
    return {name: set(_imported(path, name, names.keys())) - {name} for name, path in names.items()}


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _imported(path: Path, name: str, known: Set[str]) -> Iterator[str]:
    for node in _at_load(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name} imports relatively, which is not looked into here"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield from (one for one in (inner, node.module) if one in known)


def _at_load(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        if not for_types and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _at_load(child)


def cycles(graph: dict[str, set[str]]) -> list[str]:
    """What is left of a graph when all that depends on nothing left is taken away, over and over.

    Those are the members of cycles, and whatever imports them; empty when there is no cycle.
    """
    left = dict(graph)
    while True:
        free = [name for name, needs in left.items() if not needs & left.keys()]
        if not free:
            return sorted(left)
        for name in free:
            del left[name]
