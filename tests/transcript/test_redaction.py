"""What hides secrets: length and shape stay, the octets go; in every kind of event."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.client.events import Decision, DecisionKind, Ended, ReplyForged, StageChanged
from smtplab.client.outcome import Outcome, RecipientResult, Verdict
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.events import (
    AuthExchanged,
    CommandSent,
    ContentSent,
    IrregularitySeen,
    ReplyReceived,
)
from smtplab.protocol.irregularities import Irregularity
from smtplab.protocol.replies import Reply
from smtplab.protocol.sasl import Derivation, Part, SaslMessage
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Event
from smtplab.transcript.redaction import COVERED, MARKED, Redactor, mask_spans, traces
from smtplab.wire.events import Opened

PASSWORD = "open-sesame"
LEAK = f"no, {PASSWORD}"
REPLY = Reply(
    535,
    (LEAK.encode(), b"else"),
    f"535-{LEAK}\r\n535 else\r\n".encode(),
    (Irregularity("not-a-reply", LEAK),),
)
OUTCOME = Outcome(
    Verdict.REJECTED, Stage.AUTH, LEAK, REPLY, (RecipientResult("a@b", Verdict.REJECTED, REPLY),)
)
MESSAGE = SaslMessage(
    "PLAIN",
    True,
    f"u{PASSWORD}".encode(),
    (Part("user", b"u"), Part("password", PASSWORD.encode(), secret=True)),
    (Derivation("key", "f", "deadbeef", secret=True), Derivation("said", "f", LEAK)),
)

LEAKING: list[Event] = [
    CommandSent(Verb.UNKNOWN, LEAK.encode()),
    ReplyReceived(REPLY, Verb.AUTH),
    ReplyForged(REPLY),
    IrregularitySeen(Irregularity("odd-challenge", LEAK)),
    AuthExchanged(MESSAGE),
    AuthExchanged(SaslMessage("PLAIN", False, LEAK.encode())),
    Decision(DecisionKind.INJECTED, Stage.AUTH, LEAK),
    StageChanged(Stage.AUTH, StageStatus.FAILED, LEAK),
    Ended(OUTCOME),
]


@pytest.mark.parametrize("event", LEAKING, ids=lambda event: type(event).__name__)
def test_a_known_secret_is_covered_in_every_event_that_can_carry_it(event):
    stored = Redactor([PASSWORD]).redact(event)
    assert PASSWORD in repr(event)
    assert PASSWORD not in repr(stored)
    assert type(stored) is type(event)
    assert Redactor([PASSWORD]).redact(stored) == stored, "covering twice changes nothing"


def test_the_table_has_every_kind_of_event_that_can_carry_one():
    assert {type(event) for event in LEAKING} == set(COVERED)
    assert set(MARKED) <= set(COVERED)


def test_what_says_itself_where_its_secret_is_needs_no_known_one():
    marked = CommandSent(Verb.AUTH, b"AUTH PLAIN c2VjcmV0\r\n", ((11, 19),))
    stored = Redactor().redact(marked)
    assert stored == CommandSent(Verb.AUTH, b"AUTH PLAIN ********\r\n", ((11, 19),))
    exchanged = Redactor().redact(AuthExchanged(MESSAGE))
    assert isinstance(exchanged, AuthExchanged)
    assert exchanged.message.data == b"u***********"
    assert [d.value for d in exchanged.message.derivations] == ["********", LEAK]


KEPT: list[Event] = [
    CommandSent(Verb.QUIT, b"QUIT\r\n"),
    ReplyReceived(Reply(250, (b"ok",), b"250 ok\r\n"), Verb.MAIL),
    ContentSent(LEAK.encode()),
    StageChanged(Stage.MAIL, StageStatus.DONE),
    Opened("mx.test", 25, "192.0.2.1", 0.1),
]


@pytest.mark.parametrize("secrets", [(), (PASSWORD,)])
@pytest.mark.parametrize("event", KEPT, ids=lambda event: type(event).__name__)
def test_what_holds_no_secret_is_stored_as_it_is(event, secrets):
    assert Redactor(secrets).redact(event) is event


@pytest.mark.parametrize("secret", ["", "abc", b"abc"])
def test_a_secret_too_short_would_blot_out_everything(secret):
    assert Redactor([secret]).cover(b"abc abc") == b"abc abc"


@given(st.binary(max_size=8), st.binary(min_size=4, max_size=20), st.binary(max_size=8))
def test_a_secret_is_covered_as_it_is_and_in_base64_at_any_alignment(before, secret, behind):
    redactor = Redactor([secret])
    for octets in (before + secret + behind, base64.b64encode(before + secret + behind)):
        covered = redactor.cover(octets)
        assert len(covered) == len(octets)
        if set(secret) != {ord("*")}:
            assert all(trace not in covered for trace in traces(secret) if set(trace) != {42})


def test_spans_are_covered_whole():
    assert mask_spans(b"abcdef", [(1, 3), (5, 99)]) == b"a**de*"
