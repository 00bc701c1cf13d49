"""The arithmetic of the comparisons; the benchmarks themselves are run by hand."""

import pytest

from tests.benchmarks.compare import Comparison, Limit, Processor, compare, duration, exit_code


def stopwatch(*seconds: float):
    """A round that takes what it is told to take, one after the other."""
    left = iter(seconds)
    return lambda: next(left)


TWO = Comparison("work", {"a": [1.0, 1.0, 4.0], "b": [2.0, 2.0, 8.0]})


def test_contenders_take_turns():
    turns = []

    def note(name: str):
        return lambda: turns.append(name) or 0.1

    compare("x", {"a": note("a"), "b": note("b")}, rounds=2, warm_up=1)
    assert turns == ["a", "b"] * 3


def test_the_warm_up_does_not_count():
    found = compare("x", {"a": stopwatch(9.0, 1.0, 2.0)}, rounds=2, warm_up=1)
    assert found.seconds == {"a": [1.0, 2.0]}


def test_a_slow_moment_of_the_machine_does_not_change_the_ratio():
    assert TWO.ratio("b", "a") == 2.0
    assert TWO.median("b") == 2.0


def test_processor_time_is_read_off_the_same_round():
    reading = iter([10.0, 10.5, 20.0, 22.0])
    done = []
    contender = Processor(lambda: done.append(1), lambda: next(reading))
    assert contender.clock() >= 0
    assert contender.last() == contender.last() == 0.5
    assert contender.spent() == 2.0
    assert len(done) == 2


def test_limits():
    held, broken = Limit("b", "a", 2.0), Limit("b", "a", 1.9)
    assert TWO.broken([held, broken]) == [broken]


def test_the_table(capsys: pytest.CaptureFixture[str]):
    assert exit_code(TWO, [Limit("b", "a", 1.5)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "| work | median | fastest | slowest | to the first |",
        "| --- | ---: | ---: | ---: | ---: |",
        "| a | 1.0 s | 1.0 s | 4.0 s | 1.00 |",
        "| b | 2.0 s | 2.0 s | 8.0 s | 2.00 |",
        "",
        "BROKEN: b takes 2.00 times as long as a; the limit is 1.5",
    ]
    assert exit_code(TWO, [Limit("b", "a", 2.5)]) == 0


@pytest.mark.parametrize(
    ("seconds", "shown"), [(2.0, "2.0 s"), (0.0123, "12.3 ms"), (0.000004, "4.0 µs")]
)
def test_durations(seconds: float, shown: str):
    assert duration(seconds) == shown
