"""Whether a run shows anything about its scenario."""

import pytest

from smtplab.grading.applicability import reason_against
from smtplab.grading.cases import Client
from smtplab.grading.template import Command
from smtplab.scenarios import library
from tests.grading.acting import EHLO, GOOD, GREETING, MAIL, QUIT, connection, played

CALM = [*EHLO, *QUIT]


@pytest.mark.parametrize(
    ("scenario", "base", "words"),
    [
        ("certificates/expired", "plain", "about TLS"),
        ("starttls/454", "implicit", "about STARTTLS"),
        ("auth/535", "starttls", "about a login"),
        ("auth/535", "auth", "never came to the stage that it is about (auth)"),
        ("providers/gmail-app-password", "plain+auth", "offers a login inside TLS only"),
        ("honest", "plain+auth", "does not log in without TLS"),
        ("data/554", "plain", "never came to the stage that it is about (data)"),
        ("envelope/one-of-two", "plain", "takes one"),
    ],
)
def test_reasons(scenario, base, words):
    assert words in reason_against(played(CALM, exit_code=1, scenario=scenario, base=base))


@pytest.mark.parametrize(
    ("scenario", "base", "faults"),
    [
        ("honest", "plain", []),
        ("certificates/expired", "starttls", []),
        ("starttls/stripped", "starttls", []),
        ("auth/535", "auth", [(0, "auth")]),
        ("ehlo/spaces", "plain+auth", [(0, "ehlo")]),
        ("providers/gmail-app-password", "auth", [(0, "greeting")]),
    ],
)
def test_a_run_that_shows_something(scenario, base, faults):
    case = played(connection(CALM, faults=faults), exit_code=1, scenario=scenario, base=base)
    assert reason_against(case) == ""


TRAPS = [
    ("pitfalls/ehlo-localhost", "ehlo"),
    ("pitfalls/space-behind-colon", "rcpt"),
    ("pitfalls/dot-lines", "mail"),
    ("pitfalls/blank-line-behind-dot", "ehlo"),
    ("pitfalls/tls-without-asking", "ehlo"),
    ("pitfalls/no-date", "eom"),
]
"""Pitfalls, and a stage at which a client shows whether it falls into them."""


@pytest.mark.parametrize(("scenario", "stage"), TRAPS)
def test_whoever_passes_by_a_pitfall_has_passed(scenario, stage):
    held = [(len(library.find(scenario).rules), stage)]  # of the grader, and not of the scenario
    case = played(connection(CALM, faults=held), scenario=scenario, base="auth")
    assert reason_against(case) == ""


@pytest.mark.parametrize("scenario", [scenario for scenario, _ in TRAPS])
def test_whoever_never_comes_near_a_pitfall_shows_nothing(scenario):
    assert "never came" in reason_against(played(GREETING, scenario=scenario, base="auth"))


@pytest.mark.parametrize(
    ("said", "exit_code"),
    [(CALM, 0), ([*EHLO, *MAIL], 1), ([*EHLO, ("C", "AUTH PLAIN x\r\n")], 1), (GREETING, 1)],
)
def test_only_whoever_leaves_instead_keeps_the_password(said, exit_code):
    assert reason_against(played(said, exit_code=exit_code, base="plain+auth")) == ""


def test_a_reply_that_was_held_back_is_no_fault_of_the_scenario():
    case = played(connection(CALM, faults=[(1, "data")]), exit_code=1, scenario="data/554")
    assert "never came" in reason_against(case)


def test_a_client_may_say_so_itself_unless_it_delivered():
    client = Client("x", Command.parse(["x"]), na_exits=frozenset({97}))
    assert "does not do this" in reason_against(played(CALM, exit_code=97, client=client))
    assert reason_against(played(GOOD, exit_code=97, client=client)) == ""
