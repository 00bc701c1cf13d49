"""The public names of a session's facts."""

from smtplab.diagnosis.engine import diagnose
from smtplab.export.objects import (
    finding_object,
    outcome_of,
    reply_object,
    session_object,
    timings_object,
    tls_object,
)
from smtplab.protocol.replies import Reply
from tests.export.records import of_events, played, recorded
from tests.fakes import settings


def test_a_reply():
    reply = Reply(550, (b"5.1.1 no", b"\x1b"), b"550-5.1.1 no\r\n550 \x1b\r\n")
    assert reply_object(reply) == {"code": 550, "enhanced": "5.1.1", "text": "5.1.1 no\n\\x1b"}
    assert reply_object(None) is None


async def test_a_session():
    transcript = await played(settings(), RCPT=b"550 5.1.1 no\r\n")
    value = session_object(transcript, diagnose(transcript))
    assert (value["outcome"], value["stage"]) == ("rejected", "rcpt")
    assert value["recipients"][0]["reply"]["code"] == 550
    assert value["findings"] == [finding_object(one) for one in diagnose(transcript)]
    assert value["findings"][0]["evidence"]
    assert value["tls"] is None


async def test_timings_add_up():
    transcript = await played(settings())
    timings = timings_object(transcript)
    total = timings.pop("total")
    assert abs(sum(timings.values()) - total) < 1e-6
    assert total == transcript[-1].nanoseconds / 1e9
    assert timings_object(of_events([])) == {"total": 0.0}


async def test_tls():
    value = tls_object(await recorded("scenario:certificates/wrong-host"))
    assert value is not None
    assert value["version"] is None
    assert value["server_name"] == "localhost"
    assert value["problems"][0]["code"] == "name-mismatch"
    assert len(value["certificates"][0]["sha256"]) == 64


def test_an_outcome_is_only_in_a_record_that_ended():
    assert outcome_of(of_events([])) is None
