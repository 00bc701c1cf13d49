"""Results: saved, read again, merged."""

import json

import jsonschema
import pytest

from smtplab.grading import results
from smtplab.grading.results import ResultsError
from tests.grading.results import ALL, AWAY, BAD, GOOD, SLOW, run

ORDER = (GOOD.key, BAD.key, AWAY.key, SLOW.key)


def test_a_run_comes_back_as_it_was():
    assert results.decode(results.encode(ALL), "x") == ALL


def test_the_names_that_scripts_rely_on():
    value = json.loads(results.encode(ALL))
    assert value["summary"] == {
        "error": 1, "warning": 1, "info": 0, "pass": 2, "not_applicable": 1, "undecided": 1,
    }  # fmt: skip
    assert value["summary_of_cases"]["error"] == 1
    one = value["cases"][1]
    assert (one["scenario"], one["base"]) == ("auth/535", "auth")
    assert one["verdicts"][0]["level"] == "error"
    assert one["verdicts"][0].keys() >= {"rule", "level", "strength", "requirement", "clause"}


def test_the_schema_describes_what_is_written():
    jsonschema.validate(json.loads(results.encode(ALL)), results.schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"summary": {}}, results.schema())


def test_two_shards_merged_are_one_run():
    first = run(GOOD, AWAY, order=ORDER)
    second = run(BAD, SLOW, order=ORDER)
    (merged,) = results.merged([second, first])
    assert merged.cases == ALL.cases
    assert merged.complete


def test_a_missing_shard_shows():
    (merged,) = results.merged([run(GOOD, order=ORDER), run(BAD, order=ORDER)])
    assert not merged.complete


def test_clients_stay_side_by_side():
    found = results.merged([run(GOOD), run(BAD, client="other")])
    assert [one.client for one in found] == ["mailer", "other"]


def test_a_case_twice_is_a_mistake():
    with pytest.raises(ResultsError, match="auth/535 on auth is there twice"):
        results.merged([run(BAD), run(BAD)])


@pytest.mark.parametrize(
    "octets",
    [b"", b"[]", b"{}", b"\xff", results.encode(ALL).replace(b'"format":1', b'"format":9')],
)
def test_what_is_no_file_of_results_is_told_with_its_name(octets):
    with pytest.raises(ResultsError, match=r"old\.json"):
        results.decode(octets, "old.json")


def test_what_is_nested_too_deeply_is_no_result():
    with pytest.raises(ResultsError, match=r"deep\.json"):
        results.decode(b'{"a":' * 100_000, "deep.json")
