"""`smtplab explain`: text and JSON, exit codes, and that nothing hostile or secret gets through."""

import io
import json
import sys

import pytest

from smtplab.cli.main import run


class Pipe:
    """Something on stdin."""

    def __init__(self, octets: bytes) -> None:
        self.buffer = io.BytesIO(octets)

    def isatty(self) -> bool:
        return False


def piped(monkeypatch: pytest.MonkeyPatch, octets: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe(octets))


def test_a_code_in_words(capsys):
    assert run(["explain", "535"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("535: ")
    assert "RFC 4954" in said


def test_several_words_are_one_reply(capsys):
    assert run(["explain", "550", "5.1.1", "user", "unknown"]) == 0
    assert "recipient-unknown" in capsys.readouterr().out


def test_json_is_one_object_with_the_names_that_scripts_rely_on(capsys):
    assert run(["explain", "5.7.8", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value.keys() == {"what", "explanations", "nearest"}
    assert value["what"] == "5.7.8"
    (one,) = value["explanations"]
    assert one.keys() == {"kind", "subject", "title", "clause", "rows", "pieces"}


def test_what_is_not_known_has_neighbours(capsys):
    assert run(["explain", "CHUNKNG"]) == 66
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "CHUNKING" in said.err
    assert run(["explain", "CHUNKNG", "--json"]) == 66
    assert json.loads(capsys.readouterr().out)["nearest"] == ["CHUNKING"]


@pytest.mark.parametrize("words", [["explain"], ["explain", "-"]])
def test_it_reads_stdin(words, capsys, monkeypatch):
    piped(monkeypatch, b"<-  550-5.1.1 no\r\n<-  550 5.1.1 such user\r\n -> QUIT\r\n")
    assert run(words) == 0
    assert "QUIT" in capsys.readouterr().out


def test_nothing_to_explain(capsys, monkeypatch):
    piped(monkeypatch, b" \n")
    assert run(["explain"]) == 64
    assert capsys.readouterr().out == ""


HOSTILE = b"550 5.1.1 \x1b[2J\x07 \xff\xc2\x9b31m no\r\n"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_hostile_text_is_escaped(options, capsys, monkeypatch):
    piped(monkeypatch, HOSTILE)
    assert run(["explain", *options]) == 0
    said = capsys.readouterr().out
    assert said.replace("\n", "").isprintable()


SECRET = "AGFsaWNlAG9wZW4tc2VzYW1l"


@pytest.mark.parametrize("what", [SECRET, f"AUTH PLAIN {SECRET}"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_password_is_covered_unless_asked_for(what, options, capsys):
    assert run(["explain", what, *options]) == 0
    said = capsys.readouterr().out
    assert "open-sesame" not in said
    assert SECRET not in said
    assert "alice" in said
    assert run(["explain", what, *options, "--reveal-secrets"]) == 0
    assert "open-sesame" in capsys.readouterr().out
