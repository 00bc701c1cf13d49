"""The names of the ways in which a session ends."""

import pytest

from smtplab.client.outcome import Verdict


@pytest.mark.parametrize(
    ("verdict", "words"),
    [(Verdict.DELIVERED, "delivered"), (Verdict.PARTLY_DELIVERED, "partly delivered"),
     (Verdict.IN_DOUBT, "in doubt")],
)  # fmt: skip
def test_is_written_with_spaces(verdict: Verdict, words: str):
    assert verdict.words == words


def test_every_name_is_plain_words():
    assert all(verdict.words.replace(" ", "").isalpha() for verdict in Verdict)
