"""Ports, families of codes, parameters, ways of handing mail over."""

import pytest

from smtplab.explanations import terms


@pytest.mark.parametrize(
    ("recognise", "text", "subject", "part"),
    [
        (terms.port, "587", "587", "STARTTLS"),
        (terms.port, "465", "465", "first octet"),
        (terms.family, "4xx", "4xx", "try again later"),
        (terms.family, "5YZ", "5yz", "for good"),
        (terms.parameter, "notify", "NOTIFY", "delivery report"),
        (terms.parameter, "RET=HDRS", "RET", "bounce"),
        (terms.parameter, "AUTH=<>", "AUTH", "unknown"),
        (terms.transmission, "esmtpsa", "ESMTPSA", "inside TLS and after a login"),
    ],
)
def test_it_is_known(recognise, text, subject, part):
    one = recognise(text)
    assert (one.subject, part in one.title) == (subject, True)
    assert one.clause.startswith("RFC")


def test_a_value_is_explained():
    one = terms.parameter("BODY=BINARYMIME")
    assert one is not None
    assert [row.label for row in one.rows] == ["BINARYMIME"]


@pytest.mark.parametrize(
    ("recognise", "text"),
    [
        (terms.port, "26"),
        (terms.family, "6xx"),
        (terms.family, "xx"),
        (terms.parameter, "AUTH"),
        (terms.parameter, "FOO=1"),
        (terms.transmission, "HTTP"),
    ],
)
def test_what_is_none(recognise, text):
    assert recognise(text) is None
