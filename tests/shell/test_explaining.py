"""What `?` says: the same as `smtplab explain`."""

import pytest

from smtplab.cli.main import run
from smtplab.shell.explaining import explain_text


@pytest.mark.parametrize(
    "what",
    [
        "535",
        "5.7.8",
        "CHUNKING",
        "mail",
        "starttls",
        "ehlo-tls",
        "relay-denied",
        "550 5.1.1 user unknown",
        "RCPT TO:<bob@lab.test> NOTIFY=NEVER",
        "AUTH PLAIN AGFsaWNlAG9wZW4tc2VzYW1l",
    ],
)
@pytest.mark.parametrize("reveal", [False, True])
def test_it_says_what_the_command_says(what, reveal, capsys):
    assert run(["explain", what, *(["--reveal-secrets"] if reveal else [])]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line]
    assert explain_text(what, reveal=reveal) == said
    assert ("open-sesame" in " ".join(said)) is (reveal and what.startswith("AUTH"))


@pytest.mark.parametrize(
    ("what", "has"), [("nonsense\x1b[31m", "nothing is known"), ("CHUNKNG", "CHUNKING")]
)
def test_what_is_not_known(what, has):
    (line,) = explain_text(what, reveal=False)
    assert has in line
    assert "\x1b" not in line
