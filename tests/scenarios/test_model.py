"""Ranges, and what an action says of itself."""

import re

import msgspec
import pytest

from smtplab.durations import seconds_of
from smtplab.scenarios.model import DURATION, Action, Auth, Rule, Server, When, in_range


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


@pytest.mark.parametrize("text", ["200ms", "5s", "1.5s", "5m", "1h", "1h30m", "999999h"])
def test_what_a_file_may_say_of_a_time_can_be_read(text: str) -> None:
    assert re.search(DURATION, text)
    assert seconds_of(text) > 0


@pytest.mark.parametrize("text", ["", "5", "5 s", "m", "5d", "30m1h", "5s\n5s"])
def test_a_file_names_the_unit(text: str) -> None:
    assert not re.search(DURATION, text)
