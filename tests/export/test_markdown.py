"""Markdown: what it looks like, and that no server can write markup into it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from smtplab.export import markdown
from smtplab.transcript.escaping import escape
from smtplab.version import VERSION
from tests.export.golden import holds
from tests.export.records import played
from tests.fakes import settings

RENDERER = MarkdownIt("gfm-like", {"html": True})


class Seen(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = [
    b"550 </code></pre><script>alert(1)</script>",
    b"550 ``` ````` ```\r\n",
    b"550 | a | b \\| c",
    b"550 [x](http://evil.test) ![y](z) <http://evil.test> http://evil.test www.evil.test",
    b"550 **bold** _it_ ~~gone~~ `code` $x$ &lt; &#64;",
    b"550 @everyone see #1",
]


async def test_a_rejected_message():
    transcript = await played(settings(), RCPT=b"550 5.1.1 <bob@fake.test>: `no` such_user\r\n")
    report = markdown.export(transcript).replace(VERSION.encode(), b"VERSION")
    assert holds("rejected.md", report)


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("verb", ["greeting", "RCPT", "content"])
async def test_hostile_replies_stay_text(verb, said):
    report = markdown.export(await played(settings(), **{verb: said.rstrip() + b"\r\n"})).decode()
    page = Seen(RENDERER.render(report))
    assert set(page.tags) <= {
        "h2", "h3", "p", "strong", "ul", "li", "code", "pre", "table", "thead", "tbody", "tr",
        "th", "td",
    }  # fmt: skip
    assert page.tags.count("pre") == 1
    assert page.tags.count("td") == 4 * (page.tags.count("tr") - 1)
    words = said.decode().strip()
    assert page.text.count(words) >= 3 - (verb == "greeting")
    for line in report.partition("```")[0].splitlines():
        assert "@everyone" not in line
        assert "#1" not in line


@given(st.text(st.sampled_from("*_`[]()<>!|~$&;@#:/\\\"' aw.-=+{}^")) | st.text().map(escape))
def test_prose_is_the_text_and_nothing_else(text):
    page = Seen(RENDERER.renderInline("x" + markdown.prose(text) + "x"))
    assert (page.tags, page.text) == ([], "x" + text + "x")


@given(st.text(st.sampled_from("`a \\|*")).map(escape))
def test_code_is_the_text_and_nothing_else(text):
    page = Seen(RENDERER.renderInline(markdown.code(text)))
    assert page.tags == (["code"] if text.strip() else [])
    assert page.text.strip() == text.strip()


@given(st.lists(st.text(st.sampled_from("`~a -#")).map(escape), min_size=1))
def test_no_line_ends_a_fence(lines):
    page = Seen(RENDERER.render(markdown.fenced(lines) + "\n\nbehind"))
    assert page.tags == ["pre", "code", "p"]
    assert page.text == "".join(line + "\n" for line in lines) + "\nbehind\n"
