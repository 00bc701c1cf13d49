"""The limits that keep functions and files small, typed and documented."""

from tests.architecture.shape import (
    PACKAGE,
    cycles,
    functions,
    import_graph,
    modules,
    undocumented,
)

LONGEST_FUNCTION = 50
LONGEST_95_PERCENT = 28
LONGEST_FILE = 400


def test_functions_are_short():
    every = [f for path in modules() for f in functions(path)]
    assert [f.where for f in every if f.lines > LONGEST_FUNCTION] == []
    lengths = sorted(f.lines for f in every)
    assert lengths[len(lengths) * 95 // 100] <= LONGEST_95_PERCENT


def test_files_are_short():
    sizes = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in modules()}
    assert {str(p): n for p, n in sizes.items() if n > LONGEST_FILE} == {}


def test_everything_is_annotated():
    bare = {f.where: f.missing for path in modules() for f in functions(path) if f.missing}
    # prompt_toolkit gives its own type for this one no name that could be written down.
    assert set(bare) == {where for where in bare if where.endswith(" lex_document")}


def test_public_names_say_what_they_are_for():
    assert [text for path in modules() for text in undocumented(path)] == []


def test_packages_are_nouns_of_the_domain():
    forbidden = {"utils", "util", "helpers", "core", "common", "manager", "misc"}
    names = {p.stem for p in modules()} | {p.name for p in PACKAGE.rglob("*") if p.is_dir()}
    assert not names & forbidden


def test_no_module_imports_itself_by_a_detour():
    graph = import_graph()
    assert graph["smtplab.tls.handshake"] >= {"smtplab.tls.fields", "smtplab.tls.names"}
    assert cycles(graph) == []


def test_a_detour_is_seen():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}
    assert cycles(graph) == ["a", "b", "c"]
