"""The table of providers: every row is known by a real reply, and no row by somebody else's."""

import re
from pathlib import Path

import pytest

from smtplab.diagnosis.refusals.providers import candidates, known_refusal, providers
from smtplab.diagnosis.refusals.row import fits
from smtplab.diagnosis.refusals.table import row_of
from smtplab.protocol.replies import Reply, ReplyParser
from tests.diagnosis.conftest import findings_of

REPLIES = [
    line.split("\t")
    for line in Path(__file__).with_name("provider_replies.tsv").read_text("utf-8").splitlines()
]
"""Whose, the reason, and the reply as it is really said."""

GREETINGS: dict[str, str] = {
    "gmail": "smtp.gmail.com ESMTP 1a2b - gsmtp",
    "microsoft-365": "AM0.outlook.office365.com Microsoft ESMTP MAIL Service ready",
    "exchange": "mail.x.test Microsoft ESMTP MAIL Service ready",
    "yahoo": "smtp.mail.yahoo.com ESMTP ready",
    "icloud": "iCloud SMTP - outbound.qs.icloud.com",
    "ses": "email-smtp.amazonaws.com ESMTP SimpleEmailService-d",
    "sendgrid": "SG ESMTP service ready at ismtpd.sendgrid.net",
    "mailgun": "Mailgun Influx ready",
    "postmark": "smtp.postmarkapp.com ESMTP sc-ams",
    "sparkpost": "2.0.0 smtp.sparkpostmail.com ESMTP ecelerity",
    "mailjet": "in.mailjet.com ESMTP Mailjet",
    "brevo": "smtp-relay.brevo.com ESMTP Service Ready",
    "resend": "Resend SMTP Relay ESMTP",
    "zoho": "mx.zohomail.com SMTP Server ready",
    "fastmail": "smtp.fastmail.com ESMTP ready",
    "proton": "mailsub002.protonmail.ch ESMTP",
    "yandex": "smtp2o.mail.yandex.net ESMTP",
    "mail-ru": "smtp43.i.mail.ru ESMTP ready",
    "gmx": "gmx.com (mrgmx103) Nemesis ESMTP Service ready",
    "qq": "smtp.qq.com Esmtp QQ QMail Server",
    "netease-163": "163.com Anti-spam GT for Coremail System",
    "ovh": "ssl0.ovh.net player739",
    "postfix": "mx.x.test ESMTP Postfix",
    "exim": "mx.x.test ESMTP Exim 4.96",
    "sendmail": "mx.x.test ESMTP Sendmail 8.17",
    "opensmtpd": "mx.x.test ESMTP OpenSMTPD",
    "haraka": "mx.x.test ESMTP Haraka/3",
    "qmail": "mx.x.test ESMTP",
}


def reply(text: str) -> Reply:
    return ReplyParser().receive_data(text.encode() + b"\r\n")[0]


@pytest.mark.parametrize(("provider", "rule", "text"), REPLIES)
def test_a_provider_is_understood(provider, rule, text):
    known = known_refusal(reply(text), GREETINGS.get(provider, provider))
    assert known is not None
    assert (known.provider.id, known.refusal.rule) == (provider, rule)


@pytest.mark.parametrize("provider", providers(), ids=lambda provider: provider.id)
def test_every_row_is_tried_and_complete(provider):
    tried = [reply(text) for whose, _, text in REPLIES if whose == provider.id]
    hit = {one.refusal for r in tried for one in candidates(r) if one.provider is provider}
    assert set(provider.refusals) <= hit
    for refusal in provider.refusals:
        assert row_of(refusal.rule)
        assert re.compile(refusal.text)
        assert not refusal.cause.endswith(".")
        assert refusal.change == "" or refusal.change.endswith(".")
        assert refusal.source


@pytest.mark.parametrize(("provider", "greeting"), GREETINGS.items())
def test_a_greeting_gives_away_its_provider_alone(provider, greeting):
    known = [one.id for one in providers() if fits(one.signs, greeting)]
    if provider == "qmail":
        assert known == []  # its greeting says nothing
    elif provider in ("microsoft-365", "exchange"):
        assert known == ["microsoft-365", "exchange"]
    else:
        assert known == [provider]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("535 5.7.8 Error: authentication failed", "mx.x.test ESMTP"),
        ("550 5.1.1 <x>: user unknown", "smtp.gmail.com"),
        ("534 5.7.8 Application-specific password required", "smtp.gmail.com"),
        ("421 4.7.0 closing", "gsmtp"),
        # Words of SES and of Yahoo, and of many others, our own server among them.
        ("535 5.7.8 Authentication credentials invalid", "lab.test ESMTP smtplab"),
        ("552 mailbox not found", "mx.x.test ESMTP"),
    ],
)
def test_what_nobody_says_is_nobodys(text, context):
    assert known_refusal(reply(text), context) is None


async def test_the_host_that_was_dialled_is_a_sign():
    answers = {"MAIL": b"530 5.7.0 Must issue a STARTTLS command first\r\n"}
    found = await findings_of({"host": "smtp.gmail.com"}, **answers)
    assert "Gmail" in found["tls-required"].cause
    found = await findings_of({"host": "smtp.fake.test"}, **answers)
    assert "Gmail" not in found["tls-required"].cause


async def test_a_provider_names_its_own_page():
    found = await findings_of({}, content=b"550 5.4.5 Daily user sending limit exceeded.\r\n")
    assert found["sending-quota"].clause.startswith("https://support.google.com/")
    assert "24 hours" in found["sending-quota"].change
