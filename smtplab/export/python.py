"""The same session as a program on Python's smtplib, command by command."""

from collections.abc import Iterator

from smtplab.client.settings import Security
from smtplab.export.replay import (
    CA_FILE,
    CERTIFICATE,
    PASSWORD,
    TOKEN,
    USERNAME,
    Login,
    Replay,
    Turn,
    replay_of,
)
from smtplab.export.shell import comment, script
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Transcript


def export(transcript: Transcript) -> bytes:
    """A program; it stops with one line when the connection or TLS breaks."""
    replay = replay_of(transcript)
    if not replay.host:
        reason = "the record has no connection"
        return script([*_introduction(replay), f"raise SystemExit({reason!r})"])
    return script(
        [
            *_introduction(replay),
            "import os",
            "import smtplib",
            *([] if replay.security is Security.PLAIN else ["import ssl"]),
            "",
            f"HOST, PORT = {_literal(replay.host)}, {replay.port}",
            *_credentials(replay.login),
            *_message(replay.content),
            *_context(replay),
            *SHOW.splitlines(),
            *_session(replay),
            *END.splitlines(),
        ]
    )


SHOW = '''

def show(line, reply):
    """Prints a command and its reply; gives the code."""
    code, text = reply
    print(line, code, text, sep='\\n  ', flush=True)
    return code


def session():
'''

END = """

try:
    session()
except (OSError, smtplib.SMTPException) as error:
    raise SystemExit(f'{type(error).__name__}: {error}') from error
"""


def _introduction(replay: Replay) -> list[str]:
    return ["#!/usr/bin/env python3", *comment(replay.introduction)]


def _credentials(login: Login | None) -> Iterator[str]:
    if login is not None:
        known = login.username is not None
        yield f"USERNAME = {_literal(login.username) if known else f'os.environ[{USERNAME!r}]'}"
        if login.secret is not None:
            yield f"{_secret(login)} = os.environ[{login.secret!r}]"


def _secret(login: Login) -> str:
    """What the secret is called in the program."""
    return "TOKEN" if login.secret == TOKEN else "PASSWORD"


def _message(content: bytes | None) -> Iterator[str]:
    if content is None:
        return
    yield "MESSAGE = ("
    for line in content.splitlines(keepends=True) or [b""]:
        yield f"    {line!r}"
    yield ")"


def _context(replay: Replay) -> Iterator[str]:
    if replay.security is Security.PLAIN:
        return
    yield ""
    if replay.server_name == replay.host:
        yield f"CONTEXT = ssl.create_default_context(cafile=os.environ.get({CA_FILE!r}))"
    else:
        yield from NAMED.splitlines()
        name = _literal(replay.server_name)
        yield f"            sock, *arguments, server_hostname={name}, **more"
        yield "        )"
        yield ""
        yield ""
        yield "CONTEXT = Named(ssl.PROTOCOL_TLS_CLIENT)"
        yield f"if os.environ.get({CA_FILE!r}):"
        yield f"    CONTEXT.load_verify_locations(os.environ[{CA_FILE!r}])"
        yield "else:"
        yield "    CONTEXT.load_default_certs()"
    if replay.shows_certificate:
        yield f"CONTEXT.load_cert_chain(os.environ[{CERTIFICATE!r}])"
    if not replay.verified:
        yield "CONTEXT.check_hostname = False"
        yield "CONTEXT.verify_mode = ssl.CERT_NONE"


NAMED = '''
class Named(ssl.SSLContext):
    """TLS with a server whose certificate has another name than the host."""

    def wrap_socket(self, sock, *arguments, server_hostname=None, **more):
        return super().wrap_socket('''


def _session(replay: Replay) -> Iterator[str]:
    yield f"    name = {_literal(replay.ehlo_name)}"
    if replay.security is Security.IMPLICIT:
        yield "    server = smtplib.SMTP_SSL("
        yield "        HOST, PORT, local_hostname=name, timeout=60, context=CONTEXT"
        yield "    )"
    else:
        yield "    server = smtplib.SMTP(HOST, PORT, local_hostname=name, timeout=60)"
    for index, turn in enumerate(replay.turns):
        before = replay.turns[index - 1] if index else None
        behind = replay.turns[index + 1] if index + 1 < len(replay.turns) else None
        for line in _turn(replay, turn, before, behind):
            yield f"    {line}"
    yield "    server.close()"


def _turn(replay: Replay, turn: Turn, before: Turn | None, behind: Turn | None) -> Iterator[str]:
    if turn.verb is Verb.AUTH:
        yield from _auth(replay.login)
    elif turn.verb is Verb.AUTH_RESPONSE:
        return  # smtplib answers the challenges itself
    elif turn.raw == replay.content and turn.replies == 1 and _is(before, Verb.DATA):
        yield "if code == 354:"
        yield "    server.send(MESSAGE)"
        yield "    show('the message', server.getreply())"
    elif turn.line is None or turn.replies != 1:
        yield f"server.send({turn.raw!r})"
        yield from [
            f"show({_literal(turn.line or turn.verb.value)}, server.getreply())"
        ] * turn.replies
    elif turn.verb is Verb.DATA:
        yield f"code = show({_literal(turn.line)}, server.docmd({_literal(turn.line)}))"
        if not _is(behind, Verb.CONTENT):
            yield "if code == 354:"
            yield "    raise SystemExit('the record has no message to go on with')"
    else:
        yield f"show({_literal(turn.line)}, {_call(turn)})"


def _is(turn: Turn | None, verb: Verb) -> bool:
    return turn is not None and turn.verb is verb


def _literal(value: str | None) -> str:
    """In ASCII, with all that does not print as an escape."""
    return ascii(value)


def _call(turn: Turn) -> str:
    line = turn.line or ""
    words = line.split(" ", 1)
    if turn.verb in (Verb.EHLO, Verb.HELO) and len(words) == 2:
        return f"server.{turn.verb.value.lower()}({_literal(words[1])})"
    if turn.has_tls_behind:
        return "server.starttls(context=CONTEXT)"
    if turn.verb is Verb.QUIT:
        return "server.quit()"
    return f"server.docmd({_literal(line)})"


ANSWERS: dict[str, str] = {
    "PLAIN": "server.auth_plain",
    "LOGIN": "server.auth_login",
    "CRAM-MD5": "server.auth_cram_md5",
    "XOAUTH2": r'lambda asked=None: f"user={USERNAME}\x01auth=Bearer {TOKEN}\x01\x01"',
    "OAUTHBEARER": r'lambda asked=None: f"n,a={USERNAME},\x01auth=Bearer {TOKEN}\x01\x01"',
    "EXTERNAL": "lambda asked=None: USERNAME",
    "ANONYMOUS": "lambda asked=None: USERNAME",
}
"""Mechanism -> what answers its challenges."""


def _auth(login: Login | None) -> Iterator[str]:
    if login is None or login.mechanism not in ANSWERS:
        yield "# smtplib does not know the mechanism of the session, and takes one that it knows."
        yield 'show("AUTH", server.login(USERNAME, PASSWORD))'
        return
    if login.secret == PASSWORD:
        yield "server.user, server.password = USERNAME, PASSWORD"
    yield f"answer = {ANSWERS[login.mechanism]}"
    initial = login.initial and login.username != ""  # smtplib cannot say "=" for nothing
    call = f"server.auth({login.mechanism!r}, answer, initial_response_ok={initial})"
    yield f"show({'AUTH ' + login.mechanism!r}, {call})"
