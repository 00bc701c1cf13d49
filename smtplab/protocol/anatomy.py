"""A command line taken apart, each piece with a word on what it is for."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from smtplab.protocol.replies import readable
from smtplab.protocol.verbs import Verb, verb_of


class Token(NamedTuple):
    """A piece of a line; `kind` names its role, `note` explains it in words."""

    text: str
    kind: str
    note: str


VERB_NOTES: dict[Verb, str] = {
    Verb.EHLO: "says hello and asks for the list of extensions",
    Verb.HELO: "says hello the old way: no extensions",
    Verb.LHLO: "says hello in LMTP and asks for the list of extensions",
    Verb.STARTTLS: "asks to go on with TLS on this connection",
    Verb.AUTH: "begins a login",
    Verb.MAIL: "opens a transaction and names the sender",
    Verb.RCPT: "adds one recipient",
    Verb.DATA: "asks to send the message now",
    Verb.BDAT: "sends a counted piece of the message",
    Verb.BDAT_LAST: "sends the last counted piece of the message",
    Verb.XCLIENT: "says for whom a proxy speaks",
    Verb.RSET: "drops the transaction; the connection stays",
    Verb.NOOP: "does nothing; the server answers 250",
    Verb.VRFY: "asks whether an address exists",
    Verb.EXPN: "asks who is on a list",
    Verb.HELP: "asks for help in words",
    Verb.QUIT: "ends the session politely",
}

PARAMETERS: dict[str, str] = {
    "SIZE": "how many octets the message will have (RFC 1870 §6)",
    "BODY": "what octets the body may hold (RFC 6152 §3)",
    "SMTPUTF8": "addresses or headers are in UTF-8 (RFC 6531 §3.4)",
    "AUTH": "who submitted the message first; <> means unknown (RFC 4954 §5)",
    "RET": "what a bounce should bring back: FULL or HDRS (RFC 3461 §4.3)",
    "ENVID": "a name of yours for this message, repeated in reports (RFC 3461 §4.4)",
    "NOTIFY": "when you want a delivery report (RFC 3461 §4.1)",
    "ORCPT": "the recipient as first written (RFC 3461 §4.2)",
    "REQUIRETLS": "deliver over verified TLS or not at all (RFC 8689 §2)",
    "BY": "deliver within this many seconds (RFC 2852)",
    "HOLDFOR": "hold the message for this many seconds (RFC 4865)",
    "HOLDUNTIL": "hold the message until this moment (RFC 4865)",
    "MT-PRIORITY": "how urgent the message is, -9 to 9 (RFC 6710)",
    "RRVS": "only if the mailbox has the same owner since then (RFC 7293)",
}
"""Parameters of MAIL and RCPT -> what they say."""

BODY_VALUES: dict[str, str] = {
    "7BIT": "the body is ASCII alone",
    "8BITMIME": "the body may hold octets above 127",
    "BINARYMIME": "the body is no lines of text at all; it needs BDAT",
}

_WORD = re.compile(r"\S+")

_PATH = re.compile(r'\s*(<(?:"(?:\\.|[^"\\])*"|[^">])*>|\S+)')


def anatomy(line: bytes) -> tuple[Token, ...]:
    """The pieces of a command line in their order; the spaces between them are left out."""
    text = readable(line.rstrip(b"\r\n"))
    word = _WORD.search(text)
    if word is None:
        return ()
    verb = verb_of(line)
    if verb is Verb.UNKNOWN:
        return (Token(text.strip(), "text", "no command that SMTP knows"),)
    first = Token(word[0], "verb", VERB_NOTES[verb])
    rest = text[word.end() :]
    return (first, *ARGUMENTS.get(verb, _surplus)(rest))


def _hello(rest: str) -> Iterator[Token]:
    name, *more = rest.split(None, 1)
    yield Token(name, "domain", _name_note(name))
    for text in more:
        yield Token(text, "text", "one name is all that belongs here")


def _name_note(name: str) -> str:
    if name.startswith("["):
        return "your address as a literal: for hosts without a name (RFC 5321 §4.1.3)"
    if "." not in name:
        return "a name without a dot; servers on the Internet may refuse it"
    return "the name of the host that you send from"


def _login(rest: str) -> Iterator[Token]:
    mechanism, *more = rest.split(None, 1)
    yield Token(mechanism, "mechanism", "how to log in, from the list that EHLO gave")
    for text in more:
        yield Token(text, "initial-response", _initial_note(text))


def _initial_note(text: str) -> str:
    if text == "=":
        return "an initial response of no octets (RFC 4954 §4)"
    return "the first message of the login, in base64: anybody can decode it"


def _envelope(rest: str) -> Iterator[Token]:
    head, colon, tail = rest.partition(":")
    role = head.strip().upper()
    if not colon or role not in _ROLES:
        yield Token(rest.strip(), "text", "FROM: or TO: is missing here")
        return
    yield Token(head.strip() + colon, "keyword", _ROLES[role])
    if tail != tail.lstrip():
        yield Token(" ", "space", "no space belongs here; strict servers say 501")
    path = _PATH.match(tail)
    if path is None:
        return
    yield Token(path[1], "path", _path_note(path[1], role))
    yield from map(_parameter, tail[path.end() :].split())


_ROLES = {"FROM": "the reverse-path follows", "TO": "the forward-path follows"}


def _path_note(path: str, role: str) -> str:
    if not path.startswith("<"):
        return "an address belongs in angle brackets (RFC 5321 §4.1.2)"
    if role == "TO":
        return "a recipient; the To: header is not looked at"
    if path == "<>":
        return "the null reverse-path: nobody wants a bounce of this (RFC 5321 §4.5.5)"
    return "where bounces go; the From: header is not looked at"


def _parameter(text: str) -> Token:
    keyword, _, value = text.partition("=")
    name = keyword.upper()
    note = PARAMETERS.get(name, "a parameter that is not in our list")
    if name == "BODY" and value.upper() in BODY_VALUES:
        note = f"{BODY_VALUES[value.upper()]} (RFC 6152 §3)"
    return Token(text, "parameter", note)


def _whole(note: str) -> Callable[[str], Iterator[Token]]:
    def tokens(rest: str) -> Iterator[Token]:
        yield Token(rest.strip(), "argument", note)

    return tokens


def _surplus(rest: str) -> Iterator[Token]:
    if rest.strip():
        yield Token(rest.strip(), "text", "this command takes no argument; 501 is the answer")


def _if_any(read: Callable[[str], Iterator[Token]]) -> Callable[[str], Iterator[Token]]:
    def tokens(rest: str) -> Iterator[Token]:
        return read(rest) if rest.strip() else iter(())

    return tokens


ARGUMENTS: dict[Verb, Callable[[str], Iterator[Token]]] = {
    Verb.EHLO: _if_any(_hello),
    Verb.HELO: _if_any(_hello),
    Verb.AUTH: _if_any(_login),
    Verb.MAIL: _if_any(_envelope),
    Verb.RCPT: _if_any(_envelope),
    Verb.VRFY: _if_any(_whole("the name or address that you ask about")),
    Verb.EXPN: _if_any(_whole("the list that you ask about")),
    Verb.HELP: _if_any(_whole("what you want help with")),
    Verb.NOOP: _if_any(_whole("is ignored (RFC 5321 §4.1.1.9)")),
}
"""Verb -> what reads the text behind it; all others take no argument."""
