"""One page of HTML, that holds everything and runs nothing."""

import re
from html.parser import HTMLParser

from smtplab.grading.reports import html
from smtplab.grading.results import RunResult
from tests.grading.results import ALL, GOOD, run

VOID = {"meta", "br"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.holders: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        found = dict(attrs)
        if "id" in found:
            self.ids.append(found["id"])
            self.holders.append("details" if "details" in self.open else "")
        if tag == "a":
            self.targets.append(found["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


PAGE = html.render([ALL, run(GOOD, client="<other>")])


def test_it_is_well_formed_and_its_links_lead_somewhere():
    reader = read(PAGE)
    assert reader.open == []
    assert {target.removeprefix("#") for target in reader.targets} == set(reader.ids)


def test_a_link_opens_its_case():
    assert set(read(PAGE).holders) == {"details"}


def test_it_needs_nothing_and_runs_nothing():
    reader = read(PAGE)
    assert not reader.tags & {"script", "link", "img", "iframe"}
    assert "http://" not in PAGE
    assert "https://" not in PAGE
    assert "default-src 'none'" in PAGE


def test_hostile_text_is_quoted():
    assert "<other>" not in PAGE
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; \\x1b[31m" in PAGE
    assert "\x1b" not in PAGE


def test_the_command_can_be_copied():
    one = RunResult(client="x", command=("curl", "{starttls? --ssl-reqd}", "--user"), cases=())
    assert "<code>curl &#x27;{starttls? --ssl-reqd}&#x27; --user</code>" in html.render([one])
    lone = RunResult(client="x", command=("curl '{host}' -s",), cases=())
    assert "<code>curl &#x27;{host}&#x27; -s</code>" in html.render([lone])


def test_a_case_has_its_story_expectation_clause_and_both_sides():
    text = re.sub(r"<[^>]+>", "", PAGE)
    for wanted in ("It goes on.", "It does.", "RFC 5321 §4.2", "1   S  220 hi", "2 of 3"):
        assert wanted in text
