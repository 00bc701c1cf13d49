import pytest

from smtplab.protocol.irregularities import KINDS, Irregularity


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_a_sentence_with_its_clause(kind):
    irregularity = Irregularity(kind)
    assert irregularity.meaning.endswith(".")
    assert irregularity.clause.startswith("RFC ")
    assert irregularity.detail == ""


def test_an_irregularity_of_no_known_kind_has_no_meaning():
    with pytest.raises(KeyError):
        _ = Irregularity("made-up").meaning
