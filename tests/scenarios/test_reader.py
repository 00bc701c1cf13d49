"""Scenario files with mistakes: all are reported at once, each with its place and in words."""

from pathlib import Path

import pytest

from smtplab.scenarios.reader import LARGEST, ScenarioError, read_file, read_text

HEAD = "title: T\nseverity: info\nstory: S\n"
FOLDER = Path(__file__).parent / "broken"

BROKEN = [
    ('',
     ['1:1: the file is empty']),
    ('# nothing\n',
     ['1:1: the file is empty']),
    ('- a\n- b\n',
     ['1:1: a scenario begins with keys such as `title:`']),
    ('just text\n',
     ['1:1: a scenario begins with keys such as `title:`']),
    ('title: T\n',
     ['1:1: the key `severity` is missing', '1:1: the key `story` is missing']),
    (HEAD + 'titel: x\n',
     ['4:1: unknown key `titel`, did you mean `title`?']),
    ('title: T\nseverity: mail_loss\nstory: S\n',
     ['2:11: `mail_loss` is not possible here, did you mean `mail-loss`?']),
    (HEAD + 'title: U\n',
     ['4:1: the key `title` is given twice']),
    ('title: a: b\nseverity: info\nstory: S\n',
     ['1:9: this is no YAML: mapping values are not allowed here (a text with `: ` in it needs quotes)']),  # noqa: E501
    ('title: T\n\tseverity: info\n',
     ["2:1: this is no YAML: found character '\\t' that cannot start any token (indent with spaces)"]),  # noqa: E501
    (HEAD + 'tags: [a, b\n',
     ["5:1: this is no YAML: expected ',' or ']', but got '<stream end>' (in [ ] a comma ends the item: quote the text)"]),  # noqa: E501
    (HEAD + 'rules: [{at: mail, do: [{reply: 550 no, never}]}]\n',
     ['4:41: unknown key `never`: one of reply, pass, send, fill, wait, read, shape, hang, close, tls, note']),  # noqa: E501
    (HEAD + 'rules:\n  - at: @mail\n',
     ["5:9: this is no YAML: found character '@' that cannot start any token (quote the text)"]),
    (HEAD + 'rules: &a []\nexpect: *a\n',
     ['4:8: aliases such as `*name` are not possible here']),
    (HEAD + 'tags: !!python/object:os.system [a]\n',
     ['4:7: tags such as `tag:yaml.org,2002:python/object:os.syste` are not possible here']),
    (HEAD + 'rules:\n  - at: mial\n    do: [{reply: 250 ok}]\n',
     ['5:9: `mial` is not possible here, did you mean `mail`?']),
    (HEAD + 'rules:\n  - at: mail\n    do:\n      - repyl: 250 ok\n',
     ['7:9: unknown key `repyl`, did you mean `reply`?']),
    (HEAD + 'rules:\n  - at: mail\n    do:\n      - {reply: 250 ok, close: fin}\n',
     ['7:9: an action has exactly one of: reply, pass, send, fill, wait, read, shape, hang, close, tls, note']),  # noqa: E501
    (HEAD + 'rules:\n  - at: mail\n    do: []\n',
     ['6:9: Expected at least one item']),
    (HEAD + 'rules:\n  - at: mail\n',
     ['5:5: the key `do` is missing']),
    (HEAD + 'rules:\n  - at: mail\n    when: {yunger: 5s}\n    do: [{reply: 451 no}]\n',
     ['6:12: unknown key `yunger`, did you mean `younger`?']),
    (HEAD + 'rules:\n  - at: mail\n    when: {younger: 5 seconds}\n    do: [{wait: soon}]\n',
     ['6:21: this does not have the right form; for example 5s, 200ms, 5m, 1h30m', '7:17: this does not have the right form; for example 5s, 200ms, 5m, 1h30m']),  # noqa: E501
    (HEAD + 'rules:\n  - at: mail\n    when: {nth: 1-2}\n    do: [{reply: 451 no}]\n',
     ['6:17: this does not have the right form; for example 2, 1..2, 3..']),
    (HEAD + 'rules:\n  - at: mail\n    when: {rate: often}\n    do: [{reply: 451 no}]\n',
     ['6:18: this does not have the right form; for example 5/1m']),
    (HEAD + 'rules:\n  - at: mail\n    do: [{reply: 451}]\n',
     ['6:18: Expected text or a list, got a whole number (quote it to make it text)']),
    (HEAD + 'server: {auth: {needs_tls: yes}}\n',
     ['4:28: Expected true or false, got text']),
    (HEAD + 'server: {tls: {cert: expird}}\n',
     ['4:22: `expird` is not possible here, did you mean `expired`?']),
    (HEAD + 'server: {auth: {mechs: [PLAIN, CRAM-MD6]}}\n',
     ['4:32: `CRAM-MD6` is not possible here, did you mean `CRAM-MD5`?']),
    (HEAD + 'server: {ehlo: [-SIZE, X]}\n',
     ['4:9: an EHLO list is either edits with + and -, or the whole list']),
    (HEAD + 'server: {size: -1}\n',
     ['4:16: Expected a whole number >= 1']),
    (HEAD + 'expect:\n  - must: {deliver: 1}\n    must-not: {quit: true}\n    because: B\n',
     ['5:5: an expectation has either `must` or `must-not`']),
    (HEAD + 'expect:\n  - must: {deliver: 1}\n',
     ['5:5: the key `because` is missing']),
    (HEAD + 'expect:\n  - must: {}\n    because: B\n',
     ['5:11: a claim is empty: it says nothing that could be checked']),
    (HEAD + 'links: [rfc5321]\n',
     ['4:9: this does not have the right form; for example RFC 5321#4.2, CVE-2011-0411, https://example.org/']),
    (HEAD + '? [a, b]\n: c\n',
     ['4:3: a key is a plain word']),
    (HEAD + 'rules: null\n',
     ['4:8: Expected a list, got nothing']),
    ('title: a\x00b\n',
     ['1:1: this is no YAML: unacceptable character #x0000: special characters are not allowed']),
    (HEAD + 'server: {users: {}}\n',
     ['4:17: Expected at least one key with its value']),
    (HEAD + 'server: {users: {alice: 5}}\n',
     ['4:17: Expected text, got a whole number (quote it to make it text)']),
    (HEAD + 'rules:\n  - at: mail\n    when: {nth: 3..1}\n    do: [{reply: 451 no}]\n',
     ['6:11: the range 3..1 goes backwards']),
    (HEAD + 'rules:\n  - at: mail\n    when: {nth: 0}\n    do: [{reply: 451 no}]\n',
     ['6:17: Expected a whole number >= 1']),
]  # fmt: skip


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_text(text.encode(), "x.yaml", "x")
    return [f"{p.line}:{p.column}: {p.message}" for p in caught.value.problems]


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_each_mistake_in_words(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_all_mistakes_of_a_file_at_once() -> None:
    file = FOLDER / "many-mistakes.yaml"
    with pytest.raises(ScenarioError) as caught:
        read_text(file.read_bytes(), file.name, "many-mistakes")
    assert f"{caught.value}\n" == file.with_suffix(".txt").read_text()


def test_what_was_pulled_out_does_not_move_the_places_of_the_rest() -> None:
    text = HEAD + "tags: [1, a, 2, b, 3]\n"
    assert [line.split(":")[1] for line in problems(text)] == ["8", "14", "20"]


def test_the_report_is_bounded() -> None:
    assert len(problems(HEAD + "links:\n" + "  - x\n" * 1000)) == 50


@pytest.mark.parametrize(
    ("octets", "complaint"),
    [
        (b"title: \xff\n", "x.yaml:1:1: this is not UTF-8 text"),
        (b"title: a\nstory: \xff\n", "x.yaml:2:1: this is not UTF-8 text"),
        (b"#" * (LARGEST + 1), "x.yaml:1:1: the file is larger than 1,048,576 octets"),
        (b"a: " + b"[" * 5000, "x.yaml:1:1: this is no YAML: maximum recursion depth exceeded"),
        (b"a: " + b"[" * 300 + b"]" * 300, "x.yaml:1:1: "),
    ],
)
def test_what_is_no_scenario_at_all(octets: bytes, complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text(octets, "x.yaml", "x")
    assert str(caught.value).startswith(complaint)


def test_a_file_cannot_steer_a_terminal() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text(("titel: \x9b31mred\u202e\n").encode(), "x.yaml", "x")
    assert str(caught.value).replace("\n", "").isprintable()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none.yaml")


def test_a_file_is_called_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(HEAD)
    assert read_file(file).id == str(file)


PLAIN = [
    ("title: no", "no"), ("title: off", "off"), ("title: 1.2", "1.2"), ("title: '7'", "7"),
    ("title: 0x10", "0x10"), ("title: 2020-01-01", "2020-01-01"), ("title: 1_000", "1_000"),
    ("title: 007", "007"), ('title: "a\\x15\\r\\n"', "a\x15\r\n"), ("title: ~", "~"),
    ("title: yes # why", "yes"), ("title: |\n  a\n  b", "a\nb\n"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "title"), PLAIN)
def test_text_stays_what_it_looks_like(line: str, title: str) -> None:
    text = f"{line}\nseverity: info\nstory: S\n"
    assert read_text(text.encode(), "x.yaml", "x").title == title
