import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.protocol.extensions import MEANINGS, Capabilities, compare
from smtplab.protocol.replies import Reply


def offer(*lines: str) -> Capabilities:
    texts = tuple(line.encode() for line in ("mx.example hello", *lines))
    return Capabilities.parse(Reply(250, texts, b""))


def test_the_first_line_is_the_domain():
    capabilities = Capabilities.parse(Reply(250, (b"STARTTLS", b"size 5"), b""))
    assert capabilities.domain == "STARTTLS"
    assert not capabilities.has("STARTTLS")
    assert capabilities.has("Size")


def test_keywords_keep_their_order_and_parameters():
    capabilities = offer("pipelining", "Size 100", "AUTH plain LOGIN", "", "HELP")
    assert capabilities.offers == {
        "PIPELINING": "",
        "SIZE": "100",
        "AUTH": "plain LOGIN",
        "HELP": "",
    }
    assert list(capabilities.offers) == ["PIPELINING", "SIZE", "AUTH", "HELP"]


SIZES = [
    (("SIZE 35882577",), 35882577),
    (("SIZE 10 extra",), 10),
    (("SIZE 0",), None),
    (("SIZE",), None),
    (("SIZE many",), None),
    (("SIZE -5",), None),
    (("SIZE ٣",), None),
    ((), None),
]


@pytest.mark.parametrize(("lines", "expected"), SIZES)
def test_size_limit(lines, expected):
    assert offer(*lines).size_limit == expected


MECHANISMS = [
    (("AUTH PLAIN LOGIN",), ("PLAIN", "LOGIN"), False),
    (("auth plain plain",), ("PLAIN",), False),
    (("AUTH=PLAIN LOGIN",), ("PLAIN", "LOGIN"), True),
    (("AUTH PLAIN", "AUTH=PLAIN CRAM-MD5"), ("PLAIN", "CRAM-MD5"), True),
    (("AUTH",), (), False),
    ((), (), False),
]


@pytest.mark.parametrize(("lines", "expected", "old"), MECHANISMS)
def test_mechanisms(lines, expected, old):
    capabilities = offer(*lines)
    assert capabilities.auth_mechanisms == expected
    assert capabilities.old_auth is old


def test_what_changed_from_one_ehlo_to_the_next():
    before = offer("STARTTLS", "SIZE 10", "HELP")
    after = offer("SIZE 20", "HELP", "AUTH PLAIN")
    assert compare(before, after) == (
        ("STARTTLS", "", None, "gone"),
        ("SIZE", "10", "20", "changed"),
        ("HELP", "", "", "same"),
        ("AUTH", None, "PLAIN", "new"),
    )


def test_without_one_of_the_two_all_is_new_or_gone():
    assert [d.status for d in compare(None, offer("HELP"))] == ["new"]
    assert [d.status for d in compare(offer("HELP"), None)] == ["gone"]
    assert compare(None, None) == ()


def test_meanings_have_a_source():
    for keyword, (sentence, clause) in MEANINGS.items():
        assert keyword == keyword.upper()
        assert sentence
        assert clause


@given(st.lists(st.binary(max_size=40)))
def test_any_reply_can_be_read(lines):
    capabilities = Capabilities.parse(Reply(250, tuple(lines), b""))
    assert all(capabilities.has(keyword) for keyword in capabilities.offers)
    assert all(d.status == "same" for d in compare(capabilities, capabilities))
    assert capabilities.size_limit is None or capabilities.size_limit > 0
    assert all(name.isprintable() for name in capabilities.auth_mechanisms)
