"""Values of options as people write them, for argparse: durations, parameters, ends of a line."""

import argparse
import ipaddress
import re

from smtplab.durations import seconds_of
from smtplab.protocol.sasl import MECHANISMS, named
from smtplab.workbench.composing import HEADER_NAME

MOST = 1_000_000
"""Above that a factor, or a number of messages, is a slip of the keyboard."""


def mechanism(text: str) -> str:
    """The name of a mechanism that we know."""
    known = named(text)
    if known is None:
        names = ", ".join(m.name for m in MECHANISMS)
        raise argparse.ArgumentTypeError(f"{text!r} is not known here; known are {names}")
    return known.name


def positive(text: str) -> float:
    """A number above zero."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 < value < MOST:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and below {MOST}")
    return value


def count(text: str) -> int:
    """A whole number above zero."""
    if not (text.isascii() and text.isdecimal() and int(text[:12]) > 0 and len(text) <= 12):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def repetitions(text: str) -> int:
    """A whole number above zero, and not so large that all those messages fit nowhere."""
    number = count(text)
    if number > MOST:
        raise argparse.ArgumentTypeError(f"{text} is more than {MOST}")
    return number


def duration(text: str) -> float:
    """A length of time such as `90s`, in seconds."""
    try:
        return seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def limit(text: str) -> float:
    """The same, but not nothing."""
    seconds = duration(text)
    if not seconds:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return seconds


def durations(text: str) -> tuple[float, ...]:
    """Times such as `5m,15m,1h`, in seconds."""
    return tuple(map(duration, text.split(",")))


def parameter(text: str) -> tuple[str, str | None]:
    """A parameter of MAIL or RCPT, `KEYWORD` or `KEYWORD=VALUE`."""
    keyword, equals, value = text.partition("=")
    if not keyword or any(c.isspace() or not c.isprintable() for c in text):
        raise argparse.ArgumentTypeError(f"{text!r} is no parameter such as RET=HDRS")
    return keyword, value if equals else None


def attribute(text: str) -> str:
    """An attribute of XCLIENT, `NAME=VALUE`; several may stand in one text."""
    if not all(re.fullmatch(r"[A-Za-z]+=\S+", word) for word in text.split()) or not text.split():
        raise argparse.ArgumentTypeError(f"{text!r} is no attribute such as ADDR=192.0.2.1")
    return " ".join(text.split())


def endpoint(text: str) -> tuple[str, int]:
    """An address with its port, `192.0.2.1:25` or `[2001:db8::1]:25`."""
    found = re.fullmatch(r"\[([^\]]+)\]:([0-9]{1,5})|([^:\s]+):([0-9]{1,5})", text)
    if found is None or not 0 <= int(found[2] or found[4]) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no ADDRESS:PORT")
    return found[1] or found[3], int(found[2] or found[4])


def own_end(text: str) -> tuple[str, int]:
    """An address of this machine, with or without a port."""
    try:
        return str(ipaddress.ip_address(text.strip("[]"))), 0
    except ValueError:
        return endpoint(text)


def header(text: str) -> tuple[str, str]:
    """A header, `Name: value`."""
    name, colon, value = text.partition(":")
    if not colon or not HEADER_NAME.fullmatch(name.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is no header such as X-Test: yes")
    return name.strip(), value.strip()
