"""Transcripts to show: nothing in them is a password, or acts on a terminal."""

from smtplab.grading.story import LONGEST, MOST_LINES, story
from tests.grading.acting import EHLO, GOOD, connection, played


def test_both_sides_in_order():
    lines = [(line.side, line.text) for line in story(played(GOOD))]
    assert lines[:2] == [("server", "220 hi"), ("client", "EHLO me")]
    assert ("client", "(a message of 372 octets)") in lines or any(
        text.startswith("(a message of ") for _, text in lines
    )
    assert lines[-1] == ("lab", "the connection ended: the client closed")


def test_passwords_are_hidden():
    said = [*EHLO, ("C", "AUTH LOGIN\r\n"), ("S", "334 UGFzc3dvcmQ6\r\n"),
            ("C", "b3Blbi1zZXNhbWU=\r\n"), ("S", "535 no\r\n"),
            ("C", "AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l\r\n")]  # fmt: skip
    text = " ".join(line.text for line in story(played(said)))
    assert "b3Blbi1zZXNhbWU" not in text
    assert "AGFsaWNl" not in text


def test_control_characters_are_shown():
    said = [*EHLO, ("C", "NOOP \x1b[2J\r\n"), ("S", "250 \x1b]0;x\x07\r\n")]
    text = "".join(line.text for line in story(played(said)))
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_it_does_not_grow_without_bound():
    said = [*EHLO, ("C", "NOOP\r\n" * 500), ("S", "250 " + "x" * 5000 + "\r\n")]
    lines = story(played(said))
    assert len(lines) < MOST_LINES + 10
    assert max(len(line.text) for line in lines) < LONGEST + 40


def test_it_tells_what_the_scenario_did():
    case = played(connection(EHLO, faults=[(0, "auth"), (1, "auth-step"), (9, "mail")]),
                  scenario="auth/endless", exit_code=1)  # fmt: skip
    told = [line.text for line in story(case) if line.side == "lab"]
    assert told[:2] == [
        "the scenario had its say at: auth",
        "the scenario had its say at: auth-step",
    ]
