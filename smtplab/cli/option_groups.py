"""The options of a session, in swaks' groups."""

import argparse

from smtplab.cli.values import (
    attribute,
    count,
    durations,
    endpoint,
    header,
    limit,
    mechanism,
    own_end,
    parameter,
    positive,
    repetitions,
)
from smtplab.client.settings import Helo, InitialResponse, Login, Security, Smtputf8
from smtplab.client.steps import Stage
from smtplab.protocol.sasl import MECHANISMS

PASSWORD_VARIABLE = "SMTPLAB_PASSWORD"  # noqa: S105  # the name of a variable, not a password

TOKEN_VARIABLE = "SMTPLAB_TOKEN"  # noqa: S105

TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")

DEFAULT_SUBJECT = "A test by smtplab"

BASES = ("plain", "starttls", "implicit")


def add_session_options(parser: argparse.ArgumentParser) -> None:
    """All options that shape one session."""
    for add in (
        _add_envelope,
        _add_message,
        _add_protocol,
        _add_tls,
        _add_auth,
        _add_session,
        _add_bundled,
    ):
        add(parser)


def _add_envelope(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("envelope")
    group.add_argument("-f", "--from", dest="sender", metavar="ADDRESS", help="the sender")
    group.add_argument(
        "-t", "--to", dest="recipients", metavar="ADDRESS", action="append", default=[],
        help="a recipient; give it again for more",
    )  # fmt: skip
    group.add_argument(
        "--cc", metavar="ADDRESS", action="append", default=[],
        help="a recipient who is named in Cc:",
    )  # fmt: skip
    group.add_argument(
        "--bcc", metavar="ADDRESS", action="append", default=[],
        help="a recipient whom no header names",
    )  # fmt: skip
    group.add_argument(
        "--ehlo", dest="ehlo_name", metavar="NAME", default="",
        help="the name that we give at EHLO (default: this machine's full name, or its address)",
    )  # fmt: skip
    group.add_argument(
        "--dsn-notify", metavar="WHEN",
        help="ask for reports: never, or success, failure, delay with commas between",
    )  # fmt: skip
    group.add_argument("--dsn-ret", choices=("full", "hdrs"), help="what a report brings back")
    group.add_argument("--dsn-envid", metavar="NAME", help="your name for this message, in reports")
    group.add_argument("--orcpt", action="store_true", help="tell each recipient as first written")
    group.add_argument(
        "--mail-param", metavar="KEY[=VALUE]", type=parameter, action="append", default=[],
        help="a parameter of MAIL, offered or not",
    )  # fmt: skip
    group.add_argument(
        "--rcpt-param", metavar="KEY[=VALUE]", type=parameter, action="append", default=[],
        help="a parameter of each RCPT, offered or not",
    )  # fmt: skip
    group.add_argument(
        "--smtputf8", choices=[s.value for s in Smtputf8], default="auto",
        help="whether to declare addresses and headers in UTF-8 (default: auto, when there are)",
    )  # fmt: skip


def _add_message(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("message")
    group.add_argument(
        "--subject", metavar="TEXT", default=DEFAULT_SUBJECT,
        help=f"of the message (default: {DEFAULT_SUBJECT})",
    )  # fmt: skip
    group.add_argument("--body", metavar="TEXT", help="the text of the message, or @FILE")
    group.add_argument("--html", metavar="TEXT", help="the same in HTML, or @FILE")
    group.add_argument(
        "--attach", metavar="FILE", action="append", default=[],
        help="attach this file; text/csv:FILE gives it a type",
    )  # fmt: skip
    group.add_argument(
        "--header", metavar="NAME:VALUE", type=header, action="append", default=[],
        help="a header in place of the one that would be made",
    )  # fmt: skip
    group.add_argument(
        "--add-header", metavar="NAME:VALUE", type=header, action="append", default=[],
        help="another header",
    )  # fmt: skip
    group.add_argument("--charset", metavar="NAME", default="utf-8", help="of text and HTML")
    group.add_argument(
        "--data", metavar="FILE", action="append", default=[],
        help="send this file as the message, headers included ('-': stdin); again for more",
    )  # fmt: skip
    group.add_argument(
        "--repeat", metavar="N", type=repetitions, default=1,
        help="send the message, or all of them, so many times over one connection",
    )  # fmt: skip
    group.add_argument(
        "--raw-data", action="store_true",
        help="send the file octet for octet: no line ends mended, no dots stuffed",
    )  # fmt: skip


def _add_protocol(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("protocol")
    group.add_argument("--lmtp", action="store_true", help="speak LMTP (also: lmtp://host)")
    group.add_argument(
        "--helo", choices=[h.value for h in Helo], default="auto",
        help="HELO in place of EHLO (default: auto, when EHLO is not known)",
    )  # fmt: skip
    group.add_argument(
        "--pipeline", action="store_true", help="do not wait between commands, where offered"
    )
    group.add_argument(
        "--bdat", metavar="OCTETS", type=count,
        help="send the message in pieces of this size, where CHUNKING is offered",
    )  # fmt: skip
    group.add_argument(
        "--xclient", metavar="NAME=VALUE", type=attribute, action="append", default=[],
        help="whom the server shall see in our place, such as ADDR=192.0.2.1",
    )  # fmt: skip
    group.add_argument(
        "--proxy", metavar="VERSION", type=int, choices=(1, 2),
        help="begin with a PROXY header of version 1 or 2",
    )  # fmt: skip
    group.add_argument(
        "--proxy-source", metavar="ADDRESS:PORT", type=endpoint, help="the client that it names"
    )
    group.add_argument(
        "--proxy-destination", metavar="ADDRESS:PORT", type=endpoint, help="the server's end of it"
    )
    group.add_argument(
        "--proxy-raw", metavar="TEXT",
        help=r"begin with these octets, right or wrong; \r \n \xNN are escapes",
    )  # fmt: skip


def _add_tls(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("TLS")
    group.add_argument(
        "--tls", dest="security", choices=[s.value for s in Security],
        help="what is asked for (default: starttls, required; implicit on port 465)",
    )  # fmt: skip
    group.add_argument(
        "--ca-file", metavar="PATH", help="trust only these authorities (PEM; a file or a folder)"
    )
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
        "--sni", metavar="NAME",
        help="the name to ask for in the handshake, if not the one that is checked ('': none)",
    )  # fmt: skip
    group.add_argument(
        "--tls-min", choices=TLS_VERSIONS, default="1.2",
        help="the oldest version to speak (default: 1.2)",
    )  # fmt: skip
    group.add_argument(
        "--tls-max", choices=TLS_VERSIONS, help="the newest one (default: what OpenSSL has)"
    )
    group.add_argument(
        "--ciphers", metavar="LIST", help="for TLS 1.2 and older, as OpenSSL writes them"
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
    group.add_argument("-u", "--user", dest="username", metavar="NAME", help="who logs in")
    secret = group.add_mutually_exclusive_group()
    secret.add_argument(
        "--password", metavar="TEXT", help="others on this machine can see it: prefer the next one"
    )
    secret.add_argument(
        "--password-file", metavar="FILE",
        help=f"its first line is the password (or set {PASSWORD_VARIABLE})",
    )  # fmt: skip
    secret.add_argument(
        "--ask-password", action="store_true", help="ask for it; what is typed is not shown"
    )
    token = group.add_mutually_exclusive_group()
    token.add_argument(
        "--token", metavar="TEXT", help="an access token for XOAUTH2 and OAUTHBEARER: prefer a file"
    )
    token.add_argument(
        "--token-file", metavar="FILE",
        help=f"its first line is the access token (or set {TOKEN_VARIABLE})",
    )  # fmt: skip
    group.add_argument("--authzid", metavar="NAME", default="", help="whom to act for, if not -u")
    group.add_argument(
        "--auth", dest="mechanism", metavar="MECHANISM", type=mechanism,
        help="use this one, offered or not: " + ", ".join(m.name for m in MECHANISMS),
    )  # fmt: skip
    group.add_argument(
        "--login", choices=[w.value for w in Login], default="required",
        help="whether the session may go on without it (default: required)",
    )  # fmt: skip
    group.add_argument(
        "--initial-response", choices=[i.value for i in InitialResponse], default="auto",
        help="whether the first message goes with AUTH (default: auto, when the line stays short)",
    )  # fmt: skip
    group.add_argument("--auth-in-clear", action="store_true", help="send a password without TLS")


def _add_session(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("session")
    family = group.add_mutually_exclusive_group()
    family.add_argument("-4", dest="ip_version", action="store_const", const=4, help="IPv4 only")
    family.add_argument("-6", dest="ip_version", action="store_const", const=6, help="IPv6 only")
    group.add_argument(
        "--source", metavar="ADDRESS", type=own_end,
        help="connect from this address of ours, or ADDRESS:PORT",
    )  # fmt: skip
    stages = [stage.value for stage in Stage]
    leaving = group.add_mutually_exclusive_group()
    leaving.add_argument(
        "--stop-after", metavar="STAGE", choices=stages,
        help="say QUIT after this stage: " + ", ".join(stages),
    )  # fmt: skip
    leaving.add_argument(
        "--drop-after", metavar="STAGE", choices=stages, help="hang up after this stage"
    )
    leaving.add_argument(
        "--drop-after-send", metavar="STAGE", choices=stages,
        help="hang up when this stage's line was sent, before its reply",
    )  # fmt: skip
    group.add_argument(
        "--timeout", type=limit, metavar="TIME",
        help="for any one reply, such as 30s (default: the limits of RFC 5321, up to 10 minutes)",
    )  # fmt: skip
    group.add_argument(
        "--retry", metavar="TIMES", type=durations, default=(),
        help="try again after each of these times (5m,15m,1h) what was deferred or lost",
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
