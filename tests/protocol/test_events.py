import dataclasses
from typing import get_args

import pytest

from smtplab.protocol.events import CommandSent, ProtocolEvent
from smtplab.protocol.verbs import Verb


@pytest.mark.parametrize("kind", get_args(ProtocolEvent))
def test_events_are_values(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__hash__ is not None
    assert "__slots__" in vars(kind)


def test_events_with_the_same_content_are_equal():
    assert CommandSent(Verb.NOOP, b"NOOP\r\n") == CommandSent(Verb.NOOP, b"NOOP\r\n", ())
