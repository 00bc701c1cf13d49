"""The same session as a swaks command, for a POSIX shell."""

from collections.abc import Iterator

from smtplab.client.settings import Security
from smtplab.export.replay import CA_FILE, CERTIFICATE, USERNAME, Replay, path_of, replay_of
from smtplab.export.shell import CRLF, comment, printing, script, word
from smtplab.protocol.verbs import Verb
from smtplab.transcript.entries import Transcript
from smtplab.transcript.escaping import escape


def export(transcript: Transcript) -> bytes:
    """A script that runs swaks; it passes further options on."""
    return script(_lines(replay_of(transcript)))


def _lines(replay: Replay) -> Iterator[str]:
    options, left_out = _options(replay)
    yield "#!/bin/sh"
    yield from comment(replay.introduction)
    yield from comment(f"Left out, since swaks cannot do it: {what}" for what in left_out)
    if not replay.host or not _can_say(replay.host):
        yield "echo 'the record has no connection that swaks could make' >&2"
        yield "exit 1"
        return
    if replay.secret is not None:
        # Not an option: others on the machine could see it.
        yield f': "${{{replay.secret}:?is not set}}"'
        yield f'export SWAKS_OPT_auth_password="${replay.secret}"'
    source = ""
    if replay.content is not None:
        yield "message() {"
        # swaks puts a line end behind the data: with ours there would be a line too many.
        content = replay.content.removesuffix(CRLF)
        yield from ("  " + line.replace("\n", "\n  ") for line in printing(content))
        yield "}"
        source = "message | "
    yield source + " \\\n  ".join(["swaks", *options, '"$@"'])


def _can_say(value: str) -> bool:
    """Whether swaks takes this for a value: what begins with a hyphen is an option to it."""
    return bool(value) and not value.startswith("-")


def _options(replay: Replay) -> tuple[list[str], list[str]]:
    """The options, each with its value, and what of the session they do not cover."""
    left_out = _strange_turns(replay)
    options = [f"--server {word(replay.host)} --port {replay.port}"]
    if _can_say(replay.ehlo_name):
        options.append(f"--ehlo {word(replay.ehlo_name)}")
    options += _tls(replay) + _login(replay, left_out) + _envelope(replay, left_out)
    if replay.content is not None:
        options.append("--data - --no-data-fixup")
    else:
        options.append(f"--quit-after {_last_stage(replay)}")
    return options, left_out


def _tls(replay: Replay) -> list[str]:
    if replay.security is Security.PLAIN:
        return []
    options = ["--tls" if replay.security is Security.STARTTLS else "--tls-on-connect"]
    if _can_say(replay.server_name):
        options.append(f"--tls-sni {word(replay.server_name)}")
    if replay.shows_certificate:
        options.append(f'--tls-cert "${CERTIFICATE}" --tls-key "${CERTIFICATE}"')
    if replay.verified:
        options.append(f'--tls-verify ${{{CA_FILE}:+--tls-ca-path "${CA_FILE}"}}')
    return options


MECHANISMS = frozenset({"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "CRAM-SHA1", "NTLM"})


def _login(replay: Replay, left_out: list[str]) -> list[str]:
    login = replay.login
    if login is None:
        return []
    if login.mechanism not in MECHANISMS:
        left_out.append(f"AUTH {escape(login.mechanism)}; it logs in by what it knows")
    mechanism = f" {login.mechanism}" if login.mechanism in MECHANISMS else ""
    user = f'"${{{USERNAME}:?is not set}}"' if login.username is None else word(login.username)
    if login.username is not None and not _can_say(login.username):
        left_out.append("the user's name")
        user = ""
    return [f"--auth{mechanism} --auth-user {user} --auth-hide-password".replace("  ", " ")]


def _envelope(replay: Replay, left_out: list[str]) -> list[str]:
    options = []
    recipients = []
    for turn in replay.turns:
        path = path_of(turn) if turn.verb in (Verb.MAIL, Verb.RCPT) else None
        if path is None:
            continue
        address, parameters = path
        if turn.verb is Verb.MAIL and (_can_say(address) or not address):
            options = [f"--from {word(address or '<>')}"]
        elif turn.verb is Verb.RCPT and _can_say(address) and "," not in address:
            recipients.append(address)
        else:
            left_out.append(escape(turn.line or ""))
            continue
        if parameters:
            left_out.append(f"the parameters {escape(parameters)}")
    return [*options, *([f"--to {word(','.join(recipients))}"] if recipients else [])]


USUAL = frozenset(
    {
        Verb.EHLO, Verb.HELO, Verb.STARTTLS, Verb.AUTH, Verb.AUTH_RESPONSE, Verb.MAIL, Verb.RCPT,
        Verb.DATA, Verb.CONTENT, Verb.QUIT,
    }
)  # fmt: skip
"""What swaks sends itself."""


def _strange_turns(replay: Replay) -> list[str]:
    return [
        escape(turn.line or "octets that are no line")
        for turn in replay.turns
        if turn.verb not in USUAL or (turn.verb in (Verb.MAIL, Verb.RCPT) and not path_of(turn))
    ]


STOPS: dict[Verb, str] = {
    Verb.EHLO: "FIRST-EHLO",
    Verb.HELO: "FIRST-EHLO",
    Verb.STARTTLS: "TLS",
    Verb.AUTH: "AUTH",
    Verb.MAIL: "MAIL",
    Verb.RCPT: "RCPT",
    Verb.DATA: "RCPT",
}
"""Where swaks should stop, by the last that a session sent."""


def _last_stage(replay: Replay) -> str:
    sent = [turn for turn in replay.turns if turn.verb in STOPS]
    if not sent:
        return "BANNER"
    behind_tls = any(turn.has_tls_behind for turn in replay.turns)
    if sent[-1].verb in (Verb.EHLO, Verb.HELO) and behind_tls:
        return "EHLO"
    return STOPS[sent[-1].verb]
