"""Text: the dialogue line by line, then the findings."""

from smtplab.diagnosis.engine import diagnose
from smtplab.export import text
from tests.export.golden import holds
from tests.export.records import played
from tests.fakes import CREDENTIALS, settings


async def test_a_delivered_message():
    wishes = settings(credentials=CREDENTIALS, auth_in_clear=True, mechanism="PLAIN")
    assert holds("delivered.txt", text.export(await played(wishes)))


async def test_a_rejected_one():
    transcript = await played(settings(), RCPT=b"550 5.1.1 <b\x1b[2Jb>: no \xff such\tuser\r\n")
    assert holds("rejected.txt", text.export(transcript))
    assert next(text.summary(diagnose(transcript))) == ""
    assert "<- 550 5.1.1 <b\\x1b[2Jb>: no \\xff such user" in text.dialogue(transcript)
