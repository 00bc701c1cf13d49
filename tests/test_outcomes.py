"""The page of outcomes can be read back, and says what it was made of."""

from smtplab.scenarios import library
from tests.outcomes import PAGE, UNSTEADY, Came, documented, page
from tests.test_catalogue import bases_of

RESULTS = {
    ("honest", "plain"): Came("delivered", "content", ()),
    ("honest", "implicit"): Came("delivered", "content", ()),
    ("a/b", "plain"): Came("failed", "tls", ("tls-cipher", "x")),
    ("a/b", "starttls"): Came("partly_delivered", "ehlo-tls", ()),
}


def test_what_is_written_is_read_back():
    assert documented(page(RESULTS)) == RESULTS


def test_bases_that_agree_share_a_line():
    rows = [line for line in page(RESULTS).splitlines() if line.startswith("| honest")]
    assert rows == ["| honest | plain, implicit | delivered | content |  |"]


def test_the_page_has_every_scenario_on_every_base():
    found = documented(PAGE.read_text(encoding="utf-8"))
    assert set(found) == {(name, base) for name in library.ids() for base in bases_of(name)}


def test_what_is_unsteady_exists():
    assert set(UNSTEADY) <= set(library.ids())
