"""Values behave as frozen dataclasses do; only that nobody changes them is left to the checker."""

import copy
import dataclasses
import pickle
from dataclasses import dataclass, fields

import pytest

from smtplab.values import field, mutable, replace, value


@dataclass(frozen=True, slots=True)
class Frozen:
    number: int
    text: str = "x"
    secret: str = dataclasses.field(default="", repr=False)


@value
class Made:
    """With a docstring."""

    number: int
    text: str = "x"
    secret: str = field(default="", repr=False)


@value(kw_only=True)
class Named:
    numbers: list[int] = field(default_factory=list)


@value
class Nothing:
    pass


@value
class Own:
    number: int

    def __repr__(self) -> str:
        return "own"


PAIRS = [((1,), (1,)), ((1, "y"), (1, "x")), ((1, "x", "a"), (1, "x", "b")), ((2,), (1,))]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_it_is_compared_hashed_and_written_as_a_frozen_dataclass_is(one, other):
    assert (Made(*one) == Made(*other)) == (Frozen(*one) == Frozen(*other))
    assert hash(Made(*one)) == hash(Frozen(*one))
    assert repr(Made(*one)) == repr(Frozen(*one)).replace("Frozen", "Made")
    assert (len({Made(*one), Made(*other)}) == 1) == (one == other)


def test_it_equals_nothing_of_another_class():
    assert Made(1) != Frozen(1)
    assert Made(1) != (1, "x", "")
    assert Nothing() == Nothing()
    assert repr(Nothing()) == "Nothing()"


def test_it_is_a_dataclass_with_slots():
    assert [each.name for each in fields(Made)] == ["number", "text", "secret"]
    assert replace(Made(1), text="y") == dataclasses.replace(Made(1), text="y") == Made(1, "y")
    assert dataclasses.asdict(Made(1)) == {"number": 1, "text": "x", "secret": ""}
    assert dataclasses.is_dataclass(Made)
    assert not hasattr(Made(1), "__dict__")
    assert Made.__doc__ == "With a docstring."
    for same in (copy.copy(Made(1)), pickle.loads(pickle.dumps(Made(1)))):
        assert same == Made(1)


def test_keywords_only():
    assert Named(numbers=[1]) == Named(numbers=[1])
    assert Named().numbers is not Named().numbers
    with pytest.raises(TypeError):
        Named([1])


def test_its_own_methods_stay():
    assert repr(Own(1)) == "own"


@mutable
class Facts:
    number: int = 0
    seen: list[int] = field(default_factory=list)


def test_facts_change_and_are_compared_but_not_hashed():
    facts = Facts()
    facts.number = 3
    facts.seen.append(1)
    assert facts == Facts(3, [1])
    assert facts != Facts(3)
    with pytest.raises(TypeError):
        hash(facts)
    with pytest.raises(AttributeError):
        facts.other = 1


def test_the_field_of_dataclasses_is_told_from_ours():
    with pytest.raises(TypeError, match=r"Wrong\.number"):

        @value
        class Wrong:
            number: int = dataclasses.field(default=1)


def test_it_can_be_taken_apart_by_match():
    match Made(1, "y"):
        case Made(number, text):
            assert (number, text) == (1, "y")
