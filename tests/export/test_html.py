"""HTML: one file that loads and runs nothing, whatever a server says."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.export import html
from tests.export.records import of_events, played, recorded
from tests.fakes import settings

EMPTY = {"meta", "br"}

ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "style"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; fails when tags do not match up."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(data.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data


TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "strong",
    "main", "section", "article", "b", "a", "code", "table", "thead", "tbody", "tr", "th", "td",
    "div", "i", "dl", "dt", "dd", "pre", "span",
}  # fmt: skip

HOSTILE = [
    b"550 <script>alert(1)</script>",
    b'550 "><img src=x onerror=alert(1)>',
    b"550 </pre></td></table></style><style>*{display:none}</style>",
    b"550 &lt;b&gt; <!-- --> <![CDATA[ javascript:alert(1)",
    b"550 \x1b[31m \xe2\x80\xae \xff",
]


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("verb", ["greeting", "EHLO", "RCPT", "content"])
async def test_hostile_replies_stay_text(verb, said):
    data = html.export(await played(settings(), **{verb: said + b"\r\n"}))
    page = Page(data)
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    assert all(value.startswith("#e") for name, value in page.attributes if name == "href")
    assert page.tags.count("style") == 1
    assert not any(not c.isprintable() and c != "\n" for c in data.decode())


async def test_nothing_is_loaded_from_anywhere():
    data = html.export(await played(settings())).decode()
    assert "default-src 'none'" in data
    for word in ("<script", "http:", "https:", "url(", "@import", "src="):
        assert word not in data


async def test_a_finding_leads_to_its_entries():
    page = Page(html.export(await recorded("scenario:certificates/expired")))
    ids = {value for name, value in page.attributes if name == "id"}
    links = {value for name, value in page.attributes if name == "href"}
    assert links
    assert {link[1:] for link in links} <= ids
    assert "REFUSED" in page.text.upper()
    assert "prefers-color-scheme: dark" in page.text


@given(st.text(st.characters(codec="utf-8")))
def test_a_hostile_target(target):
    page = Page(html.export(of_events([], target=target)))
    assert set(page.tags) <= TAGS


def test_words_hold_in_attributes():
    assert html.text("<a b='c' d=\"e\">&") == "&lt;a b=&#x27;c&#x27; d=&quot;e&quot;&gt;&amp;"
