"""Command templates: what they come to, and what an error shows."""

import pytest

from smtplab.grading.template import Command, TemplateError, render_text
from smtplab.grading.values import NAMES, MissingValue, Values

SINGLE = {
    "host": "localhost", "port": "2525", "address": "localhost:2525", "scheme": "smtp",
    "sender": "alice@lab.test", "recipient": "bob@lab.test", "subject": "Hello there",
    "ca_file": "/run/ca.pem", "username": "alice", "password": "p:w%d !",
}  # fmt: skip


def values(tls: str = "starttls", *, auth: bool = True, recipients=("b@x", "c@x")) -> Values:
    absent = () if auth else ("username", "password")
    single = {name: value for name, value in SINGLE.items() if name not in absent}
    return Values(single, tuple(recipients), tls, auth)


WHOLE = "send '{tls? --tls {ca_file}}' {auth?--user {username}:{password:url}} {recipients}"

CASES = [
    ("a plain word", ["send", "--now"], values(), ["send", "--now"]),
    ("a value", ["send", "{host}:{port}"], values(), ["send", "localhost:2525"]),
    ("a value with a blank stays one word", ["send", "{subject}"], values(),
     ["send", "Hello there"]),
    ("a word with a blank stays one word", ["send", "a {port} b"], values(), ["send", "a 2525 b"]),
    ("for a URL", ["{password:url}"], values(), ["p%3Aw%25d%20%21"]),
    ("a group of several words", ["send", "{auth? --user {username}:{password}}"], values(),
     ["send", "--user", "alice:p:w%d !"]),
    ("it vanishes", ["send", "{auth? --user {username}}", "x"], values(auth=False), ["send", "x"]),
    ("a group inside a word", ["{scheme}{implicit?s}://x"], values("implicit"), ["smtps://x"]),
    ("it vanishes from the word", ["{scheme}{implicit?s}://x"], values(), ["smtp://x"]),
    ("a word of nothing but vanished groups vanishes", ["a", "{implicit?x}{plain?y}"], values(),
     ["a"]),
    ("an empty word stays", ["a", ""], values(), ["a", ""]),
    ("groups inside groups", ["a", "{tls? --t {auth? --u {username}} z}"], values(),
     ["a", "--t", "--u", "alice", "z"]),
    ("a word for each recipient", ["a", "--to={recipients}"], values(),
     ["a", "--to=b@x", "--to=c@x"]),
    ("words for each recipient", ["a", "{each? --rcpt <{recipient}>}"], values(),
     ["a", "--rcpt", "<b@x>", "--rcpt", "<c@x>"]),
    ("recipients joined", ["a", "{recipients:, }"], values(), ["a", "b@x, c@x"]),
    ("braces", ["{{{port}}}", "a{{b"], values(), ["{2525}", "a{b"]),
    ("one text for it all", [WHOLE], values(),
     ["send", "--tls", "/run/ca.pem", "--user", "alice:p%3Aw%25d%20%21", "b@x", "c@x"]),
    ("quotes in a group", ["a", "{tls? --x 'a b {port}'}"], values(), ["a", "--x", "a b 2525"]),
    ("no login", ["a", "{noauth? --anonymous}"], values(auth=False), ["a", "--anonymous"]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "given", "wanted"), [c[1:] for c in CASES],
                         ids=[c[0] for c in CASES])  # fmt: skip
def test_a_command_is_rendered(words, given, wanted):
    assert Command.parse(words).render(given) == wanted


ERRORS = [
    (["send", "{prot}"], "argument 2, column 2: 'prot' is no placeholder, did you mean 'port'?"),
    (["send {hots}"], "column 7: 'hots' is no placeholder, did you mean 'host'?"),
    (["a", "{tsl? x}"], "column 2: 'tsl' is no condition, did you mean 'tls'?"),
    (["a", "{zzzz? x}"], "'zzzz' is no condition; there are tls, starttls"),
    (["a", "x{port"], "column 2: a { without its }; write {{ for a brace"),
    (["a", "x}"], "column 2: a } without its {; write }} for a brace"),
    (["a", "{tls? x"], "column 1: this group is not closed by a }"),
    (["a", "{port:hex}"], "{port} has no form 'hex'; there is {port:url}"),
    (["a 'b"], "column 3: a ' is not closed"),
    ([], "there is no command"),
    ([" "], "there is no command"),
]


@pytest.mark.parametrize(("words", "message"), ERRORS)
def test_an_error_names_the_place(words, message):
    with pytest.raises(TemplateError) as caught:
        Command.parse(words)
    assert message in str(caught.value)


def test_an_error_points_at_the_column():
    with pytest.raises(TemplateError) as caught:
        Command.parse(["send --port {prot}"])
    lines = str(caught.value).splitlines()
    assert lines[1].index("prot") == lines[2].index("^")


def test_an_absent_value_says_what_to_do():
    with pytest.raises(MissingValue, match=r"put it into a group, \{auth\? \.\.\.\}"):
        Command.parse(["a", "{username}"]).render(values(auth=False))


def test_a_configuration_file_is_rendered_line_by_line():
    source = "host {host}\n{auth?user {username}\npassword {password}\n}tls {tls? on}{plain? off}\n"
    assert render_text(source, values("none", auth=False)) == "host localhost\ntls  off\n"
    with pytest.raises(TemplateError, match=r"line 2, column 7: 'prot' is no placeholder"):
        render_text("host x\nport {prot}\n", values())


def test_the_names_in_use_are_known():
    assert Command.parse([WHOLE]).names == {"ca_file", "username", "password", "recipients"}
    assert "each" in Command.parse(["a", "{each?{recipient}}"]).names


def test_every_placeholder_can_be_parsed():
    for name in NAMES:
        Command.parse(["x", f"{{{name}}}"])
