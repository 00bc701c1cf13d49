import pytest

from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.states import (
    ANY_TIME,
    EXPECTED,
    TRANSITIONS,
    State,
    allowed,
    is_expected,
    is_legal,
    next_state,
)
from smtplab.protocol.verbs import Verb

# The sessions of RFC 5321 appendix D, RFC 3207 and RFC 4954, written down by hand: one line a
# verb, one column a state, in the column the state after 2yz, 3yz, 4yz and 5yz ("." stays).
# fmt: off
COLUMNS = ["CONNECTED", "GREETED", "READY", "STARTTLS", "AUTHENTICATING", "MAIL", "RCPT", "DATA",
           "CLOSED", "CHUNKS"]
BY_HAND = {
    #                 CON    GRE    REA    STA    AUT    MAI    RCP    DAT    CLO    CHU
    "GREETING":      "G...   ....   ....   ....   ....   ....   ....   ....   ....   ....",
    "EHLO":          "....   R...   R...   ....   ....   R...   R...   ....   ....   R...",
    "HELO":          "....   R...   R...   ....   ....   R...   R...   ....   ....   R...",
    "LHLO":          "....   R...   R...   ....   ....   R...   R...   ....   ....   R...",
    "STARTTLS":      "....   ....   S...   ....   ....   ....   ....   ....   ....   ....",
    "TLS":           "....   ....   ....   G...   ....   ....   ....   ....   ....   ....",
    "AUTH":          "....   ....   RA..   ....   ....   ....   ....   ....   ....   ....",
    "AUTH_RESPONSE": "....   ....   ....   ....   RARR   ....   ....   ....   ....   ....",
    "MAIL":          "....   ....   M...   ....   ....   ....   ....   ....   ....   ....",
    "RCPT":          "....   ....   ....   ....   ....   T...   T...   ....   ....   ....",
    "DATA":          "....   ....   ....   ....   ....   ....   .D..   ....   ....   ....",
    "CONTENT":       "....   ....   ....   ....   ....   ....   ....   R.RR   ....   ....",
    "BDAT":          "....   ....   ....   ....   ....   ....   B...   ....   ....   B...",
    "BDAT_LAST":     "....   ....   ....   ....   ....   ....   R.RR   ....   ....   R.RR",
    "XCLIENT":       "....   ....   G...   ....   ....   ....   ....   ....   ....   ....",
    "PROXY":         "....   ....   ....   ....   ....   ....   ....   ....   ....   ....",
    "RSET":          "....   G...   R...   ....   ....   R...   R...   ....   ....   R...",
    "NOOP":          "....   ....   ....   ....   ....   ....   ....   ....   ....   ....",
    "VRFY":          "....   ....   ....   ....   ....   ....   ....   ....   ....   ....",
    "EXPN":          "....   ....   ....   ....   ....   ....   ....   ....   ....   ....",
    "HELP":          "....   ....   ....   ....   ....   ....   ....   ....   ....   ....",
    "QUIT":          "C...   C...   C...   ....   ....   C...   C...   ....   ....   C...",
    "UNKNOWN":       "....   ....   ....   ....   ....   ....   ....   ....   ....   ....",
}
LETTERS = {"G": State.GREETED, "R": State.READY, "S": State.STARTTLS, "A": State.AUTHENTICATING,
           "M": State.MAIL, "T": State.RCPT, "D": State.DATA, "C": State.CLOSED,
           "B": State.CHUNKS}
CLASSES = (ReplyClass.POSITIVE, ReplyClass.INTERMEDIATE, ReplyClass.TRANSIENT, ReplyClass.PERMANENT)
LEGAL = {
    "CONNECTED": "GREETING QUIT",
    "GREETED": "EHLO HELO LHLO RSET NOOP VRFY EXPN HELP QUIT",
    "READY": "EHLO HELO LHLO STARTTLS AUTH MAIL XCLIENT RSET NOOP VRFY EXPN HELP QUIT",
    "STARTTLS": "TLS",
    "AUTHENTICATING": "AUTH_RESPONSE",
    "MAIL": "EHLO HELO LHLO RCPT RSET NOOP VRFY EXPN HELP QUIT",
    "RCPT": "EHLO HELO LHLO RCPT DATA BDAT BDAT_LAST RSET NOOP VRFY EXPN HELP QUIT",
    "DATA": "CONTENT",
    "CLOSED": "",
    "CHUNKS": "EHLO HELO LHLO BDAT BDAT_LAST RSET NOOP VRFY EXPN HELP QUIT",
}
# fmt: on


def by_hand(state: State, verb: Verb, reply_class: ReplyClass) -> State:
    if reply_class is ReplyClass.INVALID:
        return state
    cell = BY_HAND[verb.name].split()[COLUMNS.index(state.name)]
    return LETTERS.get(cell[CLASSES.index(reply_class)], state)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_every_reply_in_every_state(state, verb):
    for reply_class in ReplyClass:
        assert next_state(state, verb, reply_class) is by_hand(state, verb, reply_class)


@pytest.mark.parametrize("state", State)
def test_what_is_legal(state):
    names = LEGAL[state.name].split()
    assert {verb.name for verb in allowed(state)} == set(names)
    assert [verb for verb in Verb if is_legal(state, verb)] == list(allowed(state))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_421_ends_the_session_anywhere(state, verb):
    assert next_state(state, verb, ReplyClass.TRANSIENT, 421) is State.CLOSED


def test_every_state_can_be_reached():
    assert set(TRANSITIONS.values()) | {State.CONNECTED} == set(State)


NAMED = {
    Verb.GREETING: "220 554",
    Verb.EHLO: "250 504 550 502",
    Verb.HELO: "250 504 550 502",
    Verb.LHLO: "250 504 550 502",
    Verb.BDAT: "250 552 554 451 452 450 550",
    Verb.BDAT_LAST: "250 552 554 451 452 450 550",
    Verb.XCLIENT: "220 501 503 550",
    Verb.STARTTLS: "220 501 454",
    Verb.AUTH: "235 334 432 454 500 501 503 504 530 534 535 538",
    Verb.AUTH_RESPONSE: "235 334 432 454 500 501 503 504 530 534 535 538",
    Verb.MAIL: "250 552 451 452 550 553 503 455 555",
    Verb.RCPT: "250 251 550 551 552 553 450 451 452 503 455 555 556",
    Verb.DATA: "354 503 554",
    Verb.CONTENT: "250 552 554 451 452 450 550",
    Verb.RSET: "250",
    Verb.VRFY: "250 251 252 550 551 553 502 504",
    Verb.EXPN: "250 252 550 500 502 504",
    Verb.HELP: "211 214 502 504",
    Verb.NOOP: "250",
    Verb.QUIT: "221",
}


@pytest.mark.parametrize("verb", Verb)
def test_the_codes_that_the_standards_name(verb):
    if verb not in NAMED:
        assert all(is_expected(verb, code) for code in range(1000))
        return
    named = {int(code) for code in NAMED[verb].split()} | set(ANY_TIME)
    assert {code for code in range(1000) if is_expected(verb, code)} == named


@pytest.mark.parametrize("verb", EXPECTED)
def test_codes_stand_in_their_column(verb):
    expected = EXPECTED[verb]
    assert {code // 100 for code in expected.success} <= {2}
    assert {code // 100 for code in expected.intermediate} <= {3}
    assert {code // 100 for code in expected.failure} <= {4, 5}
