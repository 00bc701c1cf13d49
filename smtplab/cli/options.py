"""The choices that the options of a command line come to."""

import argparse
import os
import sys
from pathlib import Path

from smtplab.cli.option_groups import BASES as BASES
from smtplab.cli.option_groups import PASSWORD_VARIABLE, TOKEN_VARIABLE
from smtplab.cli.option_groups import add_session_options as add_session_options
from smtplab.client.settings import Helo, InitialResponse, Parameters, Security, Smtputf8
from smtplab.protocol.commands import unescape, xtext
from smtplab.protocol.proxy_header import ProxyHeaderError, proxy_header
from smtplab.workbench.options import Options, OptionsError


def read_options(arguments: argparse.Namespace) -> Options:
    """The choices of a command line; OptionsError or OSError when they cannot be read."""
    defaults = Options()
    contents = tuple(map(_content, arguments.data))
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
        mail_parameters=_mail_parameters(arguments),
        rcpt_parameters=_rcpt_parameters(arguments),
        orcpt=arguments.orcpt,
        smtputf8=Smtputf8(arguments.smtputf8),
        lmtp=arguments.lmtp,
        helo=Helo(arguments.helo),
        pipelining=arguments.pipeline,
        chunk_size=arguments.bdat,
        xclient=tuple(arguments.xclient),
        proxy_header=_proxy_header(arguments),
        retries=arguments.retry,
        content=contents[0] if contents else None,
        further=contents[1:],
        repeat=arguments.repeat,
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


def _content(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


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
        return b""
    try:
        return proxy_header(arguments.proxy, arguments.proxy_source, arguments.proxy_destination)
    except ProxyHeaderError as error:
        raise OptionsError(str(error)) from None


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
