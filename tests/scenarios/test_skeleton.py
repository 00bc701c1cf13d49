"""The file to begin with."""

import pytest

from smtplab.scenarios.reader import read_text
from smtplab.scenarios.skeleton import BadId, skeleton


@pytest.mark.parametrize("scenario_id", ["mine", "a/b-c/d2", "451", "envelope/no"])
def test_it_passes_the_check(scenario_id: str) -> None:
    text = skeleton(scenario_id)
    scenario = read_text(text.encode(), "new.yaml", scenario_id)
    assert scenario.title.lower() == scenario_id.rpartition("/")[2].replace("-", " ")
    assert scenario.rules
    assert scenario.expect
    assert f"check {scenario_id}.yaml" in text


def uncommented(text: str) -> str:
    """With what stands in comments as an example brought to life."""
    examples = ("# ehlo:", "# tls:", "# auth:", "# - wait:", "# - send:", "# - close:")
    lines = [
        line.replace("# ", "", 1) if line.lstrip().startswith(examples) else line
        for line in text.splitlines()
    ]
    return "\n".join(lines)


def test_the_examples_in_its_comments_are_right() -> None:
    text = uncommented(skeleton("mine"))
    scenario = read_text(text.encode(), "new.yaml", "mine")
    assert [action.name for action in scenario.rules[0].do] == ["reply", "wait", "send", "close"]
    assert scenario.server.tls.cert == "expired"
    assert scenario.server.auth.required


@pytest.mark.parametrize("name", ["", "A", "a b", "/a", "a/", "../a", "a//b", "a.yaml", "-a", "ä"])
def test_what_is_no_id(name: str) -> None:
    with pytest.raises(BadId, match="is no id"):
        skeleton(name)
