"""Every generic rule, by what was said: what breaks it, what keeps it, what is not about it."""

import pytest

from smtplab.grading.message import Message
from smtplab.grading.playing import Played
from smtplab.grading.rules.table import RULES
from smtplab.grading.verdicts import Level
from tests.grading.acting import (
    BOB,
    CAROL,
    CONTENT,
    DATA,
    EHLO,
    GOOD,
    GREETING,
    MAIL,
    MESSAGE,
    OFFER,
    QUIT,
    RCPT,
    SENDER,
    STUFFED,
    TO_DATA,
    connection,
    inside,
    played,
)

KNOWN = {rule.id: rule for rule in RULES}
REFUSED = [*EHLO, *MAIL, ("C", f"RCPT TO:<{BOB}>\r\n"), ("S", "550 no\r\n"), *QUIT]
STARTTLS = [*EHLO, ("C", "STARTTLS\r\n"), ("S", "220 go\r\n")]
INJECTED = [*EHLO, ("C", "STARTTLS\r\n"), ("S", "220 go\r\n250 injected\r\n")]
LOST = [*TO_DATA, ("C", f"{STUFFED}.\r\n")]
NO_221 = [*TO_DATA, *CONTENT, ("C", "QUIT\r\n")]
TWO = Message("0001", SENDER, (BOB, CAROL))
ONE_OF_TWO = [
    *EHLO, *MAIL, *RCPT, ("C", f"RCPT TO:<{CAROL}>\r\n"), ("S", "550 no\r\n"), *DATA, *CONTENT,
    *QUIT,
]  # fmt: skip
LOGIN = [*EHLO, ("C", "AUTH PLAIN AGFiAGM=\r\n")]
AGAIN = [*LOGIN, ("S", "535 no\r\n"), ("C", "AUTH PLAIN AGFiAGM=\r\n"), ("S", "535 no\r\n")]
UNSTUFFED = MESSAGE.crlf.decode()


def with_text(text: str, reply: str = "250 taken\r\n") -> list[tuple[str, str]]:
    return [*TO_DATA, ("C", text), ("S", reply), *QUIT]


def with_mail(line: str) -> list[tuple[str, str]]:
    return [*EHLO, ("C", f"{line}\r\n"), ("S", "250 b\r\n"), *RCPT, *DATA, *CONTENT, *QUIT]


BROKEN: list[tuple[str, str, Played, Level]] = [
    ("connects", "never came", played(exit_code=1), Level.ERROR),
    ("false-success", "refused, and it says sent", played(REFUSED), Level.ERROR),
    ("false-success", "no reply to the message", played(LOST, delivered=1), Level.ERROR),
    ("false-success", "never connected", played(), Level.ERROR),
    ("false-failure", "it went well", played(GOOD, exit_code=1), Level.ERROR),
    ("false-failure", "no 221", played(NO_221, exit_code=1), Level.WARNING),
    ("sent-twice", "in two connections", played(GOOD, GOOD), Level.ERROR),
    ("refusal-unreported", "one of two", played(ONE_OF_TWO, message=TWO), Level.WARNING),
    ("clear-text", "sender", played(GOOD, base="starttls"), Level.ERROR),
    ("clear-text", "login", played(LOGIN, base="auth", exit_code=1), Level.ERROR),
    ("injected-reply", "one reply ahead inside TLS",
     played([*INJECTED, ("c", "EHLO me\r\n"), ("c", f"MAIL FROM:<{SENDER}>\r\n"), ("s", OFFER)],
            base="starttls", exit_code=1), Level.ERROR),
    ("ehlo-after-tls", "goes on where it was",
     played([*STARTTLS, *inside(MAIL)], base="starttls", exit_code=1), Level.WARNING),
    ("unasked-reply", "one reply ahead",
     played([*EHLO, *MAIL, ("S", "250 again\r\n"), ("C", f"RCPT TO:<{BOB}>\r\nDATA\r\n"),
             ("S", "250 c\r\n354 go\r\n"), *CONTENT, *QUIT]), Level.INFO),
    ("before-greeting", "EHLO at once",
     played([("C", "EHLO me\r\n"), ("S", f"220 hi\r\n{OFFER}"), *QUIT], exit_code=1),
     Level.WARNING),
    ("before-reply", "no PIPELINING",
     played([*EHLO, ("C", f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{BOB}>\r\n"),
             ("S", "250 b\r\n250 c\r\n"), *DATA, *CONTENT, *QUIT]), Level.ERROR),
    ("content-without-354", "after a refusal",
     played([*EHLO, *MAIL, *RCPT, ("C", "DATA\r\n"), ("S", "451 no\r\n"),
             ("C", "Subject: x\r\n"), ("S", "500 what\r\n"), *QUIT], exit_code=1), Level.ERROR),
    ("content-without-354", "before it",
     played([*EHLO, *MAIL, *RCPT, ("C", "DATA\r\nSubject: x\r\n"), ("S", "354 go\r\n"),
             ("C", f"{STUFFED}.\r\n"), ("S", "250 k\r\n"), *QUIT]), Level.ERROR),
    ("bare-line-end", "LF in the message",
     played(with_text(STUFFED.replace("\r\n", "\n") + "\r\n.\r\n")), Level.ERROR),
    ("bare-line-end", "CR in the message",
     played(with_text(STUFFED.replace("\r\n", "\r\r\n") + ".\r\n")), Level.ERROR),
    ("bare-line-end", "LF behind a command", played([*EHLO, ("C", "NOOP\n"), ("S", "250 k\r\n")]),
     Level.ERROR),
    ("dots", "not doubled", played(with_text(UNSTUFFED, "250 k\r\n500 what\r\n")), Level.ERROR),
    ("dots", "doubled twice",
     played(with_text(STUFFED.replace("\r\n..", "\r\n...") + ".\r\n")), Level.ERROR),
    ("text-changed", "a line is gone",
     played(with_text(STUFFED.replace("Whoever reads this line", "Nobody") + ".\r\n")),
     Level.ERROR),
    ("long-line", "one of 2000", played(with_text("x" * 2000 + "\r\n.\r\n")), Level.WARNING),
    ("eight-bit", "not offered", played(with_text("caf\u00e9\r\n.\r\n")), Level.INFO),
    ("no-command", "a line of the text",
     played([*EHLO, ("C", "The last line.\r\n"), ("S", "500 what\r\n"), *QUIT], exit_code=1),
     Level.ERROR),
    ("no-command", "something else",
     played([*EHLO, ("C", "HALLO\r\n"), ("S", "500 what\r\n"), *QUIT], exit_code=1),
     Level.WARNING),
    ("no-command", "an asterisk after the refusal",
     played([*LOGIN, ("S", "535 no\r\n"), ("C", "*\r\n"), ("S", "500 what\r\n"), *QUIT],
            exit_code=1), Level.WARNING),
    ("no-command", "what may be a password",
     played([*LOGIN, ("S", "235 in\r\n"), ("C", "b3Blbg==\r\n"), ("S", "500 what\r\n")],
            exit_code=1), Level.WARNING),
    ("command-form", "a blank behind the colon",
     played(with_mail(f"MAIL FROM: <{SENDER}>")), Level.WARNING),
    ("command-form", "no brackets", played(with_mail(f"MAIL FROM:{SENDER}")), Level.WARNING),
    ("command-length", "600 octets",
     played([*GREETING, ("C", f"EHLO {'x' * 600}\r\n"), ("S", OFFER), *QUIT], exit_code=1),
     Level.WARNING),
    ("parameter-not-offered", "BODY",
     played(with_mail(f"MAIL FROM:<{SENDER}> BODY=8BITMIME")), Level.WARNING),
    ("mechanism-not-offered", "CRAM-MD5",
     played([*EHLO, ("C", "AUTH CRAM-MD5\r\n"), ("S", "504 no\r\n"), *QUIT], exit_code=1),
     Level.WARNING),
    ("command-not-offered", "BDAT",
     played([*EHLO, *MAIL, *RCPT, ("C", "BDAT 2 LAST\r\nxy"), ("S", "250 k\r\n"), *QUIT]),
     Level.WARNING),
    ("login-again", "the same", played([*AGAIN, *QUIT], exit_code=1), Level.WARNING),
    ("hang", "it has all its replies",
     played(connection(EHLO, closed=None), exit_code=None, seconds=20), Level.ERROR),
    ("hang", "it has all its replies, until it was killed",
     played(connection(EHLO, closed=20.02), exit_code=None, seconds=20), Level.ERROR),
    ("hang", "a code alone is no reply to it",
     played(connection([("S", "220\r\n")], closed=None), exit_code=None, seconds=20),
     Level.WARNING),
    ("hang", "the connection is long over",
     played(connection(EHLO, closed=1.0, ended="closed, fin"), exit_code=None, seconds=20),
     Level.ERROR),
    ("hang", "a message without its end",
     played(connection([*TO_DATA, ("C", "x\r\n")], closed=None), exit_code=None, seconds=20),
     Level.ERROR),
    ("hang", "never connected", played(exit_code=None, seconds=20), Level.ERROR),
    ("killed", "SIGSEGV", played(REFUSED, exit_code=-11), Level.ERROR),
    ("killed", "told by a shell", played(REFUSED, exit_code=139), Level.ERROR),
    ("killed", "SIGPIPE", played(REFUSED, exit_code=-13), Level.WARNING),
    ("no-quit", "after the message", played([*TO_DATA, *CONTENT]), Level.WARNING),
    ("no-quit", "after a refusal", played(REFUSED[:-2], exit_code=1), Level.INFO),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "case", "level"),
    [(b[0], b[2], b[3]) for b in BROKEN],
    ids=[f"{b[0]}: {b[1]}" for b in BROKEN],
)
def test_what_breaks_a_rule(rule: str, case: Played, level: Level):
    found = KNOWN[rule].verdict(case)
    assert found is not None
    assert (found.level, bool(found.seen)) == (level, True)


def test_every_rule_can_be_broken():
    assert {b[0] for b in BROKEN} == set(KNOWN)


PIPELINED = [
    *GREETING, ("C", "EHLO me\r\n"), ("S", "250-x\r\n250 PIPELINING\r\n"),
    ("C", f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{BOB}>\r\nDATA\r\n"),
    ("S", "250 a\r\n250 b\r\n354 c\r\n"), *CONTENT, *QUIT,
]  # fmt: skip

PUZZLED = [
    *EHLO, *MAIL, ("C", f"RCPT TO:<{BOB}>\r\n"), ("S", "250-c\r\n\r\n250 c\r\n"),
    ("C", "DATA\r\n"),
]  # fmt: skip

RIGHT: list[tuple[str, Played]] = [
    ("sent", played(GOOD)),
    ("refused, and it says so", played(REFUSED, exit_code=1)),
    ("inside TLS", played([*STARTTLS, *inside(GOOD[1:])], base="starttls")),
    ("lost after the dot, and it says so", played(LOST, exit_code=1, delivered=1)),
    ("one of two, and it says so", played(ONE_OF_TWO, message=TWO, exit_code=1)),
    ("pipelining", played(PIPELINED)),
    ("sent again after an error", played(REFUSED, GOOD)),
    ("no STARTTLS, and it left", played([*EHLO, *QUIT], base="starttls", exit_code=1)),
    ("its own message, and other words",
     played(with_text("Subject: hi\r\n\r\nother words\r\n.\r\n"))),
    ("an injected reply, and it left",
     played([*INJECTED, ("c", "QUIT\r\n")], base="starttls", exit_code=1)),
    ("refused in the middle of the message",
     played([*TO_DATA, ("C", "a\r\n"), ("S", "552 too much\r\n"), ("C", "b\r\n.\r\n"),
             *QUIT], exit_code=1)),
    ("no greeting, and it left",
     played([("S", "* OK imap\r\n"), ("C", "QUIT\r\n")], exit_code=1)),
    ("a login that it broke off itself",
     played([*EHLO, ("C", "AUTH LOGIN\r\n"), ("S", "334 what\r\n"), ("C", "*\r\n"),
             ("S", "535 cancelled\r\n"), *AGAIN[3:5], *QUIT], exit_code=1)),
    ("one login, refused", played([*AGAIN[:-2], *QUIT], exit_code=1)),
    ("a last try, since the server has hung up",
     played(connection([*GREETING, ("C", "EHLO me\r\n"), ("C", "HELO me\r\n")],
                       ended="closed, fin"), exit_code=1)),
    ("an empty line took the place of a reply, and it left as the 354 came",
     played([*PUZZLED, ("C", "QUIT\r\n"), ("S", "354 go\r\n")], exit_code=1)),
    ("the same, with a RSET",
     played([*PUZZLED, ("C", "RSET\r\n"), ("S", "354 go\r\n"), ("C", "QUIT\r\n")],
            exit_code=1)),
    ("the same, and it sends its message with the second try",
     played(connection([*PUZZLED, ("C", "RSET\r\n"), ("S", "354 go\r\n")]), GOOD)),
    ("cut off by the server", played(connection(EHLO, ended="closed, fin"), exit_code=1)),
]  # fmt: skip


@pytest.mark.parametrize("case", [r[1] for r in RIGHT], ids=[r[0] for r in RIGHT])
def test_a_right_client_breaks_nothing(case: Played):
    found = [rule.verdict(case) for rule in RULES]
    assert [v for v in found if v is not None and v.level is not Level.PASS] == []


def test_a_reply_too_many_has_its_own_rule():
    said = [*EHLO, *MAIL, ("S", "250 c\r\n"), ("C", f"RCPT TO:<{BOB}>\r\n"),
            ("S", "250 c\r\n"), ("C", "DATA\r\n"), ("C", STUFFED), ("S", "354 go\r\n"),
            ("C", ".\r\n"), ("S", "250 k\r\n")]  # fmt: skip
    wrong = [v for rule in RULES if (v := rule.verdict(played(said))) is not None and v.is_breach]
    assert wrong == []


def test_no_way_to_count_the_replies_makes_a_354_of_something_else():
    said = [*PUZZLED, ("C", STUFFED), ("S", "354 go\r\n"), ("C", ".\r\n"), ("S", "250 k\r\n")]
    broken = [v.rule for rule in RULES if (v := rule.verdict(played(said))) and v.is_breach]
    assert broken == ["content-without-354"]


WAITING = [
    ("for the greeting", connection([], closed=None)),
    ("for a reply, until it was killed",
     connection([*EHLO, ("C", "NOOP\r\n")], closed=20.02)),
    ("for a reply", connection([*EHLO, ("C", "NOOP\r\n")], closed=None)),
    ("for the rest of a reply", connection([*GREETING, ("C", "EHLO me\r\n"), ("S", "250-a\r\n")],
                                           closed=None)),
    ("for the reply to QUIT, one reply ahead",
     connection([*EHLO, *MAIL, ("S", "250 c\r\n"), *RCPT, *DATA, ("C", "QUIT\r\n")],
                closed=None)),
    ("for the reply to RSET, one reply ahead",
     connection([*PUZZLED, ("C", "RSET\r\n"), ("S", "354 go\r\n"), ("C", "QUIT\r\n")],
                closed=None)),
    ("for TLS", connection(STARTTLS, closed=None)),
    ("after what is no reply", connection([*EHLO, ("C", "NOOP\r\n"), ("S", "250OK\r\n")],
                                          closed=None)),
    ("a moment after its reply", connection(EHLO, closed=20.02, last_said=16.0)),
    ("a moment after the end", connection(EHLO, closed=19.0, ended="closed, fin")),
]  # fmt: skip


@pytest.mark.parametrize("one", [w[1] for w in WAITING], ids=[w[0] for w in WAITING])
def test_whoever_may_wait_does_not_hang(one):
    found = KNOWN["hang"].verdict(played(one, exit_code=None, seconds=20))
    assert found is not None
    assert found.level is Level.UNDECIDED


def test_a_rule_says_nothing_where_there_is_nothing_of_its_kind():
    silent = {rule.id for rule in RULES if rule.verdict(played(EHLO, exit_code=1)) is None}
    assert silent >= {"dots", "clear-text", "sent-twice", "login-again", "content-without-354"}


def test_ids_are_unique_and_sentences_end():
    assert len(KNOWN) == len(RULES)
    assert all(rule.requirement.endswith(".") for rule in RULES)
