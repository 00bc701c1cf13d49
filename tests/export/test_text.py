"""Text: the dialogue line by line, then the findings."""

from smtplab.client.settings import Security
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
    assert next(text.summary(diagnose(transcript), transcript)) == ""
    assert "<- 550 5.1.1 <b\\x1b[2Jb>: no \\xff such user" in text.dialogue(transcript)


async def test_of_much_evidence_a_part_is_quoted():
    wishes = settings(security=Security.STARTTLS)
    transcript = await played(wishes, EHLO=b"250-fake.test\r\n250-SIZE\r\n250-DSN\r\n250 HELP\r\n")
    said = list(text.summary(diagnose(transcript), transcript))
    at = next(n for n, line in enumerate(said) if line.startswith("ERROR starttls-missing"))
    assert [line for line in said[at:] if line.startswith("  seen:")] == [
        "  seen: <- 250-fake.test",
        "  seen: <- 250-SIZE",
        "  seen: <- 250-DSN",
    ]
    assert said[at + 6].startswith("  and ")
