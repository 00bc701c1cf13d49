"""A look as Markdown: what it looks like, and that no server can write markup into it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smtplab.cli.probe_reports import as_object, markdown_of, text_of
from smtplab.client.settings import Security
from smtplab.client.steps import Stage
from smtplab.probing.reading import read
from smtplab.probing.report import LinkReport, PortReport
from smtplab.protocol.verbs import Verb
from smtplab.tls.certificates import Certificate
from tests.diagnosis.conftest import record, transcript_of
from tests.diagnosis.events_of import DELIVERED, OPENED, UP, chain, current, ehlo, failed, reply
from tests.export.golden import holds
from tests.export.test_markdown import HOSTILE, RENDERER, Seen
from tests.fakes import NOON

HELD = Certificate(
    der=b"",
    subject="CN=mail.fake.test,O=a | b",
    issuer="CN=An Authority",
    names=("mail.fake.test",),
    common_name="mail.fake.test",
    not_before=datetime(2025, 1, 1, tzinfo=UTC),
    not_after=datetime(2026, 2, 1, tzinfo=UTC),
    key="RSA",
    key_bits=2048,
    signature="sha256",
    serial="1",
    sha256="00",
    is_ca=False,
)


def good() -> PortReport:
    events = [
        failed(25, address="2001:db8::1", reason="no route to host"), OPENED,
        reply(b"220 mail.fake.test ESMTP <b>*hi*</b> @all\r\n", Verb.GREETING),
        current(Stage.EHLO), ehlo(b"SIZE 1000", b"STARTTLS", b"DSN"),
        current(Stage.STARTTLS), reply(b"220 go\r\n", Verb.STARTTLS),
        current(Stage.TLS), chain("expired", binding=False), UP,
        current(Stage.EHLO_TLS), ehlo(b"SIZE 2000", b"DSN", b"AUTH PLAIN"), DELIVERED,
    ]  # fmt: skip
    one = read(
        record(events), NOON, host="fake.test", port=25, security="starttls",
        versions={"1.2": True, "1.3": True},
    )  # fmt: skip
    return replace(one, chain=(LinkReport(HELD, 30),))


def silent() -> PortReport:
    events = [failed(465), DELIVERED]
    return read(record(events), NOON, host="fake.test", port=465, security="implicit")


def test_markdown():
    lines = markdown_of("fake.test", [good(), silent()])
    assert holds("probe.md", ("\n".join(lines) + "\n").encode())


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("verb", ["greeting", "EHLO", "QUIT"])
async def test_hostile_words_stay_text(verb, said):
    answer = {verb: said.rstrip() + b"\r\n"}
    if verb == "EHLO":
        words = said.strip().removeprefix(b"550 ")
        answer[verb] = b"250-" + words + b"\r\n250 " + words + b"\r\n"
    transcript = await transcript_of({"security": Security.PLAIN}, **answer)
    one = read(transcript, NOON, host="fake.test", port=25, security="starttls")
    one = replace(one, inside=one.before)
    report = "\n".join(markdown_of("`fake`|test", [one]))
    page = Seen(RENDERER.render(report))
    assert set(page.tags) <= {
        "h2", "h3", "h4", "p", "strong", "ul", "li", "code", "table", "thead", "tbody", "tr", "th",
        "td",
    }  # fmt: skip
    assert page.tags.count("td") == 4 * (page.tags.count("tr") - page.tags.count("table"))
    assert "@everyone" not in report
    assert said.decode().strip()[-12:].lower() in page.text.lower()


def test_what_changed_inside_tls_is_told_in_each_form():
    one = good()
    changed = {"SIZE": "changed", "STARTTLS": "gone", "AUTH": "new"}
    assert as_object(one)["changes"] == changed
    text = " ".join(" ".join(text_of([one])).split())
    report = "\n".join(markdown_of("x", [one]))
    assert "compared to before: SIZE changed, STARTTLS gone, AUTH new" in text
    assert "| SIZE | 1000 | 2000 | **changed** |" in report
    assert as_object(silent())["changes"] == {}
