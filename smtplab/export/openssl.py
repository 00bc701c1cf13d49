"""The same session as a dialogue through `openssl s_client`, for a POSIX shell.

Each line waits for the reply to the one before. A session without TLS has nothing for openssl to
do: there bash's own connection takes its place.
"""

import ipaddress
from collections.abc import Iterator

from smtplab.client.settings import Security
from smtplab.export.replay import (
    CA_FILE,
    CERTIFICATE,
    PASSWORD,
    USERNAME,
    Login,
    Replay,
    Turn,
    replay_of,
)
from smtplab.export.shell import comment, octal, printing, script, word
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Transcript
from smtplab.transcript.escaping import escape


def export(transcript: Transcript) -> bytes:
    """A script; it stops with one line when the connection breaks."""
    return script(_lines(replay_of(transcript)))


def _lines(replay: Replay) -> Iterator[str]:
    plain = replay.security is Security.PLAIN
    yield "#!/bin/bash" if plain else "#!/bin/sh"
    yield from comment(replay.introduction)
    if plain:
        yield "# The session had no TLS: bash connects, in place of openssl."
    if not replay.host:
        yield "echo 'the record has no connection' >&2"
        yield "exit 1"
        return
    turns, left_out = _turns(replay)
    yield from comment(f"Left out, since openssl cannot do it: {what}" for what in left_out)
    yield from _credentials(replay.login)
    yield from _connect_plain(replay) if plain else _connect(replay)
    yield from DIALOGUE.splitlines()
    if replay.security is not Security.STARTTLS:
        yield "reply"
    for index, turn in enumerate(turns):
        yield from _turn(replay, turn, turns[index + 1] if index + 1 < len(turns) else None)
    if not turns or turns[-1].verb is not Verb.QUIT:
        yield "say QUIT"


def _credentials(login: Login | None) -> Iterator[str]:
    if login is None:
        return
    if login.secret is not None:
        yield f': "${{{login.secret}:?is not set}}"'
    if login.username is None:
        yield f'username="${{{USERNAME}:?is not set}}"'
    else:
        yield f"username={word(login.username)}"


def _connect(replay: Replay) -> Iterator[str]:
    yield "folder=$(mktemp -d) || exit 1"
    yield "server="
    yield """trap 'kill $server 2>/dev/null; rm -rf "$folder"' EXIT"""
    yield 'mkfifo "$folder/to" "$folder/from" || exit 1'
    words = [f"openssl s_client -quiet -connect {word(replay.address)}"]
    name = word(replay.server_name)
    words.append(f"-servername {name}")
    if replay.verified:
        kind = "ip" if _is_address(replay.server_name) else "hostname"
        words.append(f"-verify_return_error -verify_{kind} {name}")
        words.append(f'${{{CA_FILE}:+-CAfile "${CA_FILE}"}}')
    if replay.shows_certificate:
        words.append(f'-cert "${CERTIFICATE}"')
    if replay.security is Security.STARTTLS:
        words.append(f"-starttls smtp -name {word(replay.ehlo_name)}")
    words.append('<"$folder/to" >"$folder/from" &')
    yield " \\\n  ".join(words)
    yield "server=$!"
    yield 'exec 3>"$folder/to" 4<"$folder/from"'


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _connect_plain(replay: Replay) -> Iterator[str]:
    yield f"exec 3<>/dev/tcp/{word(replay.host)}/{replay.port} || exit 1"
    yield "exec 4<&3"


DIALOGUE = r"""
trap '' PIPE
cr=$(printf '\r')

# Waits for the last line of a reply.
reply() {
  while IFS= read -r line <&4; do
    line=${line%"$cr"}
    printf '<- %s\n' "$line" | cat -v
    case $line in
      [0-9][0-9][0-9]-*) ;;
      *) return ;;
    esac
  done
  echo 'the connection is closed' >&2
  exit 1
}

# Sends a line, and shows it, or the second word in its place.
say() {
  printf -- '-> %s\n' "${2:-$1}"
  printf '%s\r\n' "$1" >&3
  reply
}

encoded() {
  openssl base64 -A
}
"""


def _turns(replay: Replay) -> tuple[list[Turn], list[str]]:
    """What is left to say once openssl has connected, and what cannot be said by then."""
    turns = list(replay.turns)
    last = max((i for i, turn in enumerate(turns) if turn.has_tls_behind), default=-1)
    usual = (Verb.EHLO, Verb.HELO, Verb.STARTTLS)
    strange = [turn for turn in turns[: last + 1] if turn.verb not in usual]
    left_out = [escape(turn.line or "octets that are no line") for turn in strange]
    return turns[last + 1 :], left_out


def _turn(replay: Replay, turn: Turn, behind: Turn | None) -> Iterator[str]:
    if turn.verb is Verb.AUTH:
        yield from _auth(replay.login)
    elif turn.verb is Verb.AUTH_RESPONSE:
        return  # belongs to AUTH
    elif turn.verb is Verb.CONTENT:
        yield "{"
        yield from ("  " + line.replace("\n", "\n  ") for line in printing(turn.raw))
        yield "} >&3"
        yield from ["reply"] * turn.replies
    elif turn.line is None or turn.replies != 1:
        yield f"printf {octal(turn.raw)} >&3"
        yield from ["reply"] * turn.replies
    else:
        yield f"say {word(turn.line)}"
        if turn.verb is Verb.DATA:
            yield from _after_data(behind)


def _after_data(behind: Turn | None) -> Iterator[str]:
    yield "case $line in"
    if behind is not None and behind.verb is Verb.CONTENT:
        yield "  354*) ;;"
        yield "  *) exit 1 ;;"
    else:
        yield "  354*) echo 'the record has no message to go on with' >&2; exit 1 ;;"
    yield "esac"


MESSAGES: dict[str, str] = {
    "PLAIN": r"\000%s\000%s",
    "XOAUTH2": r"user=%s\001auth=Bearer %s\001\001",
    "OAUTHBEARER": r"n,a=%s,\001auth=Bearer %s\001\001",
    "EXTERNAL": "%s",
    "ANONYMOUS": "%s",
}
"""Mechanism -> its one message, as a format of printf for the user's name and the password."""


def _message(login: Login) -> str:
    form = MESSAGES[login.mechanism]
    values = '"$username"' + (f' "${login.secret}"' if login.secret is not None else "")
    return f"$(printf '{form}' {values} | encoded)"


def _auth(login: Login | None) -> Iterator[str]:
    mechanism = login.mechanism if login is not None else ""
    if login is None or mechanism not in ("LOGIN", *MESSAGES):
        yield f"# AUTH {escape(mechanism)} answers a challenge: it is left out here."
        yield "echo 'the login is left out' >&2"
    elif mechanism == "LOGIN":
        yield "say 'AUTH LOGIN'"
        yield 'say "$(printf %s "$username" | encoded)"'
        yield f"""say "$(printf %s "${PASSWORD}" | encoded)" '...'"""
    elif login.initial and login.username == "":
        yield f"say 'AUTH {mechanism} ='"
    elif login.initial:
        yield f"""say "AUTH {mechanism} {_message(login)}" 'AUTH {mechanism} ...'"""
    else:
        yield f"say 'AUTH {mechanism}'"
        yield f"""say "{_message(login)}" '...'"""
