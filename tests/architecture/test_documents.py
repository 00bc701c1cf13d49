"""Documents that the program makes are what it would make now."""

import pytest

from tests.architecture.documents import DOCUMENTS, Document, present


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.path)
def test_is_up_to_date(document: Document):
    held = present(document)
    assert held
    assert document.make(held) == held, "run: python -m tests.architecture.documents"
