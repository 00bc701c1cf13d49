import argparse

import pytest

from smtplab.cli.values import (
    attribute,
    count,
    durations,
    endpoint,
    header,
    limit,
    mechanism,
    own_end,
    parameter,
    positive,
    repetitions,
)

GOOD = [
    (mechanism, "scram-sha-256", "SCRAM-SHA-256"),
    (positive, "0.01", 0.01),
    (count, "20", 20),
    (repetitions, "1000000", 1_000_000),
    (durations, "5m,15m", (300.0, 900.0)),
    (durations, "90, 1.5h,2s,1h30m,0", (90.0, 5400.0, 2.0, 5400.0, 0.0)),
    (limit, "30s", 30.0),
    (limit, "500ms", 0.5),
    (parameter, "RET=HDRS", ("RET", "HDRS")),
    (parameter, "SMTPUTF8", ("SMTPUTF8", None)),
    (parameter, "X=", ("X", "")),
    (attribute, "ADDR=192.0.2.1  NAME=x", "ADDR=192.0.2.1 NAME=x"),
    (own_end, "127.0.0.1", ("127.0.0.1", 0)),
    (own_end, "[::1]", ("::1", 0)),
    (own_end, "127.0.0.1:9", ("127.0.0.1", 9)),
    (header, "X-Test: a: b ", ("X-Test", "a: b")),
    (endpoint, "192.0.2.1:25", ("192.0.2.1", 25)),
    (endpoint, "[2001:db8::1]:587", ("2001:db8::1", 587)),
]


@pytest.mark.parametrize(("read", "text", "value"), GOOD)
def test_what_people_write(read, text, value):
    assert read(text) == value


BAD = [
    (mechanism, "NTLM"),
    (positive, "0"),
    (positive, "nan"),
    (positive, "1e9"),
    (repetitions, "0"),
    (repetitions, "999999999999"),
    (positive, "x"),
    (count, "0"),
    (count, "-1"),
    (count, "1.5"),
    (count, "9" * 5000),
    (durations, ""),
    (durations, "5m,"),
    (durations, "5 minutes"),
    (limit, "0"),
    (limit, "0s"),
    (limit, "soon"),
    (parameter, "=x"),
    (parameter, "a b"),
    (parameter, "a=b\r\nRSET"),
    (attribute, ""),
    (attribute, "ADDR"),
    (attribute, "ADDR=\r\nRSET"),
    (own_end, "localhost"),
    (header, "no colon"),
    (header, "no name: x"),
    (endpoint, "192.0.2.1"),
    (endpoint, "2001:db8::1:25"),
    (endpoint, "192.0.2.1:99999"),
]


@pytest.mark.parametrize(("read", "text"), BAD)
def test_what_is_wrong_gets_a_sentence(read, text):
    with pytest.raises(argparse.ArgumentTypeError) as error:
        read(text)
    assert str(error.value).isprintable()
    assert len(str(error.value)) > 10
