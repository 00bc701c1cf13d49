"""What the rules can ask of a record."""

from smtplab.diagnosis.evidence import Evidence, is_no
from smtplab.protocol.verbs import Verb
from tests.diagnosis.conftest import transcript_of
from tests.fakes import CREDENTIALS


async def test_the_usual_questions():
    wishes = {"credentials": CREDENTIALS, "auth_in_clear": True, "mechanism": "PLAIN"}
    evidence = Evidence(await transcript_of(wishes, RCPT=b"550 no\r\n"))
    assert evidence.dialled == "fake.test"
    assert evidence.port == 25
    assert evidence.user == "alice"
    assert [hello.verb for hello in evidence.hellos] == [Verb.EHLO]
    assert evidence.offers is not None
    assert evidence.offers.size_limit == 1_000_000
    assert [is_no(answer.reply) for answer in evidence.answers_to(Verb.MAIL, Verb.RCPT)] == [
        False,
        True,
    ]
    assert evidence.ended is not None


async def test_what_is_worked_out_is_kept():
    evidence = Evidence(await transcript_of({}))
    worked: list[int] = []

    def compute(one: Evidence) -> int:
        worked.append(len(one.transcript))
        return len(worked)

    assert [evidence.once("x", compute), evidence.once("x", compute)] == [1, 1]
    assert len(worked) == 1


async def test_an_empty_record_answers_too():
    from smtplab.transcript.entries import Transcript

    evidence = Evidence(Transcript("nothing"))
    assert (evidence.dialled, evidence.port, evidence.user) == ("", 0, "")
    assert (evidence.offers, evidence.ended, list(evidence.answers)) == (None, None, [])
