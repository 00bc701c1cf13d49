"""Predict mode: guesses and a score."""

import pytest

from smtplab.client.steps import Stage, Step
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.verbs import Verb
from smtplab.verbs.predicting import Predictions

EHLO = Step(Stage.EHLO, Verb.EHLO, b"EHLO me")


def reply(raw: bytes):
    (found,) = ReplyParser().receive_data(raw)
    return found


@pytest.mark.parametrize(
    ("guess", "raw", "right"),
    [
        ("2", b"250 ok\r\n", 1),
        ("250", b"250 ok\r\n", 1),
        ("251", b"250 ok\r\n", 0),
        ("4", b"550 no\r\n", 0),
        ("2", b"hello\r\n", 0),
        ("5", None, 0),
    ],
)
def test_a_guess_is_judged_by_the_reply(guess, raw, right):
    predictions = Predictions(on=True)
    assert predictions.asks(EHLO)
    assert predictions.take(guess)
    assert not predictions.asks(EHLO)
    predictions.judge(reply(raw) if raw is not None else None)
    assert (predictions.right, predictions.total) == (right, 1)
    assert predictions.verdict.startswith(f"{guess}: {'right' if right else 'no'}, ")
    assert predictions.asks(EHLO)


def test_without_a_guess_nothing_counts():
    predictions = Predictions(on=True)
    predictions.judge(reply(b"250 ok\r\n"))
    assert predictions.score == "0 of 0 right"


@pytest.mark.parametrize("text", ["", "1", "25", "9", "EHLO me", "2500", "1xx"])
def test_what_is_no_guess(text):
    assert not Predictions(on=True).take(text)


@pytest.mark.parametrize("step", [None, Step(Stage.CONNECT, None), Step(Stage.TLS, Verb.TLS)])
def test_asks_only_where_a_reply_comes(step):
    assert not Predictions(on=True).asks(step)
    assert not Predictions().asks(EHLO)
