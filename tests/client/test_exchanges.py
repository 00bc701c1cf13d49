import base64

from smtplab.client import exchanges
from smtplab.client.outcome import Verdict
from smtplab.protocol.events import AuthExchanged, IrregularitySeen
from smtplab.protocol.replies import ReplyParser
from smtplab.protocol.verbs import Verb
from tests.client.test_situation import situation
from tests.fakes import CREDENTIALS


def reply(text: bytes):
    (found,) = ReplyParser().receive_data(text + b"\r\n")
    return found


def test_nonces_are_printable_without_a_comma_and_never_the_same():
    values = {exchanges.fresh_nonce() for _ in range(100)}
    assert len(values) == 100
    assert all(value.isprintable() and "," not in value and len(value) == 24 for value in values)


def test_a_login_from_its_command_to_its_end():
    s = situation(credentials=CREDENTIALS, mechanism="LOGIN")
    told: list = []
    exchanges.before(s, Verb.AUTH, b"AUTH LOGIN", told.append)
    assert s.exchange is not None
    assert s.progress.nonce != "n"
    exchanges.after(s, Verb.AUTH, reply(b"334 VXNlcm5hbWU6"), told.append)
    exchanges.before(s, Verb.AUTH_RESPONSE, b"YWxpY2U=", told.append)
    exchanges.after(s, Verb.AUTH_RESPONSE, reply(b"334 what?"), told.append)
    assert [type(event) for event in told] == [
        AuthExchanged,
        AuthExchanged,
        AuthExchanged,
        IrregularitySeen,
    ]
    exchanges.after(s, Verb.AUTH_RESPONSE, reply(b"235 in"), told.append)
    assert s.exchange is None


def test_other_replies_leave_a_login_alone():
    s = situation(credentials=CREDENTIALS, mechanism="LOGIN")
    exchanges.before(s, Verb.AUTH, b"AUTH LOGIN", lambda event: None)
    exchanges.after(s, Verb.NOOP, reply(b"250 ok"), lambda event: None)
    assert s.exchange is not None


def test_a_server_that_is_not_believed_decides_the_session():
    s = situation(credentials=CREDENTIALS, mechanism="SCRAM-SHA-1")
    exchanges.before(s, Verb.AUTH, b"AUTH SCRAM-SHA-1", lambda event: None)
    exchanges.after(s, Verb.AUTH, reply(b"334 "), lambda event: None)
    lie = base64.b64encode(b"r=other,s=QUFB,i=4096")
    exchanges.after(s, Verb.AUTH_RESPONSE, reply(b"334 " + lie), lambda event: None)
    assert s.progress.outcome is not None
    assert s.progress.outcome.verdict is Verdict.REFUSED


def test_without_credentials_nothing_begins():
    s = situation()
    exchanges.before(s, Verb.AUTH, b"AUTH PLAIN", lambda event: None)
    assert s.exchange is None


def test_a_login_that_was_called_off_is_over_whatever_the_server_asks():
    s = situation(credentials=CREDENTIALS, mechanism="PLAIN")
    exchanges.before(s, Verb.AUTH, b"AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l", lambda event: None)
    exchanges.after(s, Verb.AUTH, reply(b"334 what?"), lambda event: None)
    assert s.exchange is not None
    exchanges.before(s, Verb.AUTH_RESPONSE, b"*", lambda event: None)
    told: list = []
    exchanges.after(s, Verb.AUTH_RESPONSE, reply(b"334 what?"), told.append)
    assert s.exchange is None
    assert [event.irregularity.kind for event in told] == ["login-without-end"]
