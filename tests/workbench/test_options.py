"""From choices to settings: what is filled in, what does not go together, what may not slip in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.client.settings import Security, TimeLimits
from smtplab.protocol import commands
from smtplab.server.certificates import Authority
from smtplab.workbench.options import (
    Bundled,
    Options,
    OptionsError,
    secrets_of,
    settings_for,
)
from smtplab.workbench.target import parse_target

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LAB = Bundled("127.0.0.1", 2525, "starttls", "localhost", b"CA", "alice", "open-sesame")
HOST = parse_target("mx.test")
SCENARIO = parse_target("scenario:honest")


def wanted(target=HOST, bundled=None, **wishes):
    return settings_for(target, Options(**wishes), NOON, bundled)


ENDS = {"sender": "a@b.test", "recipients": ("c@d.test",)}


def test_a_session_with_the_bundled_server_needs_no_choice():
    settings = wanted(SCENARIO, LAB)
    assert (settings.host, settings.port, settings.dialled_name) == ("127.0.0.1", 2525, "localhost")
    assert settings.envelope.sender == "alice@lab.test"
    assert settings.envelope.recipients == ("bob@lab.test",)
    assert settings.credentials is not None
    assert settings.credentials.password == "open-sesame"
    assert settings.ca_pem == b"CA"
    assert settings.security is Security.STARTTLS


def test_the_bundled_server_takes_its_password_for_a_token():
    credentials = wanted(SCENARIO, LAB, mechanism="XOAUTH2").credentials
    assert credentials is not None
    assert credentials.token == "open-sesame"
    assert wanted(SCENARIO, LAB, auth=False).credentials is None


MISSING = [
    ({"sender": "a@b.test"}, "--to"),
    ({"recipients": ("a@b.test",)}, "--from"),
    ({**ENDS, "username": "me"}, "password of me is missing"),
    ({**ENDS, "retries": (1.0,), "repeat": 2}, "one message only"),
    ({**ENDS, "tls_minimum": "1.3", "tls_maximum": "1.2"}, "below"),
    ({**ENDS, "ca_pem": b"no"}, "--ca-file"),
    ({**ENDS, "ca_pem": b""}, "--ca-file"),
    ({**ENDS, "ca_pem": b"\xe3\x00\xff"}, "--ca-file"),
    ({**ENDS, "ciphers": "NONSENSE"}, "--ciphers"),
    ({**ENDS, "client_chain_pem": b"no", "client_key_pem": b"no"}, "--client-cert"),
    ({**ENDS, "client_chain_pem": b"", "client_key_pem": b""}, "--client-cert"),
    ({**ENDS, "client_key_pem": b"no"}, "give --client-cert"),
    ({**ENDS, "raw_content": True}, "give --data"),
    ({**ENDS, "charset": "klingon"}, "charset"),
]


@pytest.mark.parametrize(("wishes", "reason"), MISSING)
def test_what_is_missing_or_does_not_go_together(wishes, reason):
    with pytest.raises(OptionsError, match=reason):
        wanted(**wishes)


def test_authorities_may_have_names_that_are_no_ascii():
    pem = "# Autorität Nº 1\n".encode() + Authority().ca_pem
    assert wanted(**ENDS, ca_pem=pem).ca_pem == pem


def test_no_authorities_are_never_those_of_the_system():
    with pytest.raises(OptionsError, match="holds no certificate"):
        wanted(SCENARIO, LAB, ca_pem=b"")


def test_who_logs_in_sends():
    settings = wanted(recipients=("c@d.test",), username="me@b.test", password="x")
    assert settings.envelope.sender == "me@b.test"


@pytest.mark.parametrize("sender", ["", "<>"])
def test_the_null_sender(sender):
    assert wanted(sender=sender, recipients=("c@d.test",)).envelope.sender == ""


def test_copies_are_recipients_once_and_blind_ones_in_no_header():
    settings = wanted(
        sender="a@b.test", recipients=("c@d.test",), cc=("e@f.test", "c@d.test"), bcc=("g@h.test",)
    )
    assert settings.envelope.recipients == ("c@d.test", "e@f.test", "g@h.test")
    assert b"Cc: e@f.test, c@d.test\r\n" in settings.content
    assert b"g@h.test" not in settings.content


NAMELESS = [
    ({"mechanism": "ANONYMOUS"}, ""),
    ({"mechanism": "EXTERNAL"}, ""),
    ({"mechanism": "ANONYMOUS", "username": "me"}, "me"),
    ({"username": "me", "token": "t"}, "me"),
    ({"username": "me", "password": ""}, "me"),
    ({"mechanism": "PLAIN"}, None),
]


@pytest.mark.parametrize(("wishes", "name"), NAMELESS)
def test_who_logs_in(wishes, name):
    credentials = wanted(**ENDS, **wishes).credentials
    assert (credentials.username if credentials else None) == name


def test_all_messages_are_repeated_in_their_order():
    settings = wanted(**ENDS, content=b"1", further=(b"2",), repeat=2)
    assert (settings.content, *settings.further) == (b"1", b"2", b"1", b"2")


def test_one_time_limit_or_those_of_the_standard_scaled():
    assert wanted(**ENDS, timeout=5.0).limits == TimeLimits.all(5.0)
    assert wanted(**ENDS, time_scale=0.5).limits == TimeLimits(scale=0.5)


def test_what_must_not_be_recorded():
    settings = wanted(**ENDS, username="me", password="open-sesame", token="ya29")
    assert secrets_of(settings) == ("open-sesame", "ya29")
    assert secrets_of(wanted(**ENDS)) == ()


TEXT = st.text(max_size=40)


@given(
    sender=TEXT,
    recipient=TEXT,
    name=TEXT,
    parameter=st.tuples(TEXT, st.none() | TEXT),
    attribute=TEXT,
)
def test_no_choice_makes_a_second_command(sender, recipient, name, parameter, attribute):
    try:
        settings = settings_for(
            HOST,
            Options(
                sender=sender,
                recipients=(recipient,),
                ehlo_name=name,
                mail_parameters=(parameter,),
                rcpt_parameters=(parameter,),
                xclient=(attribute,),
                orcpt=True,
                content=b"",
            ),
            NOON,
        )
    except OptionsError:
        return
    envelope = settings.envelope
    lines = [
        commands.ehlo(settings.ehlo_name),
        commands.mail(envelope.sender, envelope.mail_parameters),
        commands.rcpt(
            envelope.recipients[0],
            (*envelope.rcpt_parameters, ("ORCPT", commands.xtext(envelope.recipients[0]))),
        ),
        commands.xclient(settings.xclient),
    ]
    assert not any(octet in line for line in lines for octet in (b"\r", b"\n", b"\0"))
