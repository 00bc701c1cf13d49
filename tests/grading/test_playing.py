"""How a case is played: replies held back, programs found."""

from smtplab.grading.cases import BASES, Case
from smtplab.grading.playing import HELD_STAGES, Pace, held
from smtplab.scenarios import library
from tests.grading.acting import BOB, GOOD, connection, played


def test_all_replies_are_held_back_the_scenarios_own_too():
    scenario = library.find("envelope/mail-550")
    found = held(scenario, Pace(time_scale=0.1, hold=0.03))
    assert [action.name for action in found.rules[0].do] == ["wait", "reply"]
    assert found.rules[0].do[0].value == "300ms"
    assert [rule.at for rule in found.rules[1:]] == list(HELD_STAGES)


def test_silence_is_not_held_back_and_nothing_is_without_a_hold():
    scenario = library.find("data/354-never")
    assert held(scenario, Pace()).rules[0] == scenario.rules[0]
    assert held(scenario, Pace(hold=0)) == scenario


def test_only_what_the_scenario_does_is_a_fault():
    one = connection(GOOD, faults=[(0, "mail"), (1, "rcpt")])
    assert played(one, scenario="envelope/mail-550").fired == ["mail"]
    assert played(one, scenario="honest").fired == []


def test_copies_are_counted_for_each_recipient():
    assert played(GOOD, GOOD).copies == {BOB: 2}
    assert played(GOOD[:-4]).copies == {BOB: 0}


def test_whoever_ends_a_connection():
    assert connection(GOOD, ended="closed, rst").ended_by_server
    assert not connection(GOOD, ended="the client closed").ended_by_server
    assert not connection(GOOD, ended="the connection broke").ended_by_server


def test_a_case_is_called_by_scenario_and_base():
    case = Case(library.find("honest"), BASES["auth"])
    assert case.key == "honest on auth"
