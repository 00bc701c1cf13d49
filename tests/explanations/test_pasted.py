"""What is pasted from a terminal, a log, a bounce or an exception."""

import pytest

from smtplab.explanations.pasted import Part, answered, parts_of
from smtplab.protocol.verbs import Verb

POSTFIX = (
    "Nov 22 x postfix/smtp[1]: A1: to=<a@b.test>, relay=mx, status=bounced (host mx[192.0.2.1]"
)

DIALOGUES = [
    ("<-  250-x\n<-  250 SIZE 10\n -> QUIT", ["250-x\n250 SIZE 10", "QUIT"]),
    ("<~  220 ready\r\n ~> EHLO me\r\n", ["220 ready", "EHLO me"]),
    ("<** 550 no", ["550 no"]),
    ("< 220 curl\n> EHLO x", ["220 curl", "EHLO x"]),
    ("220 a\nEHLO b\n250-c\n250 d", ["220 a", "EHLO b", "250-c\n250 d"]),
    ("S: 250-a\nS: 250 b\nC: QUIT", ["250-a\n250 b", "QUIT"]),
    ("250 a\n250 b", ["250 a", "250 b"]),
    ("", []),
    ("\n  \n", []),
]

QUOTED = [
    (f"{POSTFIX} said: 550 5.1.1 <a@b.test>: unknown (in reply to RCPT TO command))",
     "550 5.1.1 <a@b.test>: unknown", Verb.RCPT),
    (f"{POSTFIX} said: 550-5.7.26 one two 550-5.7.26  three 550 5.7.26 four - gsmtp "
     "(in reply to end of DATA command))",
     "550-5.7.26 one two\n550-5.7.26  three\n550 5.7.26 four - gsmtp", Verb.CONTENT),
    ("A5: host mx1.test[192.0.2.8] refused to talk to me: 421 4.7.0 [TSS04] later",
     "421 4.7.0 [TSS04] later", Verb.GREETING),
    ("x: status=sent (250 2.0.0 Ok: queued as ABC)", "250 2.0.0 Ok: queued as ABC", None),
    ("NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 Service unavailable; blocked; "
     "from=<a@b.test> to=<c@d.test> proto=ESMTP helo=<x>",
     "554 5.7.1 Service unavailable; blocked", Verb.RCPT),
    ("1x-1 ** a@b.test R=dns T=smtp: SMTP error from remote mail server after RCPT TO:<a@b.test>: "
     "550 no such user", "550 no such user", Verb.RCPT),
    ("SMTP error from remote mail server after pipelined MAIL FROM:<a@b.test> SIZE=1: host h [1]: "
     r"550-Verification failed\n550-Previous\n550 Invalid sender",
     "550-Verification failed\n550-Previous\n550 Invalid sender", Verb.MAIL),
    ("SMTP error from remote mail server after initial connection: 554 no", "554 no",
     Verb.GREETING),
    ("SMTP error from remote mail server after end of data: 554 no", "554 no", Verb.CONTENT),
    ("Diagnostic-Code: smtp; 552-5.2.2 it is full.\n    Please 552 5.2.2 go",
     "552-5.2.2 it is full. Please\n552 5.2.2 go", None),
    ("Diagnostic-Code: smtp;550 5.1.1 no", "550 5.1.1 no", None),
    ("<a@b.test>: host mx[192.0.2.1] said: 550\n    5.1.1 unknown (in reply to RCPT TO command)",
     "550 5.1.1 unknown", Verb.RCPT),
    ("Remote server returned '550 5.7.708 Access denied'", "550 5.7.708 Access denied", None),
    (r"smtplib.SMTPAuthenticationError: (535, b'5.7.8 no.\n5.7.8  see x')",
     "535-5.7.8 no.\n535 5.7.8  see x", None),
    ('SMTPRecipientsRefused: {"a@b.test": (550, b"5.1.1 no")}', "550 5.1.1 no", None),
    ("Error: Invalid login: 535 5.7.8 no", "535 5.7.8 no", None),
    ('Expected response code 250 but got code "550", with message "550 5.7.1 denied"',
     "550 5.7.1 denied", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), DIALOGUES)
def test_a_dialogue_is_taken_apart(text, parts):
    assert [part.text for part in parts_of(text)] == parts


@pytest.mark.parametrize(("text", "reply", "verb"), QUOTED)
def test_a_quoted_reply_is_found(text, reply, verb):
    (part,) = parts_of(text)
    assert (part.text, part.verb) == (reply, verb)
    assert part.line


@pytest.mark.parametrize(
    "line",
    [
        "=== TLS started with cipher TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256",
        "SSL handshake has read 4200 bytes and written 1600 bytes",
        "Nov 30 10:00:01 host postfix/smtp[1234]: delay=250 ms",
        "Verify return code: 0 (ok)",
        "at line: 999 of it",
    ],
)
def test_a_number_in_a_line_is_no_reply(line):
    (part,) = parts_of(line)
    assert part == Part(part.text)
    assert part.text in line


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("(in reply to the EHLO command)", Verb.EHLO),
        ("rejected MAIL <a@b>", Verb.MAIL),
        ("reject: END-OF-MESSAGE from x[1]", Verb.CONTENT),
        ("reject: VRFY from x", None),
        ("nothing", None),
    ],
)
def test_the_command_of_a_log(line, verb):
    assert answered(line) is verb
