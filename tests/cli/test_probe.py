"""`smtplab probe`: text and JSON, ports, exit codes, and that hostile text stays harmless."""

import json

import pytest

from smtplab.cli.commands.probe import ports_of
from smtplab.cli.main import run
from smtplab.workbench.target import parse_target
from tests.wire.name_server import without_dnspython

FAST = ("--time-scale", "0.1")


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("mail.x.test", (25, 465, 587, 2525)),
        ("smtp://mail.x.test", (25, 465, 587, 2525)),
        ("mail.x.test:587", (587,)),
        ("smtp://mail.x.test:2525", (2525,)),
        ("smtps://mail.x.test", (465,)),
        ("[2001:db8::1]", (25, 465, 587, 2525)),
        ("[2001:db8::1]:26", (26,)),
        ("mx:x.test", (25,)),
        ("mx:x.test:2525", (2525,)),
        ("scenario:honest", ()),
    ],
)
def test_the_ports_that_are_looked_at(text, ports):
    assert ports_of(parse_target(text)) == ports


@pytest.mark.parametrize(
    ("scenario", "options", "code"),
    [
        ("honest", (), 0),
        ("honest", ("--base", "implicit"), 0),
        ("certificates/expired", (), 29),
        ("greeting/554", (), 21),
        ("ehlo/550", (), 22),
        ("starttls/stripped", (), 29),
        ("starttls/454", (), 29),
        ("starttls/keeps-commands", (), 0),
        ("starttls/keeps-commands", ("--test-injection",), 29),
        ("honest", ("--test-injection",), 0),
    ],
)
def test_exit_codes(scenario, options, code, capsys):
    assert run(["probe", f"scenario:{scenario}", *FAST, *options]) == code
    said = capsys.readouterr().out
    assert "greeting" in said
    assert ("BAD" in said) is (code != 0)


def test_the_names_that_scripts_rely_on(capsys):
    assert run(["probe", "scenario:certificates/expired", "--json", *FAST]) == 29
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    value = json.loads(said)
    assert value.keys() == {"target", "ports"}
    (port,) = value["ports"]
    facts = {"host", "port", "security", "verdict", "addresses", "stages", "greeting"}
    assert port.keys() >= facts | {"ehlo", "ehlo_tls", "tls", "certificates", "findings"}
    assert port["verdict"] == "bad"
    assert port["certificates"][0]["days_left"] < 0
    assert port["ehlo_tls"]["auth"] == ["PLAIN", "LOGIN", "CRAM-MD5"]
    assert [s["verdict"] for s in port["stages"] if s["stage"] == "certificate"] == ["bad"]


def test_nothing_answers(capsys):
    assert run(["probe", "127.0.0.1:1"]) == 2
    said = capsys.readouterr()
    assert "refused" in said.out
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("target", "code"), [("scenario:honset", 66), ("smtp://", 64), ("a b", 64), ("ftp://x", 64)]
)
def test_bad_input_is_one_clear_line(target, code, capsys):
    assert run(["probe", target]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("options", [(), ("--json",), ("--markdown",)])
@pytest.mark.parametrize("scenario", ["replies/control-characters", "greeting/http"])
def test_hostile_text_is_escaped(scenario, options, capsys):
    run(["probe", f"scenario:{scenario}", *FAST, *options])
    said = capsys.readouterr().out
    assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize("command", ["probe", "send", "shell"])
def test_a_domain_without_the_library_is_one_clear_line(command, capsys):
    words = [command, "mx:x.test"]
    if command != "probe":
        words += ["-f", "a@x.test", "-t", "b@x.test"]
    with without_dnspython():
        assert run(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "smtplab[mx]" in said.err
