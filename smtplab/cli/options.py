"""The options of a session, in swaks' groups, and the choices that they come to."""

import argparse
import os
import sys
from pathlib import Path

from smtplab.client.settings import InitialResponse, Security
from smtplab.protocol.sasl import MECHANISMS, named
from smtplab.workbench.options import Options, OptionsError

PASSWORD_VARIABLE = "SMTPLAB_PASSWORD"  # noqa: S105  # the name of a variable, not a password

TOKEN_VARIABLE = "SMTPLAB_TOKEN"  # noqa: S105

BASES = ("plain", "starttls", "implicit")


def add_session_options(parser: argparse.ArgumentParser) -> None:
    """All options that shape one session."""
    for add in (_add_envelope, _add_message, _add_tls, _add_auth, _add_session, _add_bundled):
        add(parser)


def _add_envelope(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("envelope")
    group.add_argument("-f", "--from", dest="sender", metavar="ADDRESS", help="the sender")
    group.add_argument(
        "-t", "--to", dest="recipients", metavar="ADDRESS", action="append", default=[],
        help="a recipient; give it again for more",
    )  # fmt: skip
    group.add_argument(
        "--ehlo", dest="ehlo_name", metavar="NAME", default="localhost",
        help="the name that we give at EHLO (default: localhost)",
    )  # fmt: skip


def _add_message(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("message")
    group.add_argument("--subject", default="A test by smtplab")
    group.add_argument("--body", metavar="TEXT", help="the text of the message")
    group.add_argument(
        "--data",
        metavar="FILE",
        help="send this file as the message, headers included ('-': stdin)",
    )
    group.add_argument(
        "--raw-data", action="store_true",
        help="send the file octet for octet: no line ends mended, no dots stuffed",
    )  # fmt: skip


def _add_tls(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("TLS")
    group.add_argument(
        "--tls", dest="security", choices=[s.value for s in Security],
        help="what is asked for (default: starttls, required; implicit on port 465)",
    )  # fmt: skip
    group.add_argument("--ca-file", metavar="FILE", help="trust only these authorities (PEM)")
    group.add_argument(
        "--server-name",
        metavar="NAME",
        default="",
        help="the name in the certificate, if not the host",
    )
    group.add_argument(
        "--no-verify", action="store_true", help="go on with a bad certificate (it is still judged)"
    )
    group.add_argument(
        "--client-cert", metavar="FILE",
        help="show this certificate to a server that asks for one (PEM, with its chain)",
    )  # fmt: skip
    group.add_argument(
        "--client-key", metavar="FILE", help="its key, if not in the same file (PEM)"
    )


def _add_auth(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("login")
    group.add_argument("-u", "--user", dest="username", metavar="NAME")
    group.add_argument(
        "--password", metavar="TEXT", help="others on this machine can see it: prefer the next one"
    )
    group.add_argument(
        "--password-file", metavar="FILE",
        help=f"its first line is the password (or set {PASSWORD_VARIABLE})",
    )  # fmt: skip
    group.add_argument(
        "--token", metavar="TEXT", help="an access token for XOAUTH2 and OAUTHBEARER: prefer a file"
    )
    group.add_argument(
        "--token-file", metavar="FILE",
        help=f"its first line is the access token (or set {TOKEN_VARIABLE})",
    )  # fmt: skip
    group.add_argument("--authzid", metavar="NAME", default="", help="whom to act for, if not -u")
    group.add_argument(
        "--auth", dest="mechanism", metavar="MECHANISM", type=mechanism,
        help="use this one, offered or not: " + ", ".join(m.name for m in MECHANISMS),
    )  # fmt: skip
    group.add_argument(
        "--initial-response", choices=[i.value for i in InitialResponse], default="auto",
        help="whether the first message goes with AUTH (default: auto, when the line stays short)",
    )  # fmt: skip
    group.add_argument("--auth-in-clear", action="store_true", help="send a password without TLS")


def _add_session(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("session")
    group.add_argument(
        "--timeout", type=positive, metavar="SECONDS",
        help="for any one reply (default: the limits of RFC 5321, up to 10 minutes)",
    )  # fmt: skip
    group.add_argument("--record", metavar="FILE", help="save the transcript (JSON Lines)")
    group.add_argument(
        "--with-keys", action="store_true",
        help="keep the TLS keys in the record: whoever has it can decrypt the session",
    )  # fmt: skip
    group.add_argument(
        "--reveal-secrets", action="store_true", help="show and record passwords as they are"
    )


def _add_bundled(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("bundled server (target scenario:ID)")
    group.add_argument("--base", choices=BASES, help="how it is played (default: as the file says)")
    group.add_argument("--no-auth", action="store_true", help="it wants no login")
    group.add_argument(
        "--time-scale", type=positive, default=1.0, metavar="X",
        help="waits and time limits times X (0.01: a hundred times faster)",
    )  # fmt: skip


def mechanism(text: str) -> str:
    """The name of a mechanism that we know, for argparse."""
    known = named(text)
    if known is None:
        names = ", ".join(m.name for m in MECHANISMS)
        raise argparse.ArgumentTypeError(f"{text!r} is not known here; known are {names}")
    return known.name


def positive(text: str) -> float:
    """A number above zero, for argparse."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def read_options(arguments: argparse.Namespace) -> Options:
    """The choices of a command line; OptionsError or OSError when they cannot be read."""
    defaults = Options()
    return Options(
        security=Security(arguments.security) if arguments.security else None,
        base=arguments.base,
        auth=not arguments.no_auth,
        username=arguments.username,
        password=_secret(arguments.password, arguments.password_file, PASSWORD_VARIABLE),
        authzid=arguments.authzid,
        token=_secret(arguments.token, arguments.token_file, TOKEN_VARIABLE),
        mechanism=arguments.mechanism,
        initial_response=InitialResponse(arguments.initial_response),
        auth_in_clear=arguments.auth_in_clear,
        sender=arguments.sender,
        recipients=tuple(arguments.recipients),
        subject=arguments.subject,
        body=arguments.body if arguments.body is not None else defaults.body,
        content=_content(arguments.data),
        raw_content=arguments.raw_data,
        ehlo_name=arguments.ehlo_name,
        server_name=arguments.server_name,
        verify=not arguments.no_verify,
        ca_pem=_pem(arguments.ca_file),
        client_chain_pem=_pem(arguments.client_cert),
        client_key_pem=_pem(arguments.client_key or arguments.client_cert),
        timeout=arguments.timeout,
        time_scale=arguments.time_scale,
        keep_keys=arguments.with_keys,
        reveal_secrets=arguments.reveal_secrets,
    )


def _content(name: str | None) -> bytes | None:
    if name is None:
        return None
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _pem(name: str | None) -> bytes | None:
    return Path(name).read_bytes() if name is not None else None


def _secret(given: str | None, file: str | None, variable: str) -> str | None:
    """A secret from the command line, else from a file's first line, else the environment."""
    if given is not None:
        return given
    if file is None:
        return os.environ.get(variable)
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    if not lines:
        raise OptionsError(f"{file} is empty: its first line is the secret")
    return lines[0]
