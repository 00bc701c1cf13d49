"""A rule makes findings of hits; what a hit says itself goes first."""

from smtplab.diagnosis.evidence import Evidence
from smtplab.diagnosis.findings import Finding, Hit, Rule, Severity, merged
from smtplab.transcript.entries import Transcript

NOTHING = Evidence(Transcript("nothing"))


def rule(*hits: Hit) -> Rule:
    return Rule("id", Severity.WARNING, "about", "change", "clause", lambda evidence: hits)


def test_the_rule_fills_in_what_the_hit_leaves_open():
    assert list(rule(Hit("cause", (1,))).findings(NOTHING)) == [
        Finding("id", Severity.WARNING, "cause", "change", "clause", (1,))
    ]


def test_the_hit_goes_first():
    hit = Hit("cause", (1, 2), "do this", "RFC 1", Severity.ERROR)
    assert list(rule(hit).findings(NOTHING)) == [
        Finding("id", Severity.ERROR, "cause", "do this", "RFC 1", (1, 2))
    ]


def test_hits_that_say_the_same_can_be_one():
    hits = (Hit("same", (1, 2)), Hit("other", (3,)), Hit("same", (2, 4)))
    found = [(hit.cause, hit.evidence) for hit in merged(lambda evidence: hits)(NOTHING)]
    assert found == [("same", (1, 2, 4)), ("other", (3,))]
    assert len(list(rule(*hits).findings(NOTHING))) == 3


def test_no_hit_no_finding():
    assert list(rule().findings(NOTHING)) == []
