"""From what was typed or pasted to its explanations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.explanations.lookup import MOST, explain


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("535", ["reply code"]),
        ("<5.7.8>", ["enhanced status code"]),
        ("550 no", ["reply"]),
        ("550", ["reply code"]),
        ("RCPT TO:<a@b.test>", ["command"]),
        ("handshake failure", ["alert"]),
        ("AUTH PLAIN", ["command"]),
        ("VXNlcm5hbWU6", ["base64"]),
        ("334 VXNlcm5hbWU6", ["reply", "base64"]),
        ("<- 220 x\n-> EHLO me\n<- 250 y", ["reply", "command", "reply"]),
        ("220 x\n220 x", ["reply"]),
        ("no idea at all", []),
        ("465", ["port"]),
        ("RET=HDRS", ["parameter"]),
        ("SIZE", ["extension"]),
        ("ESMTPS", ["transmission"]),
        ("wrong version number", ["rule"]),
        ("relay access denied", ["rule"]),
        ("Error: Invalid login: 535 5.7.8 no", ["reply"]),
        ("", []),
    ],
)
def test_what_it_is_taken_for(text, kinds):
    assert [one.kind for one in explain(text)] == kinds


def test_a_long_paste_is_bounded():
    pasted = "\n".join(f"250 {number}" for number in range(3 * MOST))
    assert len(explain(pasted)) == MOST


@given(st.text())
def test_any_text_is_explained_or_not_and_never_fails(text):
    for one in explain(text):
        assert one.title


SESSION = """\
<-  220 smtp.postmarkapp.com ESMTP
 -> EHLO me
<-  250-smtp.postmarkapp.com
<-  250 AUTH LOGIN
 -> AUTH LOGIN
<-  334 VXNlcm5hbWU6
 -> bWU=
<-  334 UGFzc3dvcmQ6
 -> aHVudGVyMjI=
<** 535 5.7.8 Error: authentication failed:
 -> QUIT
<-  221 2.0.0 Bye
"""


def test_a_session_ends_with_what_went_wrong():
    *found, last = explain(SESSION)
    assert last.kind == "summary"
    assert last.title.startswith("refused at AUTH: 535 5.7.8")
    assert [row.label for row in last.rows] == ["reason", "change"]
    assert "summary" not in [one.kind for one in found]


def test_what_is_said_again_is_explained_once():
    line = "535 5.7.8 no\n"
    once = explain(f"AUTH PLAIN\n{line}")
    assert explain("AUTH PLAIN\n" + line * 20_000) == once


def test_a_login_is_followed():
    blobs = [one for one in explain(SESSION) if one.kind == "base64"]
    user, password = (one for one in blobs if one.pieces)
    assert (user.title, user.pieces[0].text) == ("the user name of AUTH LOGIN", "me")
    assert password.title == "the password of AUTH LOGIN"
    assert "hunter22" not in f"{password}"
    assert "aHVudGVy" not in f"{explain(SESSION)}"
    assert "hunter22" in f"{explain(SESSION, reveal=True)}"


def test_what_went_well_is_told_in_few_words():
    for one in explain(SESSION):
        if one.kind == "reply":
            assert bool(one.pieces) is one.subject.startswith("5")
    quit_ = next(one for one in explain(SESSION) if one.subject == "QUIT")
    assert len(quit_.rows) == 1


def test_a_few_lines_need_no_last_word():
    assert [one.kind for one in explain("550 no\n451 later")] == ["reply", "reply"]


def test_each_line_of_a_log_speaks_of_its_own_server():
    log = (
        "relay=gmail-smtp-in.l.google.com[192.0.2.1]:25 (host x said: 421 4.4.5 Server busy)\n"
        "relay=mx.fake.test[192.0.2.2]:25 (host y said: 421 4.4.5 Server busy)"
    )
    one, other = explain(log)
    assert dict(one.rows)["who"].startswith("Gmail")
    assert "who" not in dict(other.rows)
