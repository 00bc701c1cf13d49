"""The program on smtplib: what it looks like, that it is always Python, and that it delivers."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplab.export import python
from smtplab.protocol.events import CommandSent, ContentSent
from smtplab.protocol.verbs import Verb, verb_of
from smtplab.transcript.entries import Event
from smtplab.version import VERSION
from smtplab.wire.events import Opened
from tests.export.golden import holds
from tests.export.programs import run_again
from tests.export.records import inside_tls, of_events, played, recorded
from tests.fakes import settings


def test_a_whole_session():
    data = python.export(inside_tls()).replace(VERSION.encode(), b"VERSION")
    assert holds("inside-tls.py.txt", data)


async def test_a_session_without_tls_and_login():
    data = python.export(await played(settings())).replace(VERSION.encode(), b"VERSION")
    assert holds("plain.py.txt", data)


def constants(data: bytes) -> set[object]:
    """Every literal of a program; fails when it is none."""
    tree = ast.parse(data)
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


@given(st.text(), st.binary(), st.binary())
def test_whatever_was_said_it_is_python(host, line, content):
    events: list[Event] = [
        Opened(host, 25, "192.0.2.7", 0.0),
        CommandSent(verb_of(line), line + b"\r\n"),
        CommandSent(Verb.DATA, b"DATA\r\n"),
        ContentSent(content),
    ]
    found = constants(python.export(of_events(events, target=host)))
    if host:
        assert host in found


def test_every_octet_of_the_message():
    content = bytes(range(256)) + b"\r\n'\"\\ {x} \r\n.\r\n"
    data = CommandSent(Verb.DATA, b"DATA\r\n")
    opened = Opened("mail.test", 25, "192.0.2.7", 0.0)
    tree = ast.parse(python.export(of_events([opened, data, ContentSent(content)])))
    (message,) = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MESSAGE"
    )
    assert ast.literal_eval(message) == content


@pytest.mark.parametrize("options", [{"base": "implicit", "verify": False}, {"base": "starttls"}])
async def test_tls_as_in_the_session(options):
    text = python.export(await recorded("scenario:honest", **options)).decode()
    assert ("SMTP_SSL(" in text) == (options["base"] == "implicit")
    assert ("starttls(context=CONTEXT)" in text) == (options["base"] == "starttls")
    assert ("CERT_NONE" in text) == ("verify" in options)


async def test_it_delivers_the_same(tmp_path):
    ran = await run_again("python", tmp_path, base="starttls")
    assert ran.code == 0, ran.output
    assert ran.delivers_the_same()
    assert "open-sesame" not in ran.program + ran.output


def test_unknown_mechanisms_are_left_to_smtplib():
    typed = CommandSent(Verb.AUTH, b"AUTH SCRAM-SHA-256 ****\r\n")
    text = python.export(of_events([Opened("m.test", 25, "192.0.2.7", 0.0), typed])).decode()
    assert "server.login(USERNAME, PASSWORD)" in text
    assert "USERNAME = os.environ['SMTPLAB_USERNAME']" in text
