"""Each rule: a session in which it fires, and one in which it has nothing to say."""

import pytest

from smtplab.client.settings import Security
from tests.diagnosis.conftest import findings_of
from tests.fakes import CREDENTIALS, FIN, RST, SILENCE

LOGIN = {"credentials": CREDENTIALS, "auth_in_clear": True, "mechanism": "PLAIN"}
STARTTLS = {"security": Security.STARTTLS}
OFFERED = b"250-x\r\n250 STARTTLS\r\n"

FIRES = [
    # rule, wishes, answers, a word of its cause
    ("not-smtp", {}, {"greeting": b"HTTP/1.1 400 Bad Request\r\n"}, "HTTP"),
    ("no-reply", {}, {"MAIL": SILENCE}, "time limit"),
    ("service-closing", {}, {"RCPT": b"421 bye for now\r\n"}, "421"),
    ("connection-lost", {}, {"MAIL": FIN}, "closed"),
    ("connection-lost", {}, {"RCPT": RST}, "reset"),
    ("starttls-missing", STARTTLS, {}, "did not offer STARTTLS"),
    ("starttls-refused", STARTTLS, {"EHLO": OFFERED, "STARTTLS": b"454 no\r\n"}, "454"),
    (
        "starttls-injection",
        STARTTLS,
        {"EHLO": OFFERED, "STARTTLS": b"220 go\r\n250 injected\r\n"},
        "in the clear",
    ),
    (
        "not-tls",
        {"security": Security.IMPLICIT},
        {"\x16\x03\x01": SILENCE},
        "something other than TLS",
    ),
    ("auth-refused", LOGIN, {"AUTH": b"535 5.7.8 wrong\r\n"}, "535"),
    ("auth-temporary", LOGIN, {"AUTH": b"454 4.7.0 later\r\n"}, "454"),
    ("greylisted", {}, {"RCPT": b"451 4.7.1 Greylisted, try again in 60 seconds\r\n"}, "come back"),
    ("temporary-refusal", {}, {"RCPT": b"450 4.2.1 mailbox busy\r\n"}, "a recipient"),
    ("temporary-refusal", {}, {"content": b"452 4.3.1 disk full\r\n"}, "the message"),
    ("refused", {}, {"MAIL": b"550 5.7.1 not you\r\n"}, "the sender"),
    ("refused", {}, {"DATA": b"554 5.5.1 no\r\n"}, "before it was sent"),
    ("in-doubt", {}, {"content": RST}, "may or may not"),
    ("unasked-reply", {}, {"EHLO": b"250 x\r\n250 y\r\n"}, "no command asked for"),
    ("codes-differ", {}, {"EHLO": b"250-x\r\n251 y\r\n"}, "different codes"),
    ("class-mismatch", {}, {"MAIL": b"250 5.1.1 ok\r\n"}, "disagree"),
    ("unexpected-code", {}, {"DATA": b"250 ok\r\n"}, "250"),
]


@pytest.mark.parametrize(("rule", "wishes", "answers", "word"), FIRES)
async def test_fires(rule, wishes, answers, word):
    found = await findings_of(wishes, **answers)
    assert rule in found, sorted(found)
    assert word in found[rule].cause


QUIET = [
    ("not-smtp", {}, {"greeting": b"554 no\r\n"}),
    ("no-reply", {}, {"MAIL": b"250 ok\r\n"}),
    ("service-closing", {}, {"MAIL": b"451 x\r\n"}),
    ("connection-lost", {}, {"QUIT": FIN}),
    ("connection-lost", {}, {"content": RST}),
    ("starttls-missing", {}, {}),
    ("starttls-missing", STARTTLS, {"EHLO": OFFERED, "STARTTLS": b"454 no\r\n"}),
    ("starttls-injection", STARTTLS, {"EHLO": OFFERED, "STARTTLS": b"454 no\r\n"}),
    ("auth-refused", LOGIN, {}),
    ("greylisted", {}, {"RCPT": b"451 4.3.0 local error\r\n"}),
    ("temporary-refusal", {}, {"RCPT": b"451 greylisted\r\n"}),
    ("refused", {}, {"MAIL": b"450 later\r\n"}),
    ("in-doubt", {}, {"content": b"554 spam\r\n"}),
    ("unasked-reply", {}, {"EHLO": b"250-x\r\n250 y\r\n"}),
    ("unexpected-code", {}, {"RCPT": b"251 forwarded\r\n"}),
]


@pytest.mark.parametrize(("rule", "wishes", "answers"), QUIET)
async def test_has_nothing_to_say(rule, wishes, answers):
    assert rule not in await findings_of(wishes, **answers)


async def test_no_connection_is_told_apart_from_an_unknown_host():
    from smtplab.diagnosis.rules.connection import no_connection
    from smtplab.transcript.entries import Entry, Transcript
    from smtplab.wire.events import ConnectFailed

    def found(address: str) -> str:
        event = ConnectFailed("fake.test", 25, address, "why")
        entry = Entry(1, 0, "connect", False, event)
        return next(iter(no_connection(Transcript("t", [entry])))).rule

    assert found("192.0.2.1") == "no-connection"
    assert found("") == "host-unknown"
