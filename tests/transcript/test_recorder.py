"""The recorder: number, time, stage and encryption of each entry, and what is kept of secrets."""

import itertools

import pytest

from smtplab.client.events import Decision, DecisionKind, StageChanged
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.events import CommandSent, ReplyReceived
from smtplab.protocol.replies import Reply
from smtplab.protocol.verbs import Verb
from smtplab.tls.events import AlertSeen, HandshakeMessage, KeyLine, TlsUp
from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.transcript.recorder import Recorder, wall_clock
from smtplab.transcript.redaction import Redactor
from smtplab.wire.events import Closed, Ending, Opened, Segment

QUIT = CommandSent(Verb.QUIT, b"QUIT\r\n")
LOGIN = CommandSent(Verb.AUTH, b"AUTH PLAIN AHVzZXIAc2VjcmV0\r\n", ((11, 27),))
UP = TlsUp("TLSv1.3", "TLS_AES_128_GCM_SHA256", 128, "mx.test")


def record(*events: Event, secrets: tuple[str, ...] = (), **wishes) -> Recorder:
    """A recorder that was told of these events."""
    ticks = itertools.count(1000, 5)
    recorder = Recorder(Transcript("t"), Redactor(secrets), clock=lambda: next(ticks), **wishes)
    for event in events:
        recorder(event)
    return recorder


def test_numbers_count_and_nanoseconds_run_from_the_beginning():
    entries = record(QUIT, QUIT, QUIT).transcript
    assert [(entry.number, entry.nanoseconds) for entry in entries] == [(1, 5), (2, 10), (3, 15)]


def test_an_entry_belongs_to_the_stage_that_began_last():
    begun = StageChanged(Stage.MAIL, StageStatus.CURRENT)
    done = StageChanged(Stage.RCPT, StageStatus.DONE)
    entries = record(QUIT, begun, QUIT, done, QUIT).transcript
    assert [entry.stage for entry in entries] == ["connect", "mail", "mail", "mail", "mail"]


HIDDEN = [
    # events in order, and whether a listener on the network could not have read each
    ([QUIT], [False]),
    ([UP, QUIT], [True, True]),
    ([UP, QUIT, Closed(Ending.FIN), QUIT], [True, True, False, False]),
    ([UP, Decision(DecisionKind.SKIPPED, Stage.MAIL)], [True, True]),
    ([UP, StageChanged(Stage.MAIL, StageStatus.CURRENT)], [True, False]),
    ([UP, Opened("mx.test", 25, "192.0.2.1", 0.1)], [True, False]),
    ([UP, Segment(True, 5), Segment(True, 5, b"12345")], [True, False, True]),
    ([Segment(False, 5, b"12345"), QUIT], [True, False]),
    ([HandshakeMessage(True, b"\1", False), QUIT], [False, False]),
    ([HandshakeMessage(False, b"\10", True), QUIT], [True, True]),
    ([UP, AlertSeen(False, 2, 40, False), AlertSeen(False, 1, 0, True)], [True, False, True]),
]


@pytest.mark.parametrize(("events", "hidden"), HIDDEN)
def test_what_was_encrypted(events, hidden):
    assert [entry.encrypted for entry in record(*events).transcript] == hidden


def test_key_lines_are_kept_only_when_asked_for():
    line = KeyLine("CLIENT_RANDOM 00 11")
    assert len(record(line).transcript) == 0
    assert [entry.event for entry in record(line, keep_keys=True).transcript] == [line]


def test_secrets_are_covered_before_anything_is_stored():
    recorder = record(LOGIN)
    (entry,) = recorder.transcript
    assert entry.event == CommandSent(Verb.AUTH, b"AUTH PLAIN " + b"*" * 16 + b"\r\n", ((11, 27),))
    assert recorder.original(entry) is entry.event


def test_they_can_be_remembered_for_a_screen_or_shown_at_once():
    recorder = record(QUIT, LOGIN, keep_secrets=True)
    plain, hidden = recorder.transcript
    assert b"c2VjcmV0" not in hidden.event.raw
    assert recorder.original(hidden) is LOGIN
    assert recorder.original(plain) is QUIT
    assert record(LOGIN, reveal=True).transcript[0].event is LOGIN


def test_what_a_server_repeats_is_covered_where_the_secret_is_known():
    reply = Reply(535, (b"not open-sesame",), b"535 not open-sesame\r\n")
    told = ReplyReceived(reply, Verb.AUTH)
    (entry,) = record(told, secrets=("open-sesame",)).transcript
    assert entry.event.reply.raw == b"535 not ***********\r\n"
    assert record(told).transcript[0].event is told


def test_whoever_listens_hears_of_each_entry_once_it_is_stored():
    heard: list[tuple[int, Entry]] = []
    transcript = Transcript("t")
    recorder = Recorder(
        transcript, Redactor(), on_entry=lambda entry: heard.append((len(transcript), entry))
    )
    recorder(QUIT)
    recorder(UP)
    assert heard == [(1, transcript[0]), (2, transcript[1])]


def test_the_time_of_day_knows_its_zone():
    assert wall_clock().utcoffset() is not None
