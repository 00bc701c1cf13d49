"""The record as a sequence, and its entries by the kind of event."""

from smtplab.protocol.events import CommandSent, ContentSent
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Entry, Transcript

ENTRIES = [
    Entry(1, 0, "mail", False, CommandSent(Verb.MAIL, b"MAIL FROM:<>\r\n")),
    Entry(2, 5, "content", False, ContentSent(b".\r\n")),
    Entry(3, 9, "quit", True, CommandSent(Verb.QUIT, b"QUIT\r\n")),
]


def test_it_is_a_sequence_of_its_entries():
    transcript = Transcript("t", list(ENTRIES))
    assert len(transcript) == 3
    assert transcript[-1] == ENTRIES[2]
    assert transcript[1:] == ENTRIES[1:]
    assert list(transcript) == ENTRIES
    assert ENTRIES[0] in transcript


def test_entries_by_kind_come_in_order_with_their_events():
    transcript = Transcript("t", list(ENTRIES))
    found = list(transcript.of(CommandSent))
    assert [(entry.number, event.verb) for entry, event in found] == [
        (1, Verb.MAIL),
        (3, Verb.QUIT),
    ]


def test_transcripts_do_not_share_their_entries():
    assert Transcript().entries is not Transcript().entries
