"""The table of graded clients: what makes it, and what the document has to hold."""

import pytest

from smtplab.grading.recipes import library as recipes
from smtplab.grading.verdicts import Level
from tests.grading import results as made
from tests.real.client_table import (
    COLUMNS,
    DOCUMENT,
    ROWS,
    Row,
    line_of,
    lines_of,
    told_errors,
    untold,
    version_of,
    with_lines,
)

PAGE = """# Clients

<!-- table -->
| recipe |
| --- |
| `curl` | of old |
| `msmtp` | of old |
<!-- end -->

## The errors

| client | scenario | what it does |
| --- | --- | --- |
| `swaks`, `curl` | `auth/*`, `data/451` | it does |

## What is common
"""

RUN = made.run(made.GOOD, made.BAD, made.AWAY, client="curl")


def counts(line: str) -> dict[str, int]:
    cells = line.strip("| ").split(" | ")
    return dict(zip([level.value for level in COLUMNS], map(int, cells[3:]), strict=True))


def test_a_line_has_the_version_and_the_counts() -> None:
    line = line_of(RUN, "7.0")
    assert line.startswith("| `curl` | curl, `--ssl-reqd` | 7.0 | 1 |")
    assert counts(line) == {**RUN.summary_of_cases}


def test_new_lines_take_the_place_of_old_ones() -> None:
    page = with_lines(PAGE, {"curl": line_of(RUN, "7.0"), "smtplab": "| `smtplab` | new |"})
    assert list(lines_of(page)) == ["smtplab", "curl", "msmtp"]
    assert lines_of(page)["msmtp"] == "| `msmtp` | of old |"
    assert page.endswith(PAGE[PAGE.index("\n## The errors") :])
    assert with_lines(page, {}) == page


def test_errors_that_the_document_does_not_tell_of_are_found() -> None:
    assert told_errors(PAGE) == [({"swaks", "curl"}, {"auth/*", "data/451"})]
    assert untold(RUN, PAGE) == []
    assert untold(made.run(made.BAD, client="msmtp"), PAGE) == ["auth/535"]
    other = made.case("data/eom-554", made.verdict("expect-1", Level.ERROR))
    assert untold(made.run(other, client="curl"), PAGE) == ["data/eom-554"]


def test_versions() -> None:
    python = ROWS["smtplib"]
    assert version_of(python).startswith("Python 3.")
    with pytest.raises(ValueError, match="has no version"):
        version_of(Row("x", python.version, "nothing of the kind"))


def test_the_document_has_a_line_for_each_recipe_and_tells_of_all_that_err() -> None:
    text = DOCUMENT.read_text("utf-8")
    lines = lines_of(text)
    assert set(lines) == set(ROWS) == set(recipes.names())
    assert len({sum(counts(line).values()) for line in lines.values()}) == 1
    told = {recipe for found, _ in told_errors(text) for recipe in found}
    assert told == {recipe for recipe, line in lines.items() if counts(line)["error"]}
    assert f"({sum(counts(lines['curl']).values())} scenarios)" in " ".join(text.split())
