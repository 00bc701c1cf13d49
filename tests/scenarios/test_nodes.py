"""From text to plain values with their places."""

import pytest

from smtplab.scenarios.nodes import Walk, worded


def test_places() -> None:
    walk = Walk()
    assert walk.read("a:\n  - b: 1\n  - [x, null]\n") == {"a": [{"b": 1}, ["x", None]]}
    assert walk.places["a", 0, "b"] == (2, 8)
    assert walk.keys["a", 0, "b"] == (2, 5)
    assert walk.places["a", 1, 0] == (3, 6)
    assert walk.problems == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("-5", -5), ("true", True), ("false", False), ("null", None), ("", None),
     ("True", "True"), ("05", "05"), ("1e3", "1e3"), ("9" * 16, "9" * 16), ("'5'", "5")],
)  # fmt: skip
def test_scalars(text: str, value) -> None:
    found = Walk().read(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("path", "text"), [((), ""), (("rules", 0, "when"), "rules[0].when"), ((0, 1), "[0][1]")]
)
def test_ways(path, text: str) -> None:
    assert worded(path) == text


@pytest.mark.parametrize(
    "text",
    ["a: &x 1\nb: *x", "a: &x [*x]", "a: !!binary aGk=", "a: !own 1", "a: !!set {b}",
     "a: !!python/name:os.system x", "? [1]\n: 2"],
)  # fmt: skip
def test_what_yaml_can_and_a_scenario_cannot(text: str) -> None:
    walk = Walk()
    walk.read(text)
    assert walk.fatal
    assert walk.problems
