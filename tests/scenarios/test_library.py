"""Finding scenarios: bundled ones by id, a user's own by path."""

from pathlib import Path

import pytest

from smtplab.scenarios import library
from smtplab.scenarios.errors import UnknownScenario

FIRST = {
    "honest", "data/wrong-code", "data/lost-after-dot", "envelope/rcpt-451",
    "envelope/greylisting", "connection/421-at-mail", "certificates/expired",
    "certificates/wrong-host", "certificates/self-signed", "starttls/stripped",
    "starttls/injection", "replies/split",
}  # fmt: skip


def test_the_catalogue() -> None:
    ids = library.ids()
    assert ids[0] == "honest"
    assert set(ids) >= FIRST
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", library.ids())
def test_every_bundled_file_is_sound(name: str) -> None:
    scenario = library.find(name)
    assert scenario.id == name
    assert scenario.title
    assert len(scenario.title) < 80
    assert scenario.title.strip(".") == scenario.title
    assert scenario.story.strip().endswith(".")
    assert scenario.tags
    assert scenario.links
    assert scenario.expect
    assert all(expectation.because for expectation in scenario.expect)


NEAR = [
    ("honset", "near it are honest"),
    ("expired", "near it are certificates/expired"),
    ("data/lost-after-dots", "data/lost-after-dot"),
    ("../../nowhere/passwd", "'smtplab scenarios list' shows all"),
    ("", "shows all"),
    ("none.yaml", "there is no scenario file none.yaml"),
]


@pytest.mark.parametrize(("name", "words"), NEAR)
def test_unknown_names(name: str, words: str) -> None:
    with pytest.raises(UnknownScenario) as caught:
        library.find(name)
    assert words in str(caught.value)


def test_a_file_that_is_no_scenario_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("root:x:0:0\n")
    with pytest.raises(UnknownScenario, match="no scenario file"):
        library.find(str(tmp_path / "passwd"))


def test_a_file_of_one_s_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.yml"
    file.write_text("title: Mine\nseverity: info\nstory: S\n")
    assert library.find(str(file)).title == "Mine"
    assert library.text_of(str(file)).startswith("title: Mine")


@pytest.mark.parametrize(
    ("patterns", "found"),
    [(["honest"], ["honest"]), (["auth/53[58]", "auth/535"], ["auth/535", "auth/538"]),
     (["own.yaml", "no-such"], ["own.yaml", "no-such"]), ([], [])],
)  # fmt: skip
def test_globs(patterns: list[str], found: list[str]) -> None:
    assert library.expand(patterns) == found


def test_a_glob_that_fits_nothing() -> None:
    with pytest.raises(library.UnknownScenario, match="matches 'auth/x"):
        library.expand(["auth/x*"])


def test_every_id_is_found_as_such() -> None:
    for name in library.ids():
        assert library.path_of(name) == library.bundled_folder() / f"{name}.yaml"


@pytest.mark.parametrize(
    "name", ["../scenarios/honest", "/honest", "honest/", "Honest", "auth/../honest", "auth", ""]
)
def test_nothing_but_an_id_leads_into_the_catalogue(name: str) -> None:
    with pytest.raises(library.UnknownScenario):
        library.path_of(name)


def test_a_file_whose_name_looks_like_a_glob(tmp_path):
    file = tmp_path / "[x].yaml"
    file.touch()
    assert library.expand([str(file)]) == [str(file)]
