"""What single replies make of the facts."""

import pytest

from smtplab.client.outcome import Outcome, Verdict, verdict_of
from smtplab.client.reactions import REACTIONS, accepted, react, refuse
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.replies import Reply, ReplyParser
from smtplab.protocol.verbs import Verb
from tests.client.test_situation import situation


def reply(text: str) -> Reply:
    (found,) = ReplyParser().receive_data(text.encode() + b"\r\n")
    return found


YES = [
    (Verb.GREETING, "220 hi", True),
    (Verb.GREETING, "354 hi", False),
    (Verb.DATA, "354 go", True),
    (Verb.DATA, "250 go", False),
    (Verb.CONTENT, "250 ok", True),
    (Verb.BDAT, "250 ok", True),
    (Verb.XCLIENT, "220 hi", True),
    (Verb.LHLO, "500 no", False),
    (Verb.NOOP, "250 ok", False),
]


@pytest.mark.parametrize(("verb", "text", "yes"), YES)
def test_what_counts_as_a_yes(verb, text, yes):
    assert accepted(verb, reply(text)) is yes


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("451 x", Verdict.DEFERRED),
        ("550 x", Verdict.REJECTED),
        ("250 x", Verdict.FAILED),
        ("354 x", Verdict.FAILED),
        ("999 x", Verdict.FAILED),
        ("hello", Verdict.FAILED),
    ],
)
def test_the_pessimistic_reading_of_what_is_no_yes(text, verdict):
    assert verdict_of(reply(text)) is verdict


@pytest.mark.parametrize("verb", [verb for verb in REACTIONS if verb is not Verb.QUIT])
def test_421_decides_at_any_time(verb):
    s = situation()
    react(s, verb, b"", reply("421 4.3.2 going down"), stage=Stage.MAIL)
    assert s.progress.outcome is not None
    assert s.progress.outcome.verdict is Verdict.DEFERRED


def test_the_first_decision_stays():
    s = situation()
    react(s, Verb.MAIL, b"", reply("550 no"), stage=Stage.MAIL)
    first = s.progress.outcome
    react(s, Verb.DATA, b"", reply("451 no"), stage=Stage.DATA)
    refuse(s, Stage.AUTH, "no", reply("334 x"))
    assert s.progress.outcome is first
    assert isinstance(first, Outcome)


def test_other_verbs_change_nothing():
    s = situation()
    assert react(s, Verb.NOOP, b"", reply("250 ok"), stage=Stage.MAIL) is StageStatus.DONE
    assert react(s, Verb.VRFY, b"", reply("hello"), stage=Stage.MAIL) is StageStatus.WARNING
    assert s.progress.outcome is None
    assert s.progress.last_reply is not None


def test_rset_opens_the_way_for_another_transaction():
    s = situation()
    react(s, Verb.MAIL, b"", reply("250 ok"), stage=Stage.MAIL)
    s.progress.rset_due = True
    react(s, Verb.RSET, b"", reply("250 ok"), stage=Stage.MAIL)
    assert not s.progress.transaction.sender_accepted
    assert not s.progress.rset_due
    s.progress.rset_due = True
    react(s, Verb.RSET, b"", reply("500 what"), stage=Stage.MAIL)
    assert not s.progress.rset_due
