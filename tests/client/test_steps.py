from smtplab.client.steps import LABELS, Stage, Step
from smtplab.protocol.verbs import Verb


def test_every_stage_has_its_names():
    assert set(LABELS) == set(Stage)
    assert all(len(short) <= 4 for _, short in LABELS.values())


def test_what_can_be_edited():
    assert Step(Stage.EHLO, Verb.EHLO, b"EHLO x").sends_line
    assert Step(Stage.AUTH, Verb.AUTH_RESPONSE).sends_line
    assert not Step(Stage.CONTENT, Verb.CONTENT).sends_line
