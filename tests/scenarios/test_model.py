"""Durations, ranges, and what an action says of itself."""

import msgspec
import pytest

from smtplab.scenarios.model import Action, Auth, Rule, Server, When, in_range, seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [("200ms", 0.2), ("5s", 5.0), ("1.5s", 1.5), ("5m", 300.0), ("1h", 3600.0), ("m", 60.0)],
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "5", "5 s", "-5s", "5d", "1.s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("number", "wanted", "holds"),
    [(2, 2, True), (2, 3, False), (2, "2", True), (2, "1..2", True), (3, "1..2", False),
     (9, "3..", True), (2, "3..", False), (0, "0..1", True)],
)  # fmt: skip
def test_ranges(number: int, wanted: int | str, holds: bool) -> None:
    assert in_range(number, wanted) is holds


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [({"reply": "250 ok"}, "reply", "250 ok"), ({"pass": "loud"}, "pass", "loud"),
     ({"shape": [1, 2]}, "shape", [1, 2]), ({"close": "rst"}, "close", "rst")],
)  # fmt: skip
def test_an_action(given, name: str, value) -> None:
    action = msgspec.convert(given, Action)
    assert (action.name, action.value) == (name, value)


def test_words_of_python_have_their_own_names_in_files() -> None:
    rule = msgspec.convert({"at": "*", "do": [{"pass": "loud"}], "when": {"from": "a"}}, Rule)
    assert rule.when == When(from_="a")
    assert b'"from":"a"' in msgspec.json.encode(rule)


def test_the_honest_server_is_the_default() -> None:
    server = Server()
    assert server.host == "lab.test"
    assert server.users == {"alice": "open-sesame"}
    assert server.end_of_data == "strict"
    assert Auth().needs_tls
