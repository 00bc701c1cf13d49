"""How fast the automatic mode goes."""

import pytest

from smtplab.client.steps import Stage, Step
from smtplab.protocol.guide import GUIDE
from smtplab.protocol.verbs import Verb
from smtplab.verbs.pace import LONGEST, SHORTEST, SPEEDS, USUAL_SPEED, rest_before


def step(guide: str) -> Step:
    return Step(Stage.MAIL, Verb.MAIL, b"MAIL FROM:<>", guide=guide)


def test_speeds_go_from_slow_to_fast():
    rests = [rest_before(step("mail"), speed) for speed in SPEEDS]
    assert rests == sorted(rests, reverse=True)
    assert rests[-1] == 0
    assert SPEEDS[USUAL_SPEED].name == "1×"


@pytest.mark.parametrize("guide", [*GUIDE, "unknown"])
def test_the_pace_of_reading_goes_by_what_there_is_to_read(guide):
    rest = rest_before(step(guide), SPEEDS[0])
    assert SHORTEST <= rest <= LONGEST
    if guide in GUIDE:
        assert rest > SHORTEST
