"""The dialogue through openssl; tests/real/test_programs.py holds it."""

import shlex

import pytest

from smtplab.export import openssl
from smtplab.protocol.events import AuthExchanged, CommandSent
from smtplab.protocol.sasl import Part, SaslMessage
from smtplab.protocol.verbs import Verb
from smtplab.version import VERSION
from smtplab.wire.events import Opened
from tests.export.golden import holds
from tests.export.records import inside_tls, of_events, recorded

OPENED = Opened("mail.test", 25, "192.0.2.7", 0.0)


def test_a_whole_session():
    data = openssl.export(inside_tls()).replace(VERSION.encode(), b"VERSION")
    assert holds("inside-tls.openssl.sh", data)


def test_without_tls_bash_connects():
    text = openssl.export(of_events([OPENED, CommandSent(Verb.NOOP, b"NOOP\r\n")])).decode()
    assert text.startswith("#!/bin/bash\n")
    assert "exec 3<>/dev/tcp/mail.test/25 || exit 1\n" in text
    assert "s_client" not in text
    assert text.endswith("reply\nsay NOOP\nsay QUIT\n")


@pytest.mark.parametrize(("name", "kind"), [("mail.test", "hostname"), ("::1", "ip")])
async def test_the_certificate_is_checked_for_the_name(name, kind):
    transcript = await recorded("scenario:honest", base="implicit", server_name=name, verify=True)
    text = openssl.export(transcript).decode()
    assert f"-verify_return_error -verify_{kind} {name} " in text
    assert "-starttls" not in text


@pytest.mark.parametrize("value", ["$(touch x)", "`x`", "'; x; '", "a\nb", "\x1b[2J"])
def test_hostile_lines_and_names_stay_values(value):
    message = SaslMessage("EXTERNAL", True, b"", (Part("authzid", value.encode()),))
    events = [OPENED, AuthExchanged(message), CommandSent(Verb.AUTH, b"AUTH EXTERNAL =\r\n")]
    line = CommandSent(Verb.UNKNOWN, f"X {value}".encode() + b"\r\n")
    text = openssl.export(of_events([*events, line])).decode()
    assert all(character.isprintable() or character == "\n" for character in text)
    words = shlex.split(text, comments=True)
    if value.isprintable():
        assert f"username={value}" in words
        assert f"X {value}" in words


@pytest.mark.parametrize(
    ("mechanism", "expected"),
    [
        ("PLAIN", r"""$(printf '\000%s\000%s' "$username" "$SMTPLAB_PASSWORD" | encoded)"""),
        ("ANONYMOUS", """$(printf '%s' "$username" | encoded)"""),
        ("CRAM-MD5", "the login is left out"),
    ],
)
@pytest.mark.parametrize("initial", [b"", b" ****"])
def test_logins(mechanism, expected, initial):
    message = SaslMessage(mechanism, True, b"", (Part("user", b"alice"),))
    line = CommandSent(Verb.AUTH, b"AUTH " + mechanism.encode() + initial + b"\r\n")
    text = openssl.export(of_events([OPENED, AuthExchanged(message), line])).decode()
    assert expected in text
    assert "****" not in text
