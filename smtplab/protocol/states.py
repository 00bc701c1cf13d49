"""The states of a session, and everything about which verb is legal when.

Rule of this file: whatever decides on legality or moves the state stands here, in `TRANSITIONS` and
`EXPECTED`, and nowhere else. The planner, the hints on the screen and the tests read these tables.

The state is the client's knowledge of where the server is. A reply that the table has no row for
leaves the state as it was: servers answer nonsense, and a session goes on all the same.
"""

from enum import Enum
from typing import NamedTuple

from smtplab.protocol.replies import ReplyClass
from smtplab.protocol.verbs import Verb


class State(Enum):
    """Where the server is, as far as its replies tell."""

    __hash__ = object.__hash__  # each member is there once

    CONNECTED = "connected"
    """Waiting for the greeting."""
    GREETED = "greeted"
    """No EHLO yet, or none since TLS."""
    READY = "ready"
    """EHLO was accepted; no mail transaction is open."""
    STARTTLS = "starttls"
    """220 to STARTTLS was said: the handshake is due."""
    AUTHENTICATING = "authenticating"
    """334 was said: a base64 line is due."""
    MAIL = "mail"
    """A transaction is open, without a recipient."""
    RCPT = "rcpt"
    """A transaction with at least one recipient."""
    DATA = "data"
    """354 was said: the content is due."""
    CHUNKS = "chunks"
    """A piece of the message was taken, and more have to follow (RFC 3030 §2)."""
    CLOSED = "closed"


_YES = ReplyClass.POSITIVE
_MORE = ReplyClass.INTERMEDIATE
_NO = (ReplyClass.TRANSIENT, ReplyClass.PERMANENT)

_SESSION = (State.GREETED, State.READY, State.MAIL, State.RCPT, State.CHUNKS)
"""States in which the server waits for a command."""

_ANYTIME = (Verb.NOOP, Verb.HELP, Verb.VRFY, Verb.EXPN)
"""Commands that are legal whenever a command is, and change nothing (RFC 5321 §4.1.4)."""


def _rows() -> dict[tuple[State, Verb, ReplyClass], State]:
    rows: dict[tuple[State, Verb, ReplyClass], State] = {
        # RFC 5321 §3.1: the server speaks first.
        (State.CONNECTED, Verb.GREETING, _YES): State.GREETED,
        # The same: after a greeting of 554 only QUIT is left.
        (State.CONNECTED, Verb.QUIT, _YES): State.CLOSED,
        # RFC 3207 §4: 220, then the handshake; afterwards the session begins anew (§4.2).
        (State.READY, Verb.STARTTLS, _YES): State.STARTTLS,
        (State.STARTTLS, Verb.TLS, _YES): State.GREETED,
        # RFC 4954 §4: not inside a transaction; 334 asks for a line, anything else ends it.
        (State.READY, Verb.AUTH, _YES): State.READY,
        (State.READY, Verb.AUTH, _MORE): State.AUTHENTICATING,
        (State.AUTHENTICATING, Verb.AUTH_RESPONSE, _MORE): State.AUTHENTICATING,
        (State.AUTHENTICATING, Verb.AUTH_RESPONSE, _YES): State.READY,
        # RFC 5321 §3.3: MAIL, RCPT, DATA, in this order.
        (State.READY, Verb.MAIL, _YES): State.MAIL,
        (State.MAIL, Verb.RCPT, _YES): State.RCPT,
        (State.RCPT, Verb.RCPT, _YES): State.RCPT,
        (State.RCPT, Verb.DATA, _MORE): State.DATA,
        (State.DATA, Verb.CONTENT, _YES): State.READY,
        # RFC 3030 §2: pieces in place of DATA; the last one ends the transaction.
        (State.RCPT, Verb.BDAT, _YES): State.CHUNKS,
        (State.CHUNKS, Verb.BDAT, _YES): State.CHUNKS,
        (State.RCPT, Verb.BDAT_LAST, _YES): State.READY,
        (State.CHUNKS, Verb.BDAT_LAST, _YES): State.READY,
        # Postfix: after XCLIENT the session begins anew, with another greeting.
        (State.READY, Verb.XCLIENT, _YES): State.GREETED,
    }
    for no in _NO:
        rows[State.AUTHENTICATING, Verb.AUTH_RESPONSE, no] = State.READY
        # RFC 5321 §4.1.1.4: the transaction is over, whatever the server thinks of the content.
        rows[State.DATA, Verb.CONTENT, no] = State.READY
        rows[State.RCPT, Verb.BDAT_LAST, no] = State.READY
        rows[State.CHUNKS, Verb.BDAT_LAST, no] = State.READY
    for state in _SESSION:
        # RFC 5321 §4.1.4: a new EHLO is a RSET as well.
        rows[state, Verb.EHLO, _YES] = State.READY
        rows[state, Verb.HELO, _YES] = State.READY
        rows[state, Verb.LHLO, _YES] = State.READY
        # RFC 5321 §4.1.1.5: RSET drops the transaction, and not the EHLO.
        rows[state, Verb.RSET, _YES] = State.GREETED if state is State.GREETED else State.READY
        rows[state, Verb.QUIT, _YES] = State.CLOSED
        for verb in _ANYTIME:
            rows[state, verb, _YES] = state
    return rows


TRANSITIONS: dict[tuple[State, Verb, ReplyClass], State] = _rows()
"""(state, verb, class of the reply) -> the state after it. No row: the state stays."""


def next_state(state: State, verb: Verb, reply_class: ReplyClass, code: int | None = None) -> State:
    """The state after a reply; 421 ends the session wherever it comes (RFC 5321 §3.8)."""
    if code == SERVICE_CLOSING:
        return State.CLOSED
    return TRANSITIONS.get((state, verb, reply_class), state)


SERVICE_CLOSING = 421


def is_legal(state: State, verb: Verb) -> bool:
    """Whether the standards let a client send this now."""
    return any((state, verb, reply_class) in TRANSITIONS for reply_class in ReplyClass)


def allowed(state: State) -> tuple[Verb, ...]:
    """The verbs that are legal now, in the order of `Verb`."""
    return tuple(verb for verb in Verb if is_legal(state, verb))


class Expected(NamedTuple):
    """The codes that a standard names for a command."""

    success: tuple[int, ...]
    intermediate: tuple[int, ...] = ()
    failure: tuple[int, ...] = ()


ANY_TIME = (421, 450, 451, 500, 501, 502, 503, 504, 521, 530, 550, 554)
"""Codes that may answer anything: closing, syntax, sequence, policy (RFC 5321 §4.2.4, §4.3.2)."""

_HELLO = Expected((250,), failure=(504, 550, 502))
_CONTENT = Expected((250,), failure=(552, 554, 451, 452, 450, 550))
_AUTH = Expected((235,), (334,), (432, 454, 500, 501, 504, 530, 534, 535, 538))

EXPECTED: dict[Verb, Expected] = {
    # RFC 5321 §4.3.2, in its order.
    Verb.GREETING: Expected((220,), failure=(554,)),
    Verb.EHLO: _HELLO,
    Verb.HELO: _HELLO,
    Verb.MAIL: Expected((250,), failure=(552, 451, 452, 550, 553, 503, 455, 555)),
    Verb.RCPT: Expected(
        (250, 251), failure=(550, 551, 552, 553, 450, 451, 452, 503, 455, 555, 556)
    ),
    Verb.DATA: Expected((), (354,), (503, 554)),
    Verb.CONTENT: _CONTENT,
    Verb.RSET: Expected((250,)),
    Verb.VRFY: Expected((250, 251, 252), failure=(550, 551, 553, 502, 504)),
    Verb.EXPN: Expected((250, 252), failure=(550, 500, 502, 504)),
    Verb.HELP: Expected((211, 214), failure=(502, 504)),
    Verb.NOOP: Expected((250,)),
    Verb.QUIT: Expected((221,)),
    # RFC 2033 §4.1, RFC 3030 §2.
    Verb.LHLO: _HELLO,
    Verb.BDAT: _CONTENT,
    Verb.BDAT_LAST: _CONTENT,
    # Postfix's XCLIENT_README.
    Verb.XCLIENT: Expected((220,), failure=(501, 503, 550)),
    # RFC 3207 §4.
    Verb.STARTTLS: Expected((220,), failure=(501, 454)),
    # RFC 4954 §4, §6.
    Verb.AUTH: _AUTH,
    Verb.AUTH_RESPONSE: _AUTH,
}
"""Verb -> the codes that the standards name for it."""


NAMED = {verb: frozenset(ANY_TIME).union(*codes) for verb, codes in EXPECTED.items()}
"""Verb -> every code that a standard names for it."""


def is_expected(verb: Verb, code: int) -> bool:
    """Whether a standard names the code for this verb; any is for a verb that has no row."""
    named = NAMED.get(verb)
    return named is None or code in named
