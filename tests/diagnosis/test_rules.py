"""Each rule: a dialogue in which it fires, and a near one in which it has nothing to say."""

import pytest

from smtplab.client.settings import Security, Smtputf8, TimeLimits
from smtplab.diagnosis.engine import RULES
from tests.diagnosis import events_of, refusals_of
from tests.diagnosis.conftest import COMPLETE, HEADERS, by_rule, findings_of, record
from tests.fakes import CREDENTIALS, FIN, RST, SILENCE

PLAIN = {"credentials": CREDENTIALS, "auth_in_clear": True, "mechanism": "PLAIN"}
LOGIN = {"credentials": CREDENTIALS}
STARTTLS = {"security": Security.STARTTLS}
IMPLICIT = {"security": Security.IMPLICIT, "limits": TimeLimits(scale=0.1)}
TWO = {"recipients": ("bob@fake.test", "carol@fake.test")}
OFFERED = b"250-x\r\n250 STARTTLS\r\n"
NO_AUTH = b"250-x\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"
CLIENT_HELLO = "\x16\x03\x01"


def content(**parts: bytes) -> dict[str, bytes]:
    return {"content": parts.get("headers", HEADERS) + b"\r\n" + parts.get("body", b"hello\r\n")}


def raw(body: bytes) -> dict[str, object]:
    return {"content": HEADERS + b"\r\n" + body, "raw_content": True}


FIRES = [
    # rule, wishes, answers, a word of its cause
    ("not-smtp", {}, {"greeting": b"HTTP/1.1 400 Bad Request\r\n"}, "HTTP"),
    ("not-smtp", {}, {"greeting": b"SSH-2.0-OpenSSH_9.2\r\n"}, "SSH"),
    ("not-smtp", {}, {"greeting": b"* OK [CAPABILITY IMAP4rev1] ready\r\n"}, "IMAP"),
    ("not-smtp", {}, {"greeting": b"+OK POP3 ready\r\n"}, "POP3"),
    ("not-smtp", {}, {"greeting": b"\x15\x03\x01\x00\x02\x02\x16\n"}, "TLS itself"),
    ("not-smtp", {}, {"greeting": b"good morning\r\n"}, "no SMTP greeting"),
    ("ftp-on-port", {}, {"greeting": b"220 (vsFTPd 3.0.3)\r\n"}, "file server"),
    ("no-reply", {}, {"MAIL": SILENCE}, "time limit"),
    ("no-reply", {}, {"greeting": SILENCE}, "speaks first"),
    ("tls-expected", {"port": 465}, {"greeting": SILENCE}, "ClientHello"),
    ("closed-at-greeting", {}, {"greeting": FIN}, "closed"),
    ("closed-at-greeting", {}, {"greeting": RST}, "reset"),
    ("service-closing", {}, {"RCPT": b"421 bye for now\r\n"}, "421"),
    ("connection-lost", {}, {"MAIL": FIN}, "closed"),
    ("connection-lost", {}, {"RCPT": RST}, "reset"),
    ("quit-unanswered", {}, {"QUIT": FIN}, "with nothing"),
    ("quit-unanswered", {}, {"QUIT": b"500 what?\r\n"}, "with 500"),
    # Greeting and EHLO.
    ("greeting-other-host", {"host": "mail.one.example"},
     {"greeting": b"220 mx.two.test ESMTP\r\n"}, "mx.two.test"),
    ("ehlo-other-host", {}, {"greeting": b"220 mx.one.example ESMTP\r\n",
                             "EHLO": b"250 proxy.two.test hello\r\n"}, "proxy.two.test"),
    ("greeting-masked", {}, {"greeting": b"220 ******************\r\n"}, "Asterisks"),
    ("offer-masked", {}, {"EHLO": b"250-x\r\n250 XXXXXXXA\r\n"}, "XXXXXXXA"),
    ("greeting-not-220", {}, {"greeting": b"250 hello\r\n"}, "250"),
    ("never-takes-mail", {}, {"greeting": b"521 5.3.2 no mail here\r\n"}, "521"),
    ("helo-only", {}, {"EHLO": b"502 no\r\n"}, "took HELO"),
    ("ehlo-keyword-as-name", {}, {"EHLO": b"250-STARTTLS\r\n250 HELP\r\n"}, "STARTTLS"),
    ("size-unreadable", {}, {"EHLO": b"250-x\r\n250 SIZE lots\r\n"}, "lots"),
    ("auth-equals", {}, {"EHLO": b"250-x\r\n250 AUTH=PLAIN LOGIN\r\n"}, "AUTH="),
    ("auth-empty", {}, {"EHLO": b"250-x\r\n250 AUTH\r\n"}, "no mechanism"),
    # STARTTLS and the handshake.
    ("starttls-missing", STARTTLS, {}, "did not offer STARTTLS"),
    ("starttls-injection", STARTTLS,
     {"EHLO": OFFERED, "STARTTLS": b"220 go\r\n250 injected\r\n"}, "in the clear"),
    ("auth-before-tls", {}, {"EHLO": b"250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"}, "PLAIN"),
    ("not-tls", IMPLICIT, {CLIENT_HELLO: SILENCE}, "something other than TLS"),
    # Logging in.
    ("auth-after-tls-only", LOGIN, {"EHLO": NO_AUTH}, "after that"),
    ("auth-not-offered", LOGIN, {"EHLO": b"250 x\r\n"}, "offers no AUTH"),
    ("auth-none-in-common", LOGIN, {"EHLO": b"250-x\r\n250 AUTH GSSAPI NTLM\r\n"}, "GSSAPI"),
    ("auth-declined", LOGIN, {"EHLO": b"250-x\r\n250 AUTH PLAIN\r\n"}, "can read"),
    ("password-in-clear", PLAIN, {}, "AUTH PLAIN"),
    ("auth-unadvertised", PLAIN, {"EHLO": b"250-x\r\n250 AUTH LOGIN\r\n"}, "does not offer"),
    # Recipients and the message.
    ("message-too-large", {},
     {"DATA": b"354 go\r\n552 5.3.4 too large\r\n", "content": FIN}, "5.3.4 too large"),
    ("some-recipients-refused", TWO, {"RCPT": (b"550 no\r\n", b"250 ok\r\n")}, "1 of 2"),
    ("recipient-forwarded", {}, {"RCPT": b"251 will forward\r\n"}, "251"),
    ("recipient-unchecked", {}, {"RCPT": b"252 who knows\r\n"}, "252"),
    ("permanent-but-later", {}, {"RCPT": b"550 try again later\r\n"}, "final"),
    ("temporary-but-final", {}, {"RCPT": b"450 user unknown\r\n"}, "never"),
    ("closing-unasked", {}, {"MAIL": b"250 ok\r\n421 4.3.2 going down\r\n"}, "unasked"),
    ("in-doubt", {}, {"content": RST}, "may or may not"),
    ("utf8-without-smtputf8", {"recipients": ("jürgen@fake.test",)}, {}, "could not pass"),
    ("utf8-without-smtputf8", {"recipients": ("jürgen@fake.test",), "smtputf8": Smtputf8.OFF}, {},
     "RCPT"),
    ("larger-than-size", {}, {"EHLO": b"250-x\r\n250 SIZE 100\r\n"}, "SIZE 100"),
    ("eight-bit-without-8bitmime", content(body="café\r\n".encode()), {"EHLO": b"250 x\r\n"},
     "8BITMIME"),
    ("content-line-too-long", content(body=b"x" * 1200 + b"\r\n"), {}, "1,200"),
    ("content-lone-line-end", raw(b"one\ntwo\r\n.\r\n"), {}, "CR or LF"),
    ("content-early-dot", raw(b"one\r\n.\r\ntwo\r\n"), {"two": b"500 what?\r\n"}, "dot"),
    ("content-nul", content(body=b"a\0b\r\n"), {}, "NUL"),
    ("headers-incomplete", {"content": b"Subject: x\r\n\r\nhello\r\n"},
     {"content": b"554 no\r\n"}, "From: is missing"),
    ("headers-incomplete", content(headers=HEADERS + b"Subject: y\r\n"), {}, "stands 2 times"),
    ("from-differs", content(headers=HEADERS.replace(b"alice@fake", b"alice@other")), {}, "DMARC"),
    # The server's slips.
    ("bare-lf", {}, {"EHLO": b"250 x\n"}, "LF alone"),
    ("bare-cr", {}, {"EHLO": b"250 x\ry\r\n"}, "CR"),
    ("not-a-reply", {}, {"EHLO": b"hello there\r\n"}, "reply code"),
    ("code-out-of-range", {}, {"MAIL": b"650 x\r\n"}, "650"),
    ("bad-separator", {}, {"EHLO": b"250_x\r\n"}, "neither"),
    ("codes-differ", {}, {"EHLO": b"250-x\r\n251 y\r\n"}, "different codes"),
    ("line-too-long", {}, {"EHLO": b"250 " + b"x" * 600 + b"\r\n"}, "512"),
    ("reply-too-long", {}, {"EHLO": b"250-x\r\n" * 1001}, "1000"),
    ("control-character", {}, {"EHLO": b"250 x\x07\r\n"}, "control"),
    ("eight-bit", {}, {"MAIL": "250 café\r\n".encode()}, "127"),
    ("class-mismatch", {}, {"MAIL": b"250 5.1.1 ok\r\n"}, "disagree"),
    ("unexpected-code", {}, {"DATA": b"250 ok\r\n"}, "250"),
    ("unasked-reply", {}, {"EHLO": b"250 x\r\n250 y\r\n"}, "no command asked for"),
    ("login-without-end", PLAIN, {"AUTH": b"334 !!!\r\n", "*": b"334 !!!\r\n"}, "called off"),
    ("odd-challenge", LOGIN, {"AUTH": (b"334 !!!\r\n",), "*": b"501 cancelled\r\n"}, "334"),
    *refusals_of.FIRES,
]  # fmt: skip

QUIET = [
    ("not-smtp", {}, {"greeting": b"554 no\r\n"}),
    ("ftp-on-port", {}, {"greeting": b"220 ftp.fake.test ESMTP SMTP server\r\n"}),
    ("no-reply", {}, {"MAIL": b"250 ok\r\n"}),
    ("no-reply", {"port": 465}, {"greeting": SILENCE}),
    ("tls-expected", {"port": 587}, {"greeting": SILENCE}),
    ("closed-at-greeting", {}, {"EHLO": FIN}),
    ("service-closing", {}, {"MAIL": b"451 x\r\n"}),
    ("connection-lost", {}, {"QUIT": FIN}),
    ("connection-lost", {}, {"content": RST}),
    ("connection-lost", {}, {"greeting": FIN}),
    ("quit-unanswered", {}, {"MAIL": FIN}),
    ("greeting-other-host", {"host": "mail.one.example"},
     {"greeting": b"220 mx.one.example ESMTP\r\n"}),
    ("greeting-other-host", {"host": "localhost"}, {"greeting": b"220 mx.two.test ESMTP\r\n"}),
    ("ehlo-other-host", {}, {"greeting": b"220 mx.one.example ESMTP\r\n",
                             "EHLO": b"421 4.7.0 later\r\n"}),
    ("ehlo-other-host", {}, {"greeting": b"220 mx.one.example ESMTP\r\n",
                             "EHLO": b"250 mail.one.example hello\r\n"}),
    ("greeting-masked", {}, {"greeting": b"220 *** welcome ***\r\n"}),
    ("offer-masked", {}, {"EHLO": b"250-x\r\n250 XCLIENT NAME\r\n"}),
    ("greeting-not-220", {}, {"greeting": b"554 no\r\n"}),
    ("never-takes-mail", {}, {"MAIL": b"521 5.5.2 no\r\n"}),
    ("helo-only", {}, {"EHLO": b"502 no\r\n", "HELO": b"502 no\r\n"}),
    ("ehlo-keyword-as-name", {}, {"EHLO": b"250-help.fake.test\r\n250 HELP\r\n"}),
    ("size-unreadable", {}, {"EHLO": b"250-x\r\n250 SIZE\r\n"}),
    ("auth-equals", {}, {"EHLO": b"250-x\r\n250 AUTH PLAIN=LOGIN\r\n"}),
    ("auth-empty", {}, {"EHLO": b"250-x\r\n250 AUTH PLAIN\r\n"}),
    ("starttls-missing", {}, {}),
    ("starttls-missing", STARTTLS, {"EHLO": OFFERED, "STARTTLS": b"454 no\r\n"}),
    ("starttls-injection", STARTTLS, {"EHLO": OFFERED, "STARTTLS": b"454 no\r\n"}),
    ("auth-before-tls", {}, {"EHLO": b"250-x\r\n250-STARTTLS\r\n250 AUTH CRAM-MD5\r\n"}),
    ("not-tls", IMPLICIT, {"greeting": FIN}),
    ("auth-after-tls-only", LOGIN, {"EHLO": b"250 x\r\n"}),
    ("auth-not-offered", LOGIN, {"EHLO": NO_AUTH}),
    ("auth-none-in-common", LOGIN, {"EHLO": b"250-x\r\n250 AUTH PLAIN\r\n"}),
    ("auth-declined", LOGIN, {"EHLO": b"250-x\r\n250 AUTH GSSAPI\r\n"}),
    ("password-in-clear", {**PLAIN, "mechanism": "CRAM-MD5"}, {}),
    ("auth-unadvertised", PLAIN, {"EHLO": b"250-x\r\n250 auth plain\r\n"}),
    ("some-recipients-refused", TWO, {"RCPT": b"550 no\r\n"}),
    ("recipient-forwarded", {}, {"RCPT": b"252 who knows\r\n"}),
    ("recipient-unchecked", {}, {"RCPT": b"251 will forward\r\n"}),
    ("permanent-but-later", {}, {"RCPT": b"450 try again later\r\n"}),
    ("temporary-but-final", {}, {"RCPT": b"550 user unknown\r\n"}),
    ("closing-unasked", {}, {"MAIL": b"421 4.3.2 going down\r\n"}),
    ("in-doubt", {}, {"content": b"554 spam\r\n"}),
    ("path-badly-written", {}, {}),
    ("utf8-without-smtputf8", {"recipients": ("jürgen@fake.test",)},
     {"EHLO": b"250-x\r\n250 SMTPUTF8\r\n"}),
    ("sender-is-not-user", {}, {"MAIL": b"550 no\r\n"}),
    ("larger-than-size", {}, {"EHLO": b"250-x\r\n250 SIZE 0\r\n"}),
    ("eight-bit-without-8bitmime", content(body="café\r\n".encode()),
     {"EHLO": b"250-x\r\n250 8BITMIME\r\n"}),
    ("content-line-too-long", content(body=b"x" * 998 + b"\r\n"), {}),
    ("content-lone-line-end", content(body=b"one\ntwo\r\n"), {}),
    ("content-early-dot", content(body=b"one\r\n.\r\ntwo\r\n"), {}),
    ("content-nul", {}, {}),
    ("headers-incomplete", {"content": COMPLETE}, {"content": b"554 no\r\n"}),
    ("headers-incomplete", {"content": b"Subject: x\r\n\r\nhello\r\n"}, {}),
    ("from-differs", content(headers=HEADERS.replace(b"alice@", b"somebody@")), {}),
    ("bare-lf", {}, {"EHLO": b"250 x\r\n"}),
    ("bare-cr", {}, {"EHLO": b"250 x\n"}),
    ("not-a-reply", {}, {"EHLO": b"250\r\n"}),
    ("code-out-of-range", {}, {"MAIL": b"559 x\r\n"}),
    ("bad-separator", {}, {"EHLO": b"250\r\n"}),
    ("codes-differ", {}, {"EHLO": b"250-x\r\n250 y\r\n"}),
    ("line-too-long", {}, {"EHLO": b"250 " + b"x" * 500 + b"\r\n"}),
    ("reply-too-long", {}, {"EHLO": b"250-x\r\n" * 900 + b"250 y\r\n"}),
    ("control-character", {}, {"EHLO": b"250 x\ty\r\n"}),
    ("eight-bit", {}, {"EHLO": b"250-x\r\n250 SMTPUTF8\r\n", "MAIL": "250 café\r\n".encode()}),
    ("class-mismatch", {}, {"MAIL": b"250 2.1.0 ok\r\n"}),
    ("unexpected-code", {}, {"RCPT": b"251 forwarded\r\n"}),
    ("unasked-reply", {}, {"EHLO": b"250-x\r\n250 y\r\n"}),
    ("login-without-end", PLAIN, {"AUTH": b"334 !!!\r\n", "*": b"501 off\r\n"}),
    ("odd-challenge", LOGIN, {"AUTH": b"535 no\r\n"}),
    *refusals_of.QUIET,
]  # fmt: skip


@pytest.mark.parametrize(("rule", "wishes", "answers", "word"), FIRES)
async def test_fires(rule, wishes, answers, word):
    found = await findings_of(wishes, **answers)
    assert rule in found, sorted(found)
    assert word in found[rule].cause


@pytest.mark.parametrize(("rule", "wishes", "answers"), QUIET)
async def test_has_nothing_to_say(rule, wishes, answers):
    assert rule not in await findings_of(wishes, **answers)


@pytest.mark.parametrize(("rule", "events", "word"), events_of.FIRES)
def test_fires_on_events(rule, events, word):
    found = by_rule(record(events))
    assert rule in found, sorted(found)
    assert word in found[rule].cause


def test_an_address_that_is_not_ours_is_not_the_fault_of_the_port():
    found = by_rule(record([events_of.failed(reason="cannot assign requested address")]))
    assert "--source" in found["no-connection"].change


@pytest.mark.parametrize(("rule", "events"), events_of.QUIET)
def test_has_nothing_to_say_to_events(rule, events):
    assert rule not in by_rule(record(events))


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_rule_is_tried_both_ways(rule):
    assert rule in {row[0] for row in (*FIRES, *events_of.FIRES)}
    assert rule in {row[0] for row in (*QUIET, *events_of.QUIET)}
