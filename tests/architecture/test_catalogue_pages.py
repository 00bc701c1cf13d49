"""The pages of the catalogue: nothing is missing, and nothing is left over."""

import pytest

from smtplab.scenarios import library
from smtplab.scenarios.model import Claim
from tests.architecture.catalogue_pages import (
    FOLDERS,
    in_words,
    index,
    link,
    page,
    plain,
    script_of,
)
from tests.architecture.documents import DOCUMENTS
from tests.architecture.shape import ROOT


def test_every_folder_has_a_page_and_no_page_is_left_over() -> None:
    folders = {name.partition("/")[0] for name in library.ids() if "/" in name}
    assert folders == set(FOLDERS)
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/scenarios").glob("*")}
    assert pages == {d.path for d in DOCUMENTS if d.path.startswith("docs/scenarios/")}


def test_every_scenario_stands_on_its_page() -> None:
    pages = {folder: page(folder) for folder in FOLDERS}
    for name in library.ids():
        folder = name.partition("/")[0]
        assert f"\n`{name}` · " in pages.get(folder, index())


@pytest.mark.parametrize(
    ("text", "address"),
    [("RFC 5321", "[RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)"),
     ("RFC 5321#4.2", "[RFC 5321 §4.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.2)"),
     ("CVE-2011-0411", "[CVE-2011-0411](https://nvd.nist.gov/vuln/detail/CVE-2011-0411)"),
     ("https://a.test/", "<https://a.test/>")],
)  # fmt: skip
def test_links(text: str, address: str) -> None:
    assert link(text) == address


def test_text_is_no_markup() -> None:
    assert plain("<b> *.a_b [x](y) `c`|") == r"\<b\> \*.a\_b \[x\](y) \`c\`\|"


@pytest.mark.parametrize(
    ("claim", "words"),
    [(Claim(send="MAIL *", while_="plain"), "send `MAIL *` in clear text"),
     (Claim(deliver="1..2", report="delivered", finding="x"), "deliver 1..2, report delivered"),
     (Claim(quit=True), "say QUIT"), (Claim(leak="p"), "let the password be seen"),
     (Claim(reconnect="5s..60s"), "come back after 5s..60s"),
     (Claim(patience="5m"), "wait for 5m")],
)  # fmt: skip
def test_claims_in_words(claim: Claim, words: str) -> None:
    assert ", ".join(in_words(claim)) == words


def test_the_script_of_a_file() -> None:
    text = "title: x\nserver:\n  host: a\nrules:\n  - at: mail\nexpect:\n  - must: {}\n"
    assert script_of(text) == "server:\n  host: a\nrules:\n  - at: mail"
    assert script_of("title: x\nexpect: []\n") == ""
    long = script_of("rules:\n" + "  - x\n" * 100 + "expect:\n")
    assert long.endswith("\n  - x\n# and 61 lines more")
