"""Every option of a session is read: none is declared and then forgotten."""

import argparse
import dataclasses

import pytest

from smtplab.cli.option_groups import add_session_options
from smtplab.cli.options import read_options
from smtplab.client.settings import Helo, InitialResponse, Login, Security, Smtputf8
from smtplab.client.steps import Stage
from smtplab.wire.addresses import Way
from smtplab.workbench.options import Options, OptionsError


def parsed(*words: str) -> Options:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_session_options(parser)
    return read_options(parser.parse_args(words))


READ = [
    # words -> the fields that differ from a session without options
    (("-f", "a@b.test"), {"sender": "a@b.test"}),
    (("-t", "a@b.test", "--to", "c@d.test"), {"recipients": ("a@b.test", "c@d.test")}),
    (("--ehlo", "me"), {"ehlo_name": "me"}),
    (("--dsn-notify", "success,delay"), {"rcpt_parameters": (("NOTIFY", "SUCCESS,DELAY"),)}),
    (("--dsn-ret", "hdrs"), {"mail_parameters": (("RET", "HDRS"),)}),
    (("--dsn-envid", "a+b c"), {"mail_parameters": (("ENVID", "a+2Bb+20c"),)}),
    (("--orcpt",), {"orcpt": True}),
    (("--mail-param", "BY=1;R"), {"mail_parameters": (("BY", "1;R"),)}),
    (("--rcpt-param", "X"), {"rcpt_parameters": (("X", None),)}),
    (("--subject", "x"), {"subject": "x"}),
    (("--body", "x"), {"body": "x"}),
    (("--cc", "a@b.test"), {"cc": ("a@b.test",)}),
    (("--bcc", "a@b.test"), {"bcc": ("a@b.test",)}),
    (("--html", "<b>"), {"html": "<b>"}),
    (("--header", "Subject: x: y"), {"headers": (("Subject", "x: y"),)}),
    (("--add-header", "X:"), {"added_headers": (("X", ""),)}),
    (("--charset", "x"), {"charset": "x"}),
    (("--sni", ""), {"sni": ""}),
    (("--tls-min", "1.0"), {"tls_minimum": "1.0"}),
    (("--tls-max", "1.3"), {"tls_maximum": "1.3"}),
    (("--ciphers", "x"), {"ciphers": "x"}),
    (("--login", "optional"), {"login": Login.OPTIONAL}),
    (("-4",), {"way": Way(4)}),
    (("-6", "--source", "[::1]:9"), {"way": Way(6, ("::1", 9))}),
    (("--source", "::1"), {"way": Way(0, ("::1", 0))}),
    (("--stop-after", "ehlo"), {"stop_after": Stage.EHLO}),
    (("--drop-after", "rcpt"), {"stop_after": Stage.RCPT, "drop": True}),
    (("--drop-after-send", "data"), {"drop_after_send": Stage.DATA}),
    (("--helo", "only"), {"helo": Helo.ONLY}),
    (("--smtputf8", "off"), {"smtputf8": Smtputf8.OFF}),
    (("--initial-response", "on"), {"initial_response": InitialResponse.ON}),
    (("--tls", "if-offered"), {"security": Security.IF_OFFERED}),
    (("--raw-data",), {"raw_content": True}),
    (("--repeat", "3"), {"repeat": 3}),
    (("--lmtp",), {"lmtp": True}),
    (("--pipeline",), {"pipelining": True}),
    (("--bdat", "100"), {"chunk_size": 100}),
    (("--xclient", "ADDR=192.0.2.1"), {"xclient": ("ADDR=192.0.2.1",)}),
    (("--proxy", "1"), {"proxy_header": b"PROXY UNKNOWN\r\n"}),
    (
        ("--proxy", "1", "--proxy-source", "192.0.2.1:1", "--proxy-destination", "192.0.2.2:25"),
        {"proxy_header": b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"},
    ),
    (("--proxy-raw", r"PROXY x\r\n\x00"), {"proxy_header": b"PROXY x\r\n\0"}),
    (("--retry", "5m,15m"), {"retries": (300.0, 900.0)}),
    (("-u", "me"), {"username": "me"}),
    (("--password", "x"), {"password": "x"}),
    (("--token", "x"), {"token": "x"}),
    (("--authzid", "x"), {"authzid": "x"}),
    (("--auth", "plain"), {"mechanism": "PLAIN"}),
    (("--auth-in-clear",), {"auth_in_clear": True}),
    (("--no-verify",), {"verify": False}),
    (("--server-name", "x"), {"server_name": "x"}),
    (("--timeout", "5"), {"timeout": 5.0}),
    (("--time-scale", "5"), {"time_scale": 5.0}),
    (("--with-keys",), {"keep_keys": True}),
    (("--reveal-secrets",), {"reveal_secrets": True}),
    (("--base", "plain"), {"base": "plain"}),
    (("--no-auth",), {"auth": False}),
]


@pytest.mark.parametrize(("words", "fields"), READ)
def test_an_option_changes_what_it_is_for(words, fields, monkeypatch):
    for variable in ("SMTPLAB_PASSWORD", "SMTPLAB_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    plain, chosen = parsed(), parsed(*words)
    changed = {
        f.name: getattr(chosen, f.name)
        for f in dataclasses.fields(Options)
        if getattr(chosen, f.name) != getattr(plain, f.name)
    }
    assert changed == fields


def test_without_options_all_is_as_a_session_is_by_itself(monkeypatch):
    for variable in ("SMTPLAB_PASSWORD", "SMTPLAB_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    assert parsed() == Options()


@pytest.mark.parametrize("kind", ["password", "token"])
def test_a_secret_comes_from_a_file_or_the_environment(kind, tmp_path, monkeypatch):
    file = tmp_path / "secret"
    file.write_text("open-sesame\nsecond line\n")
    assert getattr(parsed(f"--{kind}-file", str(file)), kind) == "open-sesame"
    monkeypatch.setenv(f"SMTPLAB_{kind.upper()}", "from outside")
    assert getattr(parsed(), kind) == "from outside"
    assert getattr(parsed(f"--{kind}-file", str(file)), kind) == "open-sesame"
    file.write_text("")
    with pytest.raises(OptionsError, match="empty"):
        parsed(f"--{kind}-file", str(file))


def test_several_files_are_several_messages(tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
    options = parsed(*(word for path in paths for word in ("--data", str(path))))
    assert (options.content, options.further) == (b"a", (b"b", b"c"))


def test_ends_that_do_not_go_together_are_refused():
    with pytest.raises(OptionsError, match="both"):
        parsed("--proxy", "2", "--proxy-source", "[::1]:1", "--proxy-destination", "192.0.2.2:25")


def test_files_become_text_attachments_and_authorities(tmp_path):
    one, two = tmp_path / "one.txt", tmp_path / "two.pem"
    one.write_text("hé", encoding="utf-8")
    two.write_bytes(b"pem")
    options = parsed(
        "--body", f"@{one}", "--html", f"@{one}", "--attach", str(one), "--attach",
        f"text/csv:{two}", "--ca-file", str(tmp_path), "--client-cert", str(two),
    )  # fmt: skip
    assert (options.body, options.html) == ("hé", "hé")
    kinds = [(a.name, a.types, a.data) for a in options.attachments]
    assert kinds == [
        ("one.txt", ("text", "plain"), "hé".encode()),
        ("two.pem", ("text", "csv"), b"pem"),
    ]
    assert options.ca_pem == "hé\npem".encode()
    assert (options.client_chain_pem, options.client_key_pem) == (b"pem", b"pem")


def test_a_password_is_asked_for_only_where_it_can_be_hidden(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: "typed")
    assert parsed("--ask-password").password == "typed"

    def no_terminal(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", no_terminal)
    with pytest.raises(OptionsError, match="no terminal"):
        parsed("--ask-password")
