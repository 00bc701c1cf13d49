"""Lengths of time as people write them."""

import pytest

from smtplab.durations import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("2s", 2.0),
        ("90", 90.0),
        ("1.5", 1.5),
        ("1.5s", 1.5),
        ("5m", 300.0),
        ("2 m", 120.0),
        (" 5M ", 300.0),
        ("1h", 3600.0),
        ("1h30m", 5400.0),
        ("1h 30m 5s 10ms", 5405.01),
        ("1.5h", 5400.0),
        ("0", 0.0),
    ],
)
def test_it_is_read(text, seconds):
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "soon",
        "s",
        "-5s",
        "5d",
        "1.s",
        ".5s",
        "5 minutes",
        "30m1h",
        "5m5m",
        "1e3",
        "٣s",
        "inf",
    ],
)
def test_what_is_none(text):
    with pytest.raises(ValueError, match="is no length of time such as 500ms"):
        seconds_of(text)


@pytest.mark.parametrize("text", ["999999999h", "3000000h"])
def test_what_is_too_long(text):
    with pytest.raises(ValueError, match="longer than anybody waits"):
        seconds_of(text)
