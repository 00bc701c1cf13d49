"""The surroundings of a run: files, variables, and nothing of the user's own settings."""

import pytest

from smtplab.grading.environment import TRUST, Surroundings
from smtplab.grading.message import Message
from smtplab.grading.values import MissingValue

MESSAGE = Message("0007", "alice@lab.test", ("bob@lab.test", "carol@lab.test"))
WHERE = {"host": "localhost", "port": "2525"}


def surroundings(folder, **others) -> Surroundings:
    return Surroundings(folder / "run", MESSAGE, **others)


def test_the_values_are_complete(tmp_path):
    values = surroundings(tmp_path).prepare(WHERE, "implicit", ("alice", "s3cret"), b"PEM")
    assert values.text("scheme") == "smtps"
    assert values.text("address") == "localhost:2525"
    assert values.text("recipients", ",") == "bob@lab.test,carol@lab.test"
    with open(values.text("message_file"), "rb") as lf, open(values.text("ca_file"), "rb") as pem:
        assert b"\r" not in lf.read()
        assert pem.read() == b"PEM"
    with open(values.text("message_file_crlf"), "rb") as crlf:
        assert crlf.read().count(b"\r\n") == MESSAGE.lf.count(b"\n")


def test_absent_values_are_unset_and_nothing_is_empty(tmp_path):
    around = surroundings(tmp_path)
    values = around.prepare(WHERE, "none", None, b"PEM")
    found = around.variables(values, {"SMTPLAB_PASSWORD": "left over", "PATH": "/bin"})
    assert "SMTPLAB_PASSWORD" not in found
    assert "SMTPLAB_USERNAME" not in found
    assert "SMTPLAB_CONFIG_FILE" not in found
    assert all(found.values())
    assert found["PATH"] == "/bin"
    assert found["SMTPLAB_TLS"] == "none"
    assert found["SMTPLAB_RECIPIENTS"] == "bob@lab.test,carol@lab.test"
    assert {found[name] for name in TRUST} == {values.text("ca_file")}


def test_the_home_is_fresh_and_proxies_are_gone(tmp_path):
    around = surroundings(tmp_path)
    values = around.prepare(WHERE, "none", None, b"")
    mine = {"HOME": "/home/me", "XDG_CONFIG_HOME": "/home/me/.config", "https_proxy": "http://x"}
    found = around.variables(values, mine)
    assert found["HOME"] == str(tmp_path / "run" / "home")
    assert "XDG_CONFIG_HOME" not in found
    assert "https_proxy" not in found


def test_the_home_is_kept_when_asked(tmp_path):
    around = surroundings(tmp_path, keep_home=True)
    values = around.prepare(WHERE, "none", None, b"")
    assert around.variables(values, {"HOME": "/home/me"})["HOME"] == "/home/me"


def test_a_config_file_is_rendered(tmp_path):
    around = surroundings(tmp_path, config_template="port {port}\n{auth?user {username}\n}")
    values = around.prepare(WHERE, "none", ("alice", "x"), b"")
    with open(values.text("config_file")) as file:
        assert file.read() == "port 2525\nuser alice\n"


def test_without_a_config_template_there_is_no_config_file(tmp_path):
    values = surroundings(tmp_path).prepare(WHERE, "none", None, b"")
    with pytest.raises(MissingValue, match="--config-template FILE"):
        values.text("config_file")
