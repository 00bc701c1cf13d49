from smtplab.client.settings import Security
from smtplab.tui.render.bar import SECURITY


def test_every_kind_of_security_has_its_words():
    assert set(SECURITY) == set(Security)
