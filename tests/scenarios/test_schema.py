"""The JSON Schema, held to the files that the reader takes and refuses."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from smtplab.scenarios import library
from smtplab.scenarios.model import Action
from smtplab.scenarios.schema import schema

VALIDATOR = Draft202012Validator(schema())


def complaints(value) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(value)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    json.dumps(schema())


@pytest.mark.parametrize("name", library.ids())
def test_the_bundled_files_are_valid(name: str) -> None:
    assert complaints(yaml.safe_load(library.text_of(name))) == []


HEAD = {"title": "T", "severity": "info", "story": "S"}

INVALID = [
    {}, {**HEAD, "titel": "x"}, {**HEAD, "severity": "bad"}, {**HEAD, "id": "x"},
    {**HEAD, "rules": [{"at": "mail", "do": []}]},
    {**HEAD, "rules": [{"at": "mail", "do": [{}]}]},
    {**HEAD, "rules": [{"at": "mail", "do": [{"reply": "250", "close": "fin"}]}]},
    {**HEAD, "rules": [{"at": "mail", "do": [{"wait": "soon"}]}]},
    {**HEAD, "rules": [{"at": "mail", "do": [{"tls": {"abort": "hello"}}]}]},
    {**HEAD, "expect": [{"because": "B"}]},
    {**HEAD, "expect": [{"because": "B", "must": {}}]},
]  # fmt: skip


@pytest.mark.parametrize("value", INVALID)
def test_what_the_reader_refuses_is_not_valid(value) -> None:
    assert complaints(value)


def test_every_action_is_in_it() -> None:
    keys = {name.strip("_") for name in Action.__struct_fields__}
    assert set(schema()["$defs"]["Action"]["properties"]) == keys
