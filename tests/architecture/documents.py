"""Documents, or parts of them, that the program itself makes.

A test holds each to what would be made now; `python -m tests.architecture.documents` makes them
all anew. A new one is a line in `DOCUMENTS`.
"""

from collections.abc import Callable
from typing import NamedTuple

from smtplab.cli import documentation
from smtplab.diagnosis import documentation as diagnosis
from tests import outcomes
from tests.architecture import catalogue_pages, console_page, grading_page
from tests.architecture.shape import ROOT


class Document(NamedTuple):
    """A file below the top, and what it should hold, given what it holds (empty when missing)."""

    path: str
    make: Callable[[str], str]


DOCUMENTS: tuple[Document, ...] = (
    Document("docs/command-line.md", documentation.with_tables),
    Document("docs/grading.md", grading_page.page),
    Document(f"docs/scenarios/{catalogue_pages.INDEX}.md", lambda held: catalogue_pages.index()),
    *(
        Document(f"docs/scenarios/{name}.md", lambda held, name=name: catalogue_pages.page(name))
        for name in catalogue_pages.FOLDERS
    ),
    Document("docs/diagnosis.md", diagnosis.page),
    Document("docs/console.md", console_page.with_tables),
)  # fmt: skip


def present(document: Document) -> str:
    """What the file holds now; empty when it is missing."""
    path = ROOT / document.path
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> None:
    """Makes all documents anew; says which have changed."""
    if outcomes.write():
        print(outcomes.PAGE.relative_to(ROOT))
    for document in DOCUMENTS:
        old = present(document)
        new = document.make(old)
        if new != old:
            path = ROOT / document.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(new, encoding="utf-8", newline="\n")
            print(document.path)


if __name__ == "__main__":
    main()
