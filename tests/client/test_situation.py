from smtplab.client.authentication import AuthExchange
from smtplab.client.plan import ladder
from smtplab.client.progress import Override, Progress
from smtplab.client.settings import Security
from smtplab.client.situation import Situation, decline
from smtplab.client.steps import Stage, StageStatus
from smtplab.protocol.extensions import Capabilities
from tests.fakes import settings


def situation(exchange: AuthExchange | None = None, **wishes) -> Situation:
    wanted = settings(**wishes)
    stages = dict.fromkeys(ladder(wanted), StageStatus.AHEAD)
    return Situation(wanted, Progress(stages, nonce="n"), exchange)


def test_the_wire_form_is_made_once_and_anew_for_another_message():
    s = situation(content=b"a\n")
    first = s.wire
    assert first is s.wire
    s.settings = settings(content=b"b\n")
    assert s.wire.data == b"b\r\n.\r\n"


def test_the_ehlo_inside_starttls_is_a_stage_of_its_own():
    for security, stage in (
        (Security.STARTTLS, Stage.EHLO_TLS),
        (Security.OPPORTUNISTIC, Stage.EHLO_TLS),
        (Security.IMPLICIT, Stage.EHLO),
    ):
        s = situation(security=security)
        assert s.hello_stage is Stage.EHLO
        s.progress.encrypted = True
        assert s.hello_stage is stage


def test_nothing_is_offered_before_ehlo():
    s = situation()
    assert not s.offers("SIZE")
    assert s.mechanisms_offered == ()
    s.progress.capabilities = Capabilities("h", {"SIZE": "", "AUTH": "PLAIN SCRAM-SHA-1-PLUS"})
    assert s.offers("size")
    assert s.mechanisms_offered == ("PLAIN", "SCRAM-SHA-1-PLUS")


def test_the_channel_tells_whether_binding_is_offered():
    s = situation()
    s.progress.channel_binding = b"hash"
    assert not s.channel.binding_offered
    s.progress.capabilities = Capabilities("h", {"AUTH": "SCRAM-SHA-1-PLUS"})
    channel = s.channel
    assert channel.binding_offered
    assert (channel.host, channel.port, channel.binding) == ("fake.test", 25, b"hash")


def test_a_refusal_carries_the_last_reply_and_the_way_on():
    s = situation()
    refusal = decline(s, Stage.AUTH, "no", Override.WITHOUT_AUTH)
    assert refusal.outcome.stage is Stage.AUTH
    assert refusal.override is Override.WITHOUT_AUTH
