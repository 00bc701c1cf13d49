import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.workbench.composing import Attachment, Composition, CompositionError, compose

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def made(**parts) -> EmailMessage:
    content = compose(Composition(**{"sender": "a@b.test", "to": ("c@d.test",), **parts}), NOON)
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_the_headers_that_a_message_must_have():
    message = made(cc=("e@f.test", "g@h.test"))
    assert (message["From"], message["To"], message["Cc"]) == (
        "a@b.test",
        "c@d.test",
        "e@f.test, g@h.test",
    )
    assert message["Date"] == "Thu, 01 Jan 2026 12:00:00 +0000"
    assert message["Message-ID"].endswith("@smtplab.invalid>")
    assert text_of(message).startswith("Hello,\n")


def test_the_null_sender_still_has_a_from():
    assert made(sender="")["From"] == "nobody@localhost"


def test_text_html_and_attachments():
    message = made(
        body="hé\n",
        html="<b>hé</b>\n",
        attachments=(
            Attachment("a.txt", b"text"),
            Attachment("b", b"\0\1"),
            Attachment("c.bin", b"1,2", "text/csv"),
        ),
    )
    assert (text_of(message), text_of(message, "html")) == ("hé\n", "<b>hé</b>\n")
    found = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in message.iter_attachments()
    ]
    assert found == [
        ("a.txt", "text/plain", b"text"),
        ("b", "application/octet-stream", b"\0\1"),
        ("c.bin", "text/csv", b"1,2"),
    ]


def test_headers_replace_ours_or_come_besides():
    message = made(
        headers=(("subject", "Grüße"), ("From", "Me <x@y.test>")),
        added=(("X-Test", "1"), ("X-Test", "2")),
    )
    assert message.get_all("Subject") == ["Grüße"]
    assert message.get_all("From") == ["Me <x@y.test>"]
    assert message.get_all("X-Test") == ["1", "2"]


def test_headers_are_utf8_only_where_an_address_is():
    ascii_address = compose(Composition(sender="a@b.test", subject="Grüße"), NOON)
    assert ascii_address.partition(b"\r\n\r\n")[0].isascii()
    utf8_address = compose(Composition(sender="ü@b.test", subject="Grüße"), NOON)
    assert "ü@b.test".encode() in utf8_address


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "us-ascii", "koi8-r"])
def test_any_charset(charset):
    message = made(body="plain words\n", charset=charset)
    assert text_of(message) == "plain words\n"


BAD = [
    ({"charset": "klingon"}, "no charset"),
    ({"charset": "utf-16"}, "line ends"),
    ({"body": "Ω", "charset": "iso-8859-1"}, "cannot be written in iso-8859-1"),
    ({"headers": (("X-Test", "a\r\nBcc: b@c.test"),)}, "no message"),
    ({"added": (("X Test", "a"),)}, "no name of a header"),
    ({"subject": "a\nb"}, "no message"),
    ({"added": (("From", "b@c.test"),)}, "no message"),
]


@pytest.mark.parametrize(("parts", "reason"), BAD)
def test_what_makes_no_message_gets_a_sentence(parts, reason):
    with pytest.raises(CompositionError, match=reason):
        made(**parts)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=50))
def test_no_value_slips_in_another_header(subject, value):
    try:
        content = compose(Composition(subject=subject, added=(("X-Test", value),)), NOON)
    except CompositionError:
        return
    head = content.partition(b"\r\n\r\n")[0]
    names = [
        line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")
    ]
    allowed = b"From Subject Date Message-ID MIME-Version Content-Type X-Test"
    assert set(names) <= {*allowed.split(), b"Content-Transfer-Encoding"}
