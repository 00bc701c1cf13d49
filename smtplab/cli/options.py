"""The choices that the options of a command line come to."""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

from smtplab.cli.option_groups import BASES as BASES
from smtplab.cli.option_groups import DEFAULT_SUBJECT, PASSWORD_VARIABLE, TOKEN_VARIABLE
from smtplab.cli.option_groups import add_session_options as add_session_options
from smtplab.cli.values import positive as positive
from smtplab.client.settings import Helo, InitialResponse, Login, Parameters, Security, Smtputf8
from smtplab.client.steps import Stage
from smtplab.protocol.commands import unescape, xtext
from smtplab.protocol.proxy_header import ProxyHeaderError, proxy_header
from smtplab.wire.addresses import Way
from smtplab.workbench.composing import Attachment
from smtplab.workbench.options import Options, OptionsError


def read_options(arguments: argparse.Namespace) -> Options:
    """The choices of a command line; OptionsError or OSError when they cannot be read."""
    groups = (_envelope, _message, _protocol, _tls, _login, _session)
    return Options(**{name: value for group in groups for name, value in group(arguments).items()})


def _envelope(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "sender": arguments.sender,
        "recipients": tuple(arguments.recipients),
        "cc": tuple(arguments.cc),
        "bcc": tuple(arguments.bcc),
        "ehlo_name": arguments.ehlo_name,
        "mail_parameters": _mail_parameters(arguments),
        "rcpt_parameters": _rcpt_parameters(arguments),
        "orcpt": arguments.orcpt,
        "smtputf8": Smtputf8(arguments.smtputf8),
    }


def _message(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.data:
        _check_shape(arguments)
    contents = tuple(map(_content, arguments.data))
    body = {"body": _text(arguments.body)} if arguments.body is not None else {}
    return {
        **body,
        "subject": arguments.subject,
        "html": _text(arguments.html) if arguments.html is not None else None,
        "attachments": tuple(map(_attachment, arguments.attach)),
        "headers": tuple(arguments.header),
        "added_headers": tuple(arguments.add_header),
        "charset": arguments.charset,
        "content": contents[0] if contents else None,
        "further": contents[1:],
        "raw_content": arguments.raw_data,
        "repeat": arguments.repeat,
    }


def _protocol(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "lmtp": arguments.lmtp,
        "helo": Helo(arguments.helo),
        "pipelining": arguments.pipeline,
        "chunk_size": arguments.bdat,
        "xclient": tuple(arguments.xclient),
        "proxy_header": _proxy_header(arguments),
    }


def _tls(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "security": Security(arguments.security) if arguments.security else None,
        "server_name": arguments.server_name,
        "verify": not arguments.no_verify,
        "ca_pem": authorities_of(arguments.ca_file),
        "client_chain_pem": _pem(arguments.client_cert),
        "client_key_pem": _pem(arguments.client_key or arguments.client_cert),
        "tls_minimum": arguments.tls_min,
        "tls_maximum": arguments.tls_max,
        "ciphers": arguments.ciphers,
        "sni": arguments.sni,
        "keep_keys": arguments.with_keys,
    }


def _login(arguments: argparse.Namespace) -> dict[str, Any]:
    who = {
        "username": arguments.username,
        "password": _password(arguments),
        "authzid": arguments.authzid,
        "token": _secret(arguments.token, arguments.token_file, TOKEN_VARIABLE),
    }
    for name, text in who.items():
        if text is not None and not _is_utf8(text):
            raise OptionsError(f"the {name} is not UTF-8 text, as every mechanism wants it")
    return {
        **who,
        "mechanism": arguments.mechanism,
        "login": Login(arguments.login),
        "initial_response": InitialResponse(arguments.initial_response),
        "auth_in_clear": arguments.auth_in_clear,
        "reveal_secrets": arguments.reveal_secrets,
    }


def _is_utf8(text: str) -> bool:
    """Whether it came as UTF-8; what did not stands in an argument as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _session(arguments: argparse.Namespace) -> dict[str, Any]:
    stop, drop = arguments.stop_after or arguments.drop_after, arguments.drop_after_send
    return {
        "way": Way(arguments.ip_version or 0, arguments.source),
        "stop_after": Stage(stop) if stop else None,
        "drop": arguments.drop_after is not None,
        "drop_after_send": Stage(drop) if drop else None,
        "retries": arguments.retry,
        "timeout": arguments.timeout,
        "time_scale": arguments.time_scale,
        "base": arguments.base,
        "auth": not arguments.no_auth,
    }


def _check_shape(arguments: argparse.Namespace) -> None:
    """A message of the user's own is not shaped; an option that would, would do nothing."""
    given = ("body", "html", "attach", "header", "add_header")
    idle = [name for name in given if getattr(arguments, name) not in (None, [])]
    idle += ["subject"] if arguments.subject != DEFAULT_SUBJECT else []
    if idle:
        option = idle[0].replace("_", "-")
        raise OptionsError(
            f"--{option} is for a message that is made for you; --data brings its own"
        )


def _content(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else octets_of(Path(name))


def octets_of(path: Path) -> bytes:
    """A file. The OSError that it may raise names it first, as people do."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise type(error)(f"{path}: {error.strerror}") from None


def _text_of(name: str) -> str:
    """A file of text; raises the same, and UnicodeError."""
    try:
        return octets_of(Path(name)).decode("utf-8")
    except UnicodeDecodeError:
        raise UnicodeError(f"{name} is not UTF-8 text") from None


def _mail_parameters(arguments: argparse.Namespace) -> Parameters:
    """Those of DSN first (RFC 3461 §4.3, §4.4), then the user's own."""
    made: list[tuple[str, str | None]] = []
    if arguments.dsn_ret is not None:
        made.append(("RET", arguments.dsn_ret.upper()))
    if arguments.dsn_envid is not None:
        made.append(("ENVID", xtext(arguments.dsn_envid)))
    return (*made, *arguments.mail_param)


def _rcpt_parameters(arguments: argparse.Namespace) -> Parameters:
    notify = arguments.dsn_notify
    made = [("NOTIFY", notify.upper())] if notify is not None else []
    return (*made, *arguments.rcpt_param)


def _proxy_header(arguments: argparse.Namespace) -> bytes:
    if arguments.proxy_raw is not None:
        return unescape(arguments.proxy_raw)[0]
    if arguments.proxy is None:
        if arguments.proxy_source or arguments.proxy_destination:
            raise OptionsError("the ends of a PROXY header go with --proxy 1 or --proxy 2")
        return b""
    try:
        return proxy_header(arguments.proxy, arguments.proxy_source, arguments.proxy_destination)
    except ProxyHeaderError as error:
        raise OptionsError(str(error)) from None


def _text(given: str) -> str:
    """The words themselves, or those of a file."""
    return _text_of(given[1:]) if given.startswith("@") else given


def _attachment(given: str) -> Attachment:
    """A file, with its type in front of it or not."""
    found = re.fullmatch(r"([a-z]+/[a-zA-Z0-9.+-]+):(.+)", given)
    kind, name = (found[1], found[2]) if found else ("", given)
    return Attachment(Path(name).name, octets_of(Path(name)), kind)


def authorities_of(name: str | None) -> bytes | None:
    """One file of certificates, or all those of a folder; raises OSError."""
    if name is None or not Path(name).is_dir():
        return _pem(name)
    files = sorted(path for path in Path(name).iterdir() if path.is_file())
    return b"\n".join(map(octets_of, files))


def _pem(name: str | None) -> bytes | None:
    return octets_of(Path(name)) if name is not None else None


def _password(arguments: argparse.Namespace) -> str | None:
    if not arguments.ask_password:
        return _secret(arguments.password, arguments.password_file, PASSWORD_VARIABLE)
    import getpass
    import warnings

    try:
        with warnings.catch_warnings():
            # Where it could not hide what is typed, it would only warn.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass("password (it is not shown): ")
    except (getpass.GetPassWarning, EOFError):
        raise OptionsError("there is no terminal at which to ask for the password") from None


def _secret(given: str | None, file: str | None, variable: str) -> str | None:
    """A secret from the command line, else from a file's first line, else the environment."""
    if given is not None:
        return given
    if file is None:
        return os.environ.get(variable)
    lines = _text_of(file).splitlines()
    if not lines:
        raise OptionsError(f"{file} is empty: its first line is the secret")
    return lines[0]
