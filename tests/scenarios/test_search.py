"""Looking for scenarios."""

import pytest

from smtplab.scenarios import library
from smtplab.scenarios.errors import UnknownScenario
from smtplab.scenarios.search import Search, fits, matching


def ids(search: Search) -> set[str]:
    return {scenario.id for scenario in matching(search)}


def test_nothing_in_particular_is_everything() -> None:
    assert [scenario.id for scenario in matching(Search())] == list(library.ids())


def test_a_folder() -> None:
    assert ids(Search(folder="tls")) == {n for n in library.ids() if n.startswith("tls/")}


def test_tags_are_whole_and_all_must_be_there() -> None:
    both = ids(Search(tags=("auth", "535")))
    assert both == ids(Search(tags=("auth",))) & ids(Search(tags=("535",)))
    assert "auth/535" in both


def test_a_severity() -> None:
    found = matching(Search(severity="mail-loss"))
    assert {scenario.severity for scenario in found} == {"mail-loss"}


@pytest.mark.parametrize("words", [("GREYLIST",), ("grey", "list"), ("envelope/grey",)])
def test_words_in_any_case(words: tuple[str, ...]) -> None:
    assert "envelope/greylisting" in ids(Search(words=words))


def test_all_words_must_be_there() -> None:
    scenario = library.find("envelope/greylisting")
    assert fits(scenario, Search(words=("grey",)))
    assert not fits(scenario, Search(words=("grey", "elephant")))


UNKNOWN = [
    (Search(folder="tsl"), "the folder 'tsl'; there is tls"),
    (Search(tags=("atuh",)), "the tag 'atuh'; there is auth"),
    (Search(severity="bad"), "the severity 'bad'; there is annoyance, info, mail-loss, security"),
    (Search(words=("no such words",)), "no scenario has all of that"),
]


@pytest.mark.parametrize(("search", "text"), UNKNOWN)
def test_what_no_scenario_has(search: Search, text: str) -> None:
    with pytest.raises(UnknownScenario, match=text):
        matching(search)
