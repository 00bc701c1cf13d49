import re

import pytest

from smtplab.protocol.guide import GUIDE, KEYS, guide_for
from smtplab.protocol.sasl import MECHANISMS
from smtplab.protocol.states import is_expected
from smtplab.protocol.verbs import Verb

STAGES = {
    "connect", "greeting", "ehlo", "starttls", "tls", "ehlo-tls", "auth-plain", "auth-login",
    "auth-cram-md5", "auth-scram", "auth-xoauth2", "auth-oauthbearer", "auth-external",
    "auth-anonymous", "auth", "mail", "rcpt", "data", "content",
    "bdat", "lhlo", "xclient", "proxy", "quit", "rset", "noop", "vrfy",
    "help",
}  # fmt: skip


def test_each_stage_has_its_guide():
    assert set(GUIDE) == STAGES
    families = {re.sub("^SCRAM-.*", "SCRAM", mechanism.name) for mechanism in MECHANISMS}
    assert {f"auth-{family.lower()}" for family in families} <= STAGES


def test_each_verb_finds_one():
    assert set(Verb) - set(KEYS) == {Verb.UNKNOWN}
    assert guide_for(Verb.UNKNOWN) is None
    assert guide_for(Verb.RCPT) is GUIDE["rcpt"]
    assert all(guide_for(verb) for verb in KEYS)


@pytest.mark.parametrize("key", GUIDE)
def test_guides_are_whole_short_sentences(key):
    guide = GUIDE[key]
    assert " — " in guide.title
    assert len(guide.title) <= 60
    for text in (guide.what, guide.then, guide.watch):
        assert text.endswith((".", "?"))
        assert len(text) <= 280
    assert len(guide.expect) <= 200
    assert re.match(r"RFC \d+ §|draft-", guide.clause)


@pytest.mark.parametrize("verb", KEYS)
def test_the_codes_to_expect_are_those_of_the_state_table(verb):
    codes = [int(code) for code in re.findall(r"\b\d{3}\b", GUIDE[KEYS[verb]].expect)]
    assert verb is Verb.TLS or codes
    assert [code for code in codes if not is_expected(verb, code)] == []
